#!/usr/bin/env python
"""The command ``mmpose-addons detect``."""

from mmpose_addons_cli.detect import main

if __name__ == '__main__':
    raise SystemExit(main())
