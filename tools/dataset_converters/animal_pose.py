#!/usr/bin/env python
"""The command ``mmpose-addons animal-pose``."""

from mmpose_addons_cli.animal_pose import main

if __name__ == '__main__':
    raise SystemExit(main())
