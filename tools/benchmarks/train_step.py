#!/usr/bin/env python
"""Time training steps of a config's network on a CPU, its feature maps channels last or not.

Both networks see the same batch of the config's data set, in turns, in one process. Printed are
medians over the rounds, and the median of the rounds' ratios, which other work on the machine
disturbs least.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper, build_optim_wrapper
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, MODELS

from mmpose_addons_cli.memory import keep_freed_memory
from mmpose_addons_core.networks.channels_last import to_channels_last

CONFIG = 'configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py'
CLOCKS = {'wall': time.perf_counter, 'cpu': time.process_time}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: train_step.py --threads 2 --rounds 20 --keep-memory (run from the '
        'repository, after tools/demo.sh)',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        '--config', default=CONFIG, help='top-down config whose data set is there (%(default)s)'
    )
    parser.add_argument('--batch', type=int, help="crops (default: the config's)")
    parser.add_argument('--rounds', type=int, default=20, help='default: %(default)s')
    parser.add_argument('--threads', type=int, default=2, help='of PyTorch (%(default)s)')
    parser.add_argument(
        '--clock',
        choices=list(CLOCKS),
        default='wall',
        help='cpu: seconds of all threads together, for a machine with other work, with '
        '--threads 1 (%(default)s)',
    )
    parser.add_argument(
        '--keep-memory',
        action='store_true',
        help='keep freed memory for the next step, as tools/train.py does without a GPU',
    )
    return parser.parse_args()


def step_of(config: Config, batch: dict, channels_last: bool) -> Callable[[], object]:
    """Return one step of training a fresh network on the batch."""
    torch.manual_seed(0)
    model = MODELS.build(config.model).train()
    if channels_last:
        to_channels_last(model)
    wrapper: OptimWrapper = build_optim_wrapper(model, config.optim_wrapper)
    return lambda: model.train_step(batch, wrapper)


def main() -> None:
    args = parse_args()
    torch.set_num_threads(args.threads)
    if args.keep_memory and not keep_freed_memory():
        raise SystemExit('train_step: this C library, or a setting of yours, does not allow it')
    config = Config.fromfile(args.config)
    init_default_scope('mmpose')
    dataset = DATASETS.build(config.train_dataloader.dataset)
    count = args.batch or config.train_dataloader.batch_size
    batch = pseudo_collate([dataset[index] for index in range(count)])
    steps = [step_of(config, batch, channels_last) for channels_last in (False, True)]
    clock = CLOCKS[args.clock]
    seconds, faults = [], []
    for number in range(args.rounds + 2):
        row = []
        for step in steps:
            start = clock()
            step()
            row.append(clock() - start)
        if number >= 2:  # the first steps prepare kernels
            seconds.append(row)
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
    usual, last = (1000 * statistics.median(column) for column in zip(*seconds, strict=True))
    ratio = statistics.median(row[1] / row[0] for row in seconds)
    pages = (faults[-1] - faults[1]) / (2 * args.rounds)
    print(f'{count} crops, {args.threads} threads, ms a step ({args.clock}):')
    print(f'usual {usual:.0f}, channels last {last:.0f}, ratio {ratio:.2f}')
    print(f'{pages:.0f} new pages of memory a step')


if __name__ == '__main__':
    main()
