#!/usr/bin/env python
"""The command ``mmpose-addons import``."""

from mmpose_addons_cli.import_project import main

if __name__ == '__main__':
    raise SystemExit(main())
