#!/usr/bin/env python
"""The command ``mmpose-addons compare-configs``."""

from mmpose_addons_cli.compare_configs import main

if __name__ == '__main__':
    raise SystemExit(main())
