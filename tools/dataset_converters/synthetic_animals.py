#!/usr/bin/env python
"""The command ``mmpose-addons synthetic-animals``."""

from mmpose_addons_cli.synthetic_animals import main

if __name__ == '__main__':
    raise SystemExit(main())
