#!/usr/bin/env python
"""The command ``mmpose-addons dataset-info``."""

from mmpose_addons_cli.dataset_info import main

if __name__ == '__main__':
    raise SystemExit(main())
