#!/usr/bin/env python
"""The command ``mmpose-addons check-data``."""

from mmpose_addons_cli.check_data import main

if __name__ == '__main__':
    raise SystemExit(main())
