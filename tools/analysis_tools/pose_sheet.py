#!/usr/bin/env python
"""The command ``mmpose-addons sheet``."""

from mmpose_addons_cli.sheet import main

if __name__ == '__main__':
    raise SystemExit(main())
