#!/usr/bin/env python
"""Time a whole test run with our codec and with MMPose's, on the same model and images.

Everything that "mim test" does is in the time but for starting up: reading images, the
network with its flip test, decoding and the metric. The two runs take turns; the figures are
medians over rounds.
"""

import argparse
import statistics
import sys
import tempfile
import time

from mmengine.config import Config, ConfigDict, DictAction
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpose.registry import KEYPOINT_CODECS

COUNTERPARTS = {
    'QuarterShiftHeatmap': dict(type='MSRAHeatmap'),
    'DARKHeatmap': dict(type='MSRAHeatmap', unbiased=True),
    'UDPGaussianHeatmap': dict(type='UDPHeatmap'),
}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: whole_test.py configs/body_2d_keypoint/lpn/toy/'
        'td-hm_lpn-50_dark-stride-1xb16-5e_toy-people-128x96.py --checkpoint epoch_6.pth',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', help=f'with one of {", ".join(COUNTERPARTS)}')
    parser.add_argument('--checkpoint', help='default: random weights')
    parser.add_argument('--rounds', type=int, default=3, help='(default: 3)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    return parser.parse_args()


def counterpart(codec: ConfigDict) -> dict:
    """Return MMPose's codec for the same maps."""
    if codec.type not in COUNTERPARTS:
        raise ValueError(f'{codec.type} has no counterpart; it needs one of {[*COUNTERPARTS]}')
    shared = {name: codec[name] for name in ('input_size', 'heatmap_size', 'sigma')}
    return dict(shared, **COUNTERPARTS[codec.type])


def read_config(args: argparse.Namespace) -> Config:
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options)
    config.load_from = args.checkpoint
    return config


def main() -> int:
    args = parse_args()
    config = read_config(args)
    ours = config.model.head.decoder
    try:
        decoders = {'ours': ours, "MMPose's": counterpart(ours)}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    init_default_scope('mmpose')
    with tempfile.TemporaryDirectory() as config.work_dir:
        runner = Runner.from_cfg(config)
        runner.load_or_resume()
        MMLogger.get_current_instance().setLevel('ERROR')
        seconds: dict[str, list[float]] = {name: [] for name in decoders}
        for round_ in range(args.rounds + 1):
            for name, decoder in decoders.items():
                runner.model.head.decoder = KEYPOINT_CODECS.build(decoder)
                start = time.perf_counter()
                runner.test()
                if round_:  # the first warms up
                    seconds[name].append(time.perf_counter() - start)
    for name, decoder in decoders.items():
        print(f'{decoder["type"]} ({name}): {statistics.median(seconds[name]):.2f} s')
    pairs = [*zip(*seconds.values(), strict=True)]
    saved = statistics.median(theirs - ours for ours, theirs in pairs)
    share = statistics.median(1 - ours / theirs for ours, theirs in pairs)
    print(f'saved: {saved:.2f} s, {share:.1%} of the run')
    return 0


if __name__ == '__main__':
    sys.exit(main())
