#!/usr/bin/env python
"""The command ``mmpose-addons doctor``."""

from mmpose_addons_cli.doctor import main

if __name__ == '__main__':
    raise SystemExit(main())
