#!/usr/bin/env python
"""The command ``mmpose-addons adapt``."""

from mmpose_addons_cli.adapt import main

if __name__ == '__main__':
    raise SystemExit(main())
