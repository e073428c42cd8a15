#!/usr/bin/env python
"""WS-CDA and PPLO beside what they are made of, for an unseen species, over tasks and seeds.

Every arm sees the same batches of people, labelled animals and boxes of the unseen species, so
that BatchNorm is the same in all of them. No label of the unseen species' training images
reaches any arm but "the species' own labels". The last epoch is tested. Runs that are done are
not repeated, and an interrupted training continues, so the command can be stopped and started
at any time. A toy task draws its data, each seed its own. For livestock, ``--data``
is a folder with ``livestock`` and ``minicoco``, and nothing is drawn.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from adaptation_runs.command import main
from adaptation_runs.wscda import TASKS

EXAMPLE = 'wscda_toy.py --tasks toy-antelope --seeds 0 1 2 --work-dir work_dirs/wscda_toy'

if __name__ == '__main__':
    folder = 'work_dirs/wscda_toy/data'
    sys.exit(main(__file__, __doc__, EXAMPLE, TASKS, folder))
