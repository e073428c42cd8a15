#!/usr/bin/env python
"""The command ``mmpose-addons fit``."""

from mmpose_addons_cli.fit import main

if __name__ == '__main__':
    raise SystemExit(main())
