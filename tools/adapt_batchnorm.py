#!/usr/bin/env python
"""The command ``mmpose-addons adapt-batchnorm``."""

from mmpose_addons_cli.adapt_batchnorm import main

if __name__ == '__main__':
    raise SystemExit(main())
