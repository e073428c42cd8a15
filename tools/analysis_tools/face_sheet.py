#!/usr/bin/env python
"""The command ``mmpose-addons face-sheet``."""

from mmpose_addons_cli.face_sheet import main

if __name__ == '__main__':
    raise SystemExit(main())
