#!/usr/bin/env python
"""Time training steps with and without a mean teacher, or WS-CDA's discriminator.

Network and batch are the same. Without a teacher the step is that of CC-SSL, without the
discriminator that of plain training on people and animals.

The images are noise, so no data set is needed; loading and augmentation are not measured. Both
take steps in turns, in one process. Printed are medians over the rounds, the median of
the rounds' ratios, and on a GPU the largest memory of a step. --memory prints the memory of a
process that takes steps of one kind only. Rounds of labelling, which CC-SSL needs besides, are
not measured.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage

import numpy as np
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

import mmpose_addons  # noqa: F401  registers the classes
from mmpose_addons.datasets.two_views import TEACHER_IMAGE
from mmpose_addons.estimators.loading import geometry_of
from mmpose_addons.estimators.pose_network import PoseNetwork
from mmpose_addons.models.adaptation import TeacherAverage
from mmpose_addons.models.adaptation.targets import as_samples, encode
from mmpose_addons_core.networks.channels_last import to_channels_last

CONFIG = (
    'configs/animal_2d_keypoint/livestock/'
    'td-hm_lpn-50_mean-teacher-1xb32-30e_livestock-cattle-128x128.py'
)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: teacher_step.py --device cuda --rounds 30 (run from the repository)',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        '--config', default=CONFIG, help='config of a mean teacher (default: %(default)s)'
    )
    parser.add_argument(
        '--discriminator', action='store_true', help="WS-CDA's, in place of the teacher"
    )
    parser.add_argument('--batch', type=int, help="samples; half are target (the config's)")
    parser.add_argument('--rounds', type=int, default=20, help='default: %(default)s')
    parser.add_argument('--device', default='cpu', help='default: %(default)s')
    parser.add_argument('--threads', type=int, default=2, help='of PyTorch (%(default)s)')
    parser.add_argument(
        '--clock',
        choices=['wall', 'cpu'],
        default='wall',
        help='cpu: time of all threads together, for a busy machine, with --threads 1 and '
        'without a GPU (%(default)s)',
    )
    parser.add_argument(
        '--memory',
        choices=['with', 'without'],
        help='print the memory of a process that takes three steps with or without what is '
        'measured, and stop; without a GPU',
    )
    return parser.parse_args()


def batch_of(
    model: torch.nn.Module, size: tuple[int, int], count: int, taught: bool, people: bool
) -> dict:
    """Draw noise with keypoints in random places; the second half is target.

    With ``people``, the first quarter is human.
    """
    rng = np.random.default_rng(0)
    shape = count, 3, size[1], size[0]
    images = torch.from_numpy(rng.integers(0, 255, shape, dtype=np.uint8))
    codec, joints = model.head.decoder, model.head.out_channels
    points = torch.from_numpy(rng.uniform(0, size, (count, joints, 2)).astype(np.float32))
    targets = encode(codec, points, torch.ones(count, joints), torch.device('cpu'))
    samples = as_samples(codec, targets)
    for number, sample in enumerate(samples):
        target = number >= count // 2
        person = people and number < count // 4
        sample.set_metainfo(
            dict(
                domain='target' if target else 'human' if person else 'source',
                has_labels=not (target and taught),
                draw_seed=number,
                input_size=size,
                img_path='noise',
                teacher_matrix=np.eye(2, 3),
                teacher_mirrored=number % 2 == 0,
            )
        )
        if target and taught:
            sample.set_field(images[number], TEACHER_IMAGE)
    return dict(inputs=list(images), data_samples=samples)


def step_of(config: Config, args: argparse.Namespace, whole: bool) -> Callable[[], None]:
    """Return one step of a fresh network, with or without what is measured."""
    torch.manual_seed(0)
    size = geometry_of(config).input_size
    settings = dict(config.model)
    taught = whole and not args.discriminator
    if not taught:
        settings['consistency'] = None
    if whole and args.discriminator:
        settings['discriminator'] = dict(
            in_channels=settings['head']['in_channels'], pose_weight=1
        )
    model = MODELS.build(settings).to(args.device).train()
    if args.device == 'cpu':
        to_channels_last(model)
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    count = args.batch or config.train_dataloader.batch_size
    batch = batch_of(model, size, count, taught, args.discriminator)
    average = None
    if taught:
        average = TeacherAverage(model, momentum=0.001, gamma=1)
        average.module.eval()
        joints = model.head.out_channels
        model.consistency.teacher = PoseNetwork(
            average.module, list(range(joints)), geometry_of(config)
        )

    def step() -> None:
        model.train_step(batch, wrapper)
        if average is not None:
            average.update_parameters(model)

    return step


def peak_memory(step: Callable[[], None]) -> float:
    """Return the largest memory of this process in MiB, after three steps."""
    for _ in range(3):
        step()
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux


def main() -> None:
    args = parse_args()
    torch.set_num_threads(args.threads)
    init_default_scope('mmpose')
    config = Config.fromfile(args.config)
    clock = time.perf_counter if args.clock == 'wall' else time.process_time
    on_gpu = args.device != 'cpu'
    if args.memory:
        before = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        peak = peak_memory(step_of(config, args, whole=args.memory == 'with'))
        print(f'MiB of the process: {before:.0f} before, {peak:.0f} in three steps')
        return
    steps = [step_of(config, args, whole) for whole in (False, True)]
    names = ('plain', 'WS-CDA') if args.discriminator else ('CC-SSL', 'mean teacher')
    rows, memory = [], [0.0, 0.0]
    for _ in range(args.rounds + 2):
        row = []
        for number, step in enumerate(steps):
            if on_gpu:
                torch.cuda.synchronize()
                before = torch.cuda.memory_allocated()
                torch.cuda.reset_peak_memory_stats()
            start = clock()
            step()
            if on_gpu:
                torch.cuda.synchronize()
                memory[number] = (torch.cuda.max_memory_allocated() - before) / 2**20
            row.append(clock() - start)
        rows.append(row)
    rows = rows[2:]  # the first steps prepare kernels
    times = [1000 * statistics.median(column) for column in zip(*rows, strict=True)]
    ratio = statistics.median(row[1] / row[0] for row in rows)
    print(f'ms a step ({args.clock}): {names[0]} {times[0]:.0f}, {names[1]} {times[1]:.0f}')
    print(f'ratio {ratio:.2f}')
    if on_gpu:
        print(f'MiB in a step: {names[0]} {memory[0]:.0f}, {names[1]} {memory[1]:.0f}')


if __name__ == '__main__':
    raise SystemExit(main())
