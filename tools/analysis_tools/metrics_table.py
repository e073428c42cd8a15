#!/usr/bin/env python
"""The command ``mmpose-addons metrics-table``."""

from mmpose_addons_cli.metrics_table import main

if __name__ == '__main__':
    raise SystemExit(main())
