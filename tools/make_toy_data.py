#!/usr/bin/env python
"""The command ``mmpose-addons toy``."""

from mmpose_addons_cli.toy import main

if __name__ == '__main__':
    raise SystemExit(main())
