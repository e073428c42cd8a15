#!/usr/bin/env python
"""Source only, CC-SSL and real labels on toy animals, with ablations, for several seeds.

A seed stands for its own data and its own networks. What is done is not done again, and a
training that was stopped goes on, so it can be stopped and started at any time. No label of the
target's training images reaches any run but "real labels"; the last epoch is tested.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.runner import Runner
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent))

from adaptation_runs.predictions import write_predictions

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_toys import make_toy_animals

ROOT = Path(__file__).resolve().parents[2]
CONFIG = 'configs/animal_2d_keypoint/ccssl/toy/td-hm_lpn-50-half_{}_toy-animals-128x128.py'
SETTINGS = dict(source='source-1xb8-40e', ccssl='ccssl-1xb16-9e', real='real-1xb8-15e')
DOMAINS = dict(
    synthetic=dict(images=240, val_fraction=0),
    real=dict(images=1200, val_fraction=1 / 6),
)
HOOK = 'custom_hooks.1'
LOOK = 'train_dataloader.dataset.target.pipeline.4'  # RandomAppearance
LEGS = [[(3, 4), (8, 9), (12, 13), (14, 15)], [(5, 6), (10, 11), (16, 17)]]
"""Left and right keypoints of the fore and of the hind legs."""
SOURCE, CCSSL, REAL = 'source only', 'CC-SSL', 'real labels'
# which config, and what is changed in it
RUNS: dict[str, tuple[str, dict]] = {
    SOURCE: ('source', {}),
    CCSSL: ('ccssl', {}),
    REAL: ('real', {}),
}
# CC-SSL's schedule without pseudo-labels: what its other parts are worth
AS_LONG, ADABN = 'source only, as long', 'AdaBN'
CONTROLS: dict[str, tuple[str, dict]] = {
    AS_LONG: (
        'source',
        {
            'train_cfg.max_epochs': 36,  # as many steps of as many images
            'param_scheduler.1.T_max': 36,
            'param_scheduler.1.end': 36,
            'optim_wrapper.optimizer.lr': 5e-4,
            'train_dataloader.batch_size': 16,
        },
    ),
    ADABN: ('source', {}),  # no training: statistics of the target's images in the test
    'BatchNorm only': ('ccssl', {'model.target_weight': 0}),
}
ABLATIONS: dict[str, tuple[str, dict]] = {
    'without equivariance': ('ccssl', {f'{HOOK}.views': None}),
    'without invariance': (
        'ccssl',
        {f'{LOOK}.{n}': v for n, v in dict(noise=0, blur=0, contrast=1, colour=0).items()},
    ),
    'without time': ('ccssl', {f'{HOOK}.flow': None}),
    'without curriculum': ('ccssl', {f'{HOOK}.curriculum': None}),
    # all animals head to the right, in both domains
    'with checks': ('ccssl', {f'{HOOK}.checks': dict(prior=dict(mirror=False))}),
    'with open sides': (
        'ccssl',
        {
            'model.head.loss': dict(
                _delete_=True,
                type='SideAgnosticLoss',
                limbs=LEGS,
                epochs=3,  # the first round
                loss=dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=1000.0),
            )
        },
    ),
}
METRIC = 'animal/PCK'


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: ccssl_toy.py --seeds 0 1 2 --ablations --work-dir work_dirs/ccssl_toy',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--seeds', type=int, nargs='+', default=[0], help='default: 0')
    parser.add_argument(
        '--ablations', action='store_true', help='also controls and parts left out'
    )
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/ccssl_toy'))
    parser.add_argument('--table-only', action='store_true', help='of what is done by now')
    return parser.parse_args()


def draw(folder: Path, seed: int) -> None:
    for domain, settings in DOMAINS.items():
        settings = dict(settings, seed=seed, domain=domain, heading='right', size=160)
        make_toy_animals(folder / domain, **settings)


def configured(folder: Path, name: str) -> Config:
    """Return the config of a run, with its data."""
    kind, options = (RUNS | CONTROLS | ABLATIONS)[name]
    config = Config.fromfile(ROOT / CONFIG.format(SETTINGS[kind]))
    config.merge_from_dict(options)
    synthetic, real = (str(folder / 'data' / domain) for domain in DOMAINS)
    train = config.train_dataloader.dataset
    if kind == 'ccssl':
        train.source.data_root, train.target.dataset.data_root = synthetic, real
    else:
        train.data_root = synthetic if kind == 'source' else real
    if kind == 'ccssl' or name in (AS_LONG, ADABN):
        config.load_from = (place(folder, SOURCE) / 'last_checkpoint').read_text()
    test = config.test_dataloader.dataset
    test.data_root = real
    if name == ADABN:
        frames = dict(test, ann_file='annotations/animals_train.json')
        frames['data_prefix'] = dict(img='images/train/')
        hook = dict(type='AdaptBatchNormHook', dataset=frames, when='test')
        config.custom_hooks = [*config.custom_hooks, hook]
    return config


def train_and_test(folder: Path, name: str, seed: int) -> None:
    """Train and test a run; this leaves ``metrics.json`` in its folder."""
    work_dir = place(folder, name)
    file = work_dir / 'metrics.json'
    if file.exists():
        return
    config = configured(folder, name)
    config.randomness.seed = seed
    config.work_dir = str(work_dir)
    if (work_dir / 'last_checkpoint').exists():
        config.resume, config.load_from = True, None
    config.experiment_name = f'{work_dir.name}_{seed}'
    runner = Runner.from_cfg(config)
    if name != ADABN:
        runner.train()
    metrics = runner.test()
    with atomic_write(file) as unfinished:
        unfinished.write_text(json.dumps(metrics))


def draw_predictions(folder: Path) -> Path:
    """Write truth and predictions on test frames of several videos, one column a frame."""
    networks = [
        (name, configured(folder, name), (place(folder, name) / 'last_checkpoint').read_text())
        for name in RUNS
    ]
    return write_predictions(networks, folder / 'predictions.jpg')


def place(folder: Path, name: str) -> Path:
    return folder / name.replace(',', '').replace(' ', '_').lower()


def table(work_dir: Path, seeds: list[int], names: list[str]) -> Table:
    """Format PCK of each run and the share of the gap that it closes."""
    scores = np.full((len(names), len(seeds)), np.nan)
    for row, name in enumerate(names):
        for column, seed in enumerate(seeds):
            file = place(work_dir / f'seed{seed}', name) / 'metrics.json'
            if file.exists():
                scores[row, column] = 100 * json.loads(file.read_text())[METRIC]
    source, real = (scores[names.index(name)].mean() for name in (SOURCE, REAL))
    columns = [f'seed {seed}' for seed in seeds]
    result = Table('PCK@0.05, %', *columns, 'mean', 'gap closed', title='real toy animals')
    for name, values in zip(names, scores, strict=True):
        closed = (values.mean() - source) / (real - source)
        cells = [f'{value:.1f}' for value in (*values, values.mean())]
        result.add_row(name, *cells, f'{closed:.0%}')
    return result


def main() -> int:
    args = parse_args()
    work_dir = args.work_dir.absolute()
    names = [*RUNS, *(CONTROLS | ABLATIONS if args.ablations else ())]
    if not args.table_only:
        for seed in args.seeds:
            draw(work_dir / f'seed{seed}' / 'data', seed)
            for name in names:
                train_and_test(work_dir / f'seed{seed}', name, seed)
            print(draw_predictions(work_dir / f'seed{seed}'))
    Console().print(table(work_dir, args.seeds, names))
    return 0


if __name__ == '__main__':
    sys.exit(main())
