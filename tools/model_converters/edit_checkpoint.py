#!/usr/bin/env python
"""The command ``mmpose-addons edit-checkpoint``."""

from mmpose_addons_cli.edit_checkpoint import main

if __name__ == '__main__':
    raise SystemExit(main())
