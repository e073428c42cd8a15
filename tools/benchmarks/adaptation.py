#!/usr/bin/env python
"""Compare ways to adapt a network to a domain without labels, over tasks and seeds.

Every arm of a task that adapts starts from the source network of its seed and trains for the
same number of steps with the same augmentation. No label of the target's training images
reaches any arm but "real labels" (and the arms that name a number of labels). The last epoch is
tested. Runs that are done are not repeated, and an interrupted training continues, so the
command can be stopped and started at any time. Toy tasks draw their data below ``--data``, each
seed its own.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from adaptation_runs import tasks, toys
from adaptation_runs.command import main

TASKS = tasks.TASKS | toys.TASKS
EXAMPLE = 'adaptation.py --tasks horse-cattle --seeds 0 1 2 --data livestock'

if __name__ == '__main__':
    sys.exit(main(__file__, __doc__, EXAMPLE, TASKS, 'data/livestock'))
