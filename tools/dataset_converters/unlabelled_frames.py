#!/usr/bin/env python
"""The command ``mmpose-addons unlabelled-frames``."""

from mmpose_addons_cli.unlabelled_frames import main

if __name__ == '__main__':
    raise SystemExit(main())
