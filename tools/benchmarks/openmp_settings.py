"""Time a training step on the CPU under several settings of OpenMP's threads.

Each round starts one process per setting, because PyTorch reads the settings when it is loaded.
A step is LPN-50 forward and backward on 32 crops, channels-last. The table shows medians over
the rounds. Run it alone and beside other work.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

SETTINGS = {
    'default': {},
    'GOMP_SPINCOUNT=10000 (ours)': {'GOMP_SPINCOUNT': '10000'},
    'OMP_WAIT_POLICY=PASSIVE': {'OMP_WAIT_POLICY': 'PASSIVE'},
    'OMP_NUM_THREADS=1': {'OMP_NUM_THREADS': '1'},
}
CROPS, HEIGHT, WIDTH = 32, 128, 96


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rounds', type=int, default=3, help='%(default)s')
    parser.add_argument('--steps', type=int, default=8, help='in each process (%(default)s)')
    parser.add_argument('--here', action='store_true', help='time this process and print it')
    return parser.parse_args()


def step_seconds(steps: int) -> float:
    """Return the median time of a step in this process, after one that is not counted."""
    import torch

    from mmpose_addons.models.backbones import LPN

    network = LPN(depth=50).to(memory_format=torch.channels_last)
    network.train()
    crops = torch.randn(CROPS, 3, HEIGHT, WIDTH).contiguous(memory_format=torch.channels_last)
    times = []
    for _ in range(steps + 1):
        start = time.perf_counter()
        network(crops)[-1].square().mean().backward()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    args = parse_args()
    if args.here:
        print(step_seconds(args.steps))
        return
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ('GOMP_SPINCOUNT', 'OMP_WAIT_POLICY', 'OMP_NUM_THREADS')
    }
    times: dict[str, list[float]] = {name: [] for name in SETTINGS}
    command = [sys.executable, __file__, '--here', '--steps', str(args.steps)]
    for _ in range(args.rounds):
        for name, setting in SETTINGS.items():
            done = subprocess.run(
                command, env=inherited | setting, stdout=subprocess.PIPE, text=True, check=True
            )
            times[name].append(float(done.stdout.split()[-1]))
    print(f'load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n')
    print('| setting | s a step | to the default |')
    print('|---|---|---|')
    first = statistics.median(times['default'])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f'| {name} | {median:.2f} | {median / first:.2f} |')


if __name__ == '__main__':
    main()
