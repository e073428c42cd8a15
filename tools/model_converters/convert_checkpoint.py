#!/usr/bin/env python
"""The command ``mmpose-addons convert``."""

from mmpose_addons_cli.convert import main

if __name__ == '__main__':
    raise SystemExit(main())
