"""Packaging of mmpose_addons; everything else that tools need stands in pyproject.toml.

configs/, tools/ and model-index.yml travel inside the package under ``.mim``, as in MMPose.
``projects/mmpose_addons/.mim`` holds links to them: an editable installation follows the links,
a wheel gets the files.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
VERSION = ROOT / 'projects/mmpose_addons_core/version.py'


def requirements(name: str) -> list[str]:
    lines = (ROOT / 'requirements' / f'{name}.txt').read_text().splitlines()
    return [line.split('#')[0].strip() for line in lines if line.split('#')[0].strip()]


def mim_files() -> list[str]:
    """List what ships under .mim, relative to the package; Path.rglob does not follow links."""
    shipped = [Path('.mim/model-index.yml')]
    for folder in ('configs', 'tools'):
        for file in (ROOT / folder).rglob('*'):
            if file.is_file() and '__pycache__' not in file.parts:
                shipped.append(Path('.mim') / file.relative_to(ROOT))
    return [str(file) for file in shipped]


class BuildPyWithPth(build_py):
    """Also put mmpose_addons_fallbacks.pth at the root of site-packages."""

    def run(self) -> None:
        super().run()
        installing = self.get_finalized_command('install')
        root = installing.install_lib if self.editable_mode else self.build_lib
        self.mkpath(root)
        self.copy_file('projects/mmpose_addons_fallbacks.pth', root)


setup(
    name='mmpose_addons',
    version=re.search(r"'(.+)'", VERSION.read_text())[1],
    description='Codecs, light networks, face landmarks and domain adaptation for MMPose',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    python_requires='>=3.10',
    package_dir={'': 'projects'},
    packages=find_packages('projects'),
    cmdclass={'build_py': BuildPyWithPth},
    package_data={
        '': ['py.typed'],
        'mmpose_addons': [*mim_files(), 'visualization/*.jinja'],
    },
    # PyTorch, MMCV, MMEngine and MMPose are the user's (official or OneDL line): naming
    # them here would let pip replace a working stack. The import checks them instead.
    install_requires=['packaging', 'rich'],
    extras_require={
        'mim': ['openmim>=0.3.9', 'openxlab==0.0.11'],
        'detect': ['mmdet>=3.0.0'],
        'export': ['onnx', 'onnxruntime'],
        # Exported networks without PyTorch, in an empty environment. Wheels above the upper
        # bounds work as well and are larger: together they take more than 400 MB.
        'runtime': [
            'numpy',
            'opencv-python-headless>=4.9,<4.12',
            'onnxruntime>=1.19,<1.28',
            'pillow',
            'av>=14.2',
        ],
        'video': ['av>=14.2'],
        'ray': ['ray[data]>=2.51'],
        'projects': requirements('projects'),
        'tests': requirements('tests'),
    },
    entry_points=dict(console_scripts=['mmpose-addons = mmpose_addons_cli:main']),
    classifiers=[
        'License :: OSI Approved :: Apache Software License',
        'Programming Language :: Python :: 3',
        'Topic :: Scientific/Engineering :: Image Recognition',
    ],
    zip_safe=False,
)
