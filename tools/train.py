#!/usr/bin/env python
"""The command ``mmpose-addons train``."""

from mmpose_addons_cli.train import main

if __name__ == '__main__':
    raise SystemExit(main())
