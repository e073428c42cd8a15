#!/usr/bin/env python
"""The command ``mmpose-addons export``."""

from mmpose_addons_cli.export import main

if __name__ == '__main__':
    raise SystemExit(main())
