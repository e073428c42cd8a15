#!/usr/bin/env python
"""The command ``mmpose-addons tigdog``."""

from mmpose_addons_cli.tigdog import main

if __name__ == '__main__':
    raise SystemExit(main())
