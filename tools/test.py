#!/usr/bin/env python
"""MMPose's tools/test.py, also for several processes without a GPU (gloo)."""

from mmpose_addons.launch import run_mmpose_tool

if __name__ == '__main__':
    run_mmpose_tool('test.py')
