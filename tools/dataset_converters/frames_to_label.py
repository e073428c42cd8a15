#!/usr/bin/env python
"""The command ``mmpose-addons frames-to-label``."""

from mmpose_addons_cli.frames_to_label import main

if __name__ == '__main__':
    raise SystemExit(main())
