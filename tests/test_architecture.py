"""Which package may import which, and what must import without MMPose or PyTorch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECTS = Path(__file__).parents[1] / 'projects'
OPENMMLAB = 'mmcv', 'mmdet', 'mmengine', 'mmpose'
ABOVE_CORE = 'mmpose_addons', 'mmpose_addons_cli', 'mmpose_addons_toys'
NOT_IN_RUNTIME = ('torch', 'matplotlib', 'scipy', *OPENMMLAB)

# importer, what it must not import; also inside functions
FORBIDDEN = [
    ('mmpose_addons_core', (*ABOVE_CORE, 'mmpose_addons_runtime')),
    ('mmpose_addons_core', OPENMMLAB),
    ('mmpose_addons_core.crop_cache', ('torch',)),
    ('mmpose_addons_core.datasets', ('torch',)),
    ('mmpose_addons_core.faces', ('torch',)),
    ('mmpose_addons_core.media', ('torch',)),
    ('mmpose_addons_core.onnx_files', ('torch', 'numpy', 'onnx', 'onnxruntime')),
    ('mmpose_addons_core.keypoints', ('torch', 'numpy')),
    ('mmpose_addons_toys', ('mmpose_addons', 'mmpose_addons_cli', 'torch', *OPENMMLAB)),
    ('mmpose_addons_runtime', ('argparse', *ABOVE_CORE, *NOT_IN_RUNTIME)),
    ('mmpose_addons', ('mmpose_addons_cli',)),
    ('mmpose_addons.estimators', ('mmpose_addons.engine',)),
    ('mmpose_addons.apis', ('argparse', 'mmpose_addons.export', 'mmpose_addons_toys')),
    ('mmpose_addons.export', ('argparse', 'mmpose_addons.apis')),
    *(
        (f'mmpose_addons.{kind}', ('mmpose_addons.apis', 'mmpose_addons.export'))
        for kind in (
            'checkpoints',
            'codecs',
            'datasets',
            'engine',
            'estimators',
            'evaluation',
            'models',
        )
    ),
]
# the same for imports at the top of a file
FORBIDDEN_AT_TOP = [
    ('mmpose_addons.evaluation', ('mmpose_addons.visualization', 'matplotlib')),
    ('mmpose_addons_cli', ('torch', 'mmpose_addons', *OPENMMLAB)),
]
RENDERS = 'mmpose_addons.export.toy_crops'
"""The only module of the export that draws toys: it calibrates and checks files."""


def imports(source: str, module: str, is_package: bool, top_only: bool) -> set[str]:
    """Dotted names of all modules, and names from modules, that a source file imports."""
    tree = ast.parse(source)
    nodes = tree.body if top_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = [node.module] if node.module else []
            if node.level:
                parents = module.split('.') if is_package else module.split('.')[:-1]
                origin = parents[: len(parents) - node.level + 1] + origin
            found |= {'.'.join([*origin, alias.name]) for alias in node.names}
    return found


def modules_of(package: str) -> dict[str, Path]:
    """Files by module name."""
    modules = {}
    for file in (PROJECTS / package.replace('.', '/')).rglob('*.py'):
        parts = file.relative_to(PROJECTS).with_suffix('').parts
        modules['.'.join(parts).removesuffix('.__init__')] = file
    return modules


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f'{package}.')


def violations(package: str, forbidden: tuple[str, ...], top_only: bool) -> list[str]:
    modules = modules_of(package)
    assert modules, package
    return [
        f'{module} imports {name}'
        for module, file in modules.items()
        for name in imports(file.read_text(), module, file.stem == '__init__', top_only)
        if any(inside(name, other) for other in forbidden)
    ]


def test_imports_are_found_and_resolved():
    source = 'import a.b\nfrom .. import c\nfrom .d import e\ndef f():\n    from g import h\n'
    found = imports(source, 'x.y.z', False, top_only=False)
    assert found == {'a.b', 'x.c', 'x.y.d.e', 'g.h'}
    assert imports(source, 'x.y', True, top_only=True) == {'a.b', 'x.c', 'x.y.d.e'}


@pytest.mark.parametrize(('package', 'forbidden'), FORBIDDEN)
def test_no_import_points_upwards(package, forbidden):
    assert violations(package, forbidden, top_only=False) == []


@pytest.mark.parametrize(('package', 'forbidden'), FORBIDDEN_AT_TOP)
def test_no_import_at_the_top_points_upwards(package, forbidden):
    assert violations(package, forbidden, top_only=True) == []


def test_the_export_draws_in_one_place():
    found = violations('mmpose_addons.export', ('mmpose_addons_toys',), top_only=False)
    assert {line.split()[0] for line in found} == {RENDERS}


def test_one_module_shows_progress_bars():
    packages = sorted(file.parent.name for file in PROJECTS.glob('*/__init__.py'))
    found = [
        line
        for package in packages
        for line in violations(package, ('rich.progress',), top_only=False)
    ]
    assert {line.split()[0] for line in found} == {'mmpose_addons_core.progress'}


def import_all(packages: tuple[str, ...], blocked: tuple[str, ...]) -> float:
    """Import packages with all their modules while others are missing; seconds of CPU time."""
    modules = sorted(module for package in packages for module in modules_of(package))
    code = (
        'import importlib, sys, time\n'
        f'sys.modules.update(dict.fromkeys({blocked!r}))\n'
        f'for module in {modules!r}:\n'
        '    importlib.import_module(module)\n'
        'print(time.process_time())\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', code], cwd=PROJECTS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_core_imports_without_mmpose():
    import_all(('mmpose_addons_core',), (*OPENMMLAB, *ABOVE_CORE, 'mmpose_addons_runtime'))


def test_the_runtime_imports_without_torch():
    import_all(('mmpose_addons_runtime',), (*NOT_IN_RUNTIME, *ABOVE_CORE))


@pytest.mark.parametrize(
    'package',
    [
        'mmpose_addons_core.datasets',
        'mmpose_addons_core.faces',
        'mmpose_addons_core.keypoints',
        'mmpose_addons_core.onnx_files',
    ],
)
def test_parts_of_core_import_without_torch(package):
    import_all((package,), ('torch', *OPENMMLAB))


def test_toys_import_without_torch_and_quickly():
    """0.4 s on a quiet machine; CPU time, which other processes change least."""
    blocked = ('torch', 'mmpose_addons', 'mmpose_addons_cli', *OPENMMLAB)
    assert min(import_all(('mmpose_addons_toys',), blocked) for _ in range(3)) < 0.6
