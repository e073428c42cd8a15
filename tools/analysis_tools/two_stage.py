#!/usr/bin/env python
"""The command ``mmpose-addons two-stage``."""

from mmpose_addons_cli.two_stage import main

if __name__ == '__main__':
    raise SystemExit(main())
