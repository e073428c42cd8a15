#!/usr/bin/env python
"""The command ``mmpose-addons infer``."""

from mmpose_addons_cli.infer import main

if __name__ == '__main__':
    raise SystemExit(main())
