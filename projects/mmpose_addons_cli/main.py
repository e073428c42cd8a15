"""The console script, which loads a command and passes its arguments on."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from keyword import iskeyword
from typing import Any

COMMANDS = {
    'train': 'train on the labels of a folder (--labelled), or by a config as MMPose does',
    'test': 'test a network, as tools/test.py of MMPose does',
    'infer': 'find poses in images and videos',
    'doctor': 'report what is installed and how to repair what does not work',
    'toy': 'draw a toy data set with exact labels',
    'check-data': 'report errors in a COCO keypoint file',
    'detect': 'detect person boxes in a list of images',
    'two-stage': 'keypoint AP with true and with detected boxes',
    'export': 'export a network with its decoding as ONNX',
    'export-detector': 'export a detector with scaling and suppression as ONNX',
    'bench': 'time an exported network on this machine',
    'convert': 'convert a published checkpoint for MMPose',
    'adapt-batchnorm': 'estimate BatchNorm statistics on unlabelled images',
    'edit-checkpoint': 'list, drop, rename and merge weights',
    'sheet': 'draw predictions beside ground truth',
    'face-sheet': 'draw test faces with their landmarks',
    'report': 'report of pseudo-labels as HTML',
    'metrics-table': 'metrics of several test runs as a table',
    'plot-ced': 'plot CED curves of several face models',
    'compare-configs': 'train and test configs over several seeds',
    'adapt': 'adapt a network to videos without labels: one command to a page',
    'import': 'a project of DeepLabCut, SLEAP, ... as a data set for MMPose',
    'dataset-info': 'the dataset_info.py of a COCO keypoint file',
    'tigdog': "TigDog's horses and tigers as COCO files",
    'synthetic-animals': 'the images of Synthetic Animals as COCO files',
    'animal-pose': 'Animal-Pose as a COCO file',
    'animal-boxes': "boxes of COCO's animals without labels",
    'unlabelled-frames': 'a folder of frames as a COCO file without labels',
    'frames-to-label': 'choose images that differ, as a file to label them',
}
"""Command and summary; ``check-data`` lies in ``check_data.py``."""


class _Version(argparse.Action):
    """Read the version only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from mmpose_addons_core.version import __version__

        print(__version__)
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv and argv[0] in COMMANDS:
        try:
            return load_command(argv[0]).main(argv[1:])
        except KeyboardInterrupt:  # while the command's module is imported
            from .errors import interrupted

            return interrupted(argv[0])
    parser = argparse.ArgumentParser(
        prog='mmpose-addons',
        description='Poses of images and videos; tools for data, checkpoints and results.',
        formatter_class=partial(argparse.HelpFormatter, max_help_position=24),
        epilog='Details: mmpose-addons COMMAND --help',
    )
    parser.add_argument('--version', action=_Version, nargs=0, help='print the version')
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    for name, summary in COMMANDS.items():
        commands.add_parser(name, help=summary)
    parser.parse_args(argv)  # prints the help or an error
    return 2


def load_command(name: str) -> Any:
    """Import the module of a command, which has ``parse_args(argv)`` and ``main(argv)``."""
    # a module cannot have the name of a keyword
    module = f'{name}_project' if iskeyword(name) else name.replace('-', '_')
    return import_module(f'{__package__}.{module}')
