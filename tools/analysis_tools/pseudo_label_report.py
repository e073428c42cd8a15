#!/usr/bin/env python
"""The command ``mmpose-addons report``."""

from mmpose_addons_cli.report import main

if __name__ == '__main__':
    raise SystemExit(main())
