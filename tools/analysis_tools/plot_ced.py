#!/usr/bin/env python
"""The command ``mmpose-addons plot-ced``."""

from mmpose_addons_cli.plot_ced import main

if __name__ == '__main__':
    raise SystemExit(main())
