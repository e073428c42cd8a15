"""Test a network by MMPose's tools/test.py, also in several processes without a GPU."""

from collections.abc import Sequence

from .errors import in_one_line
from .mmpose_script import run_mmpose_script


@in_one_line('test')
def main(argv: Sequence[str] | None = None) -> int:
    return run_mmpose_script('test.py', argv)
