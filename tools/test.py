#!/usr/bin/env python
"""The command ``mmpose-addons test``."""

from mmpose_addons_cli.test import main

if __name__ == '__main__':
    raise SystemExit(main())
