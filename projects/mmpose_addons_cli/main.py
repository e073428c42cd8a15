"""The console script: finds the command and hands it its arguments."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from keyword import iskeyword
from typing import Any

COMMANDS = {
    'train': 'train a network, as tools/train.py of MMPose does',
    'test': 'test a network, as tools/test.py of MMPose does',
    'infer': 'poses of images and videos',
    'doctor': 'say what is installed and which command mends what does not work',
    'toy': 'draw a toy data set with exact labels',
    'check-data': 'say what is wrong with a COCO keypoint file',
    'detect': 'person boxes of an image list, for two-stage evaluation',
    'two-stage': 'keypoint AP with true and with detected boxes',
    'export': 'a network with its decoding as ONNX',
    'convert': 'a published checkpoint as one for MMPose',
    'edit-checkpoint': 'list, drop, rename and merge weights',
    'sheet': 'sheet of predictions beside ground truth',
    'face-sheet': 'sheet of test faces with their landmarks',
    'report': 'what pseudo-labels are like',
    'metrics-table': 'the metrics of several test runs side by side',
    'plot-ced': 'CED curves of several face models in one plot',
    'compare-configs': 'train and test configs over several seeds',
    'import': 'a project of DeepLabCut, SLEAP, ... as a data set for MMPose',
    'dataset-info': 'the dataset_info.py of a COCO keypoint file',
    'tigdog': "TigDog's horses and tigers as COCO files",
    'synthetic-animals': 'the images of Synthetic Animals as COCO files',
    'unlabelled-frames': 'a folder of frames as a COCO file without labels',
}
"""Command and summary; ``check-data`` lies in ``check_data.py``."""


class _Version(argparse.Action):
    """Reads the version when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from mmpose_addons_core.version import __version__

        print(__version__)
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv and argv[0] in COMMANDS:
        return load_command(argv[0]).main(argv[1:])
    parser = argparse.ArgumentParser(
        prog='mmpose-addons',
        description='Poses of images and videos; tools for data, checkpoints and results.',
        formatter_class=partial(argparse.HelpFormatter, max_help_position=24),
        epilog='mmpose-addons COMMAND --help says more.',
    )
    parser.add_argument('--version', action=_Version, nargs=0, help='print the version')
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    for name, summary in COMMANDS.items():
        commands.add_parser(name, help=summary)
    parser.parse_args(argv)  # prints the help, or names what is wrong
    return 2


def load_command(name: str) -> Any:
    """The module of a command: ``parse_args(argv)`` and ``main(argv)``."""
    # a module cannot have the name of a keyword
    module = f'{name}_project' if iskeyword(name) else name.replace('-', '_')
    return import_module(f'{__package__}.{module}')
