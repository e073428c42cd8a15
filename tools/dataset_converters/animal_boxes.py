#!/usr/bin/env python
"""The command ``mmpose-addons animal-boxes``."""

from mmpose_addons_cli.animal_boxes import main

if __name__ == '__main__':
    raise SystemExit(main())
