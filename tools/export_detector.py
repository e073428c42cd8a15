#!/usr/bin/env python
"""The command ``mmpose-addons export-detector``."""

from mmpose_addons_cli.export_detector import main

if __name__ == '__main__':
    raise SystemExit(main())
