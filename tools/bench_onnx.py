#!/usr/bin/env python
"""The command ``mmpose-addons bench``."""

from mmpose_addons_cli.bench import main

if __name__ == '__main__':
    raise SystemExit(main())
