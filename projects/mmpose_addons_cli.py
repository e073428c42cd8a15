"""``mmpose-addons COMMAND``: inference, and the scripts of ``tools/`` from anywhere.

A module beside the package, whose import takes seconds: help and wrong arguments need not wait.
"""

import argparse
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).with_name('mmpose_addons')
TOOLS = PACKAGE / '.mim' / 'tools'
SCRIPTS = {
    'infer': ('infer.py', 'poses of pictures and videos'),
    'toy': ('make_toy_data.py', 'draw a toy data set with exact labels'),
    'check-data': ('check_dataset.py', 'say what is wrong with a COCO keypoint file'),
    'detect': ('detect_persons.py', 'person boxes of an image list, for two-stage evaluation'),
    'export': ('export_onnx.py', 'a network with its decoding as ONNX'),
    'convert': (
        'model_converters/convert_checkpoint.py',
        'a published checkpoint as one for MMPose',
    ),
    'sheet': ('analysis_tools/pose_sheet.py', 'pictures of predictions beside truth'),
    'report': ('analysis_tools/pseudo_label_report.py', 'what pseudo-labels are like'),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and arguments[0] in SCRIPTS:
        name, *rest = arguments
        return _run_script(name, rest)
    parser = argparse.ArgumentParser(
        prog='mmpose-addons',
        description='Poses of pictures and videos; tools for data, checkpoints and results.',
        epilog='mmpose-addons COMMAND --help says more.',
    )
    version = runpy.run_path(str(PACKAGE / 'version.py'))['__version__']
    parser.add_argument('--version', action='version', version=version)
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    for name, (_, summary) in SCRIPTS.items():
        commands.add_parser(name, help=summary)
    parser.parse_args(arguments)  # asks for help or names what is wrong
    return 2


def _run_script(name: str, arguments: list[str]) -> int:
    """Run a script of tools/ as if it had been called by its command's name."""
    script = runpy.run_path(str(TOOLS / SCRIPTS[name][0]))
    before = sys.argv
    sys.argv = [f'mmpose-addons {name}', *arguments]
    try:
        return script['main']() or 0
    except SystemExit as end:  # of argparse
        return end.code if isinstance(end.code, int) else 1
    finally:
        sys.argv = before
