"""Train and test each config with each seed and print the mean results as a table.

A finished run is not repeated. Its results are in WORK_DIR/CONFIG/SEED/metrics.json.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .argument_types import seed_number
from .config_options import config_options
from .errors import CommandError, in_one_line

if TYPE_CHECKING:
    from mmengine.config import Config
    from mmengine.runner import Runner


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons compare-configs',
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='example: mmpose-addons compare-configs configs/face_2d_keypoint/wing/'
        'toy/*_l1-*.py configs/face_2d_keypoint/wing/toy/*_pixelwing-1x*.py '
        '--seeds 0 1 --work-dir work_dirs/x',
    )
    parser.add_argument('configs', nargs='+', type=Path, metavar='CONFIG')
    parser.add_argument('--work-dir', type=Path, required=True)
    parser.add_argument('--seeds', nargs='+', type=seed_number, default=[0, 1, 2])
    parser.add_argument(
        '--metrics', nargs='+', default=['NME'], help='columns of the table (default: NME)'
    )
    parser.add_argument(
        '--jitter-crops',
        metavar='N',
        type=int,
        default=0,
        help='also predict N slightly different crops of each test face, for the metrics '
        'jitter (mean movement of a landmark, share of the inter-ocular distance) and '
        'jitter_worst (the same of the landmark of each face that moves most)',
    )
    parser.add_argument('--cfg-options', nargs='+', metavar='KEY=VALUE')
    return parser.parse_args(argv)


def run(config: 'Config', folder: Path, crops: int) -> dict[str, float]:
    """Train and test, or read the metrics of a finished run; return the metrics."""
    from mmengine.runner import Runner

    from mmpose_addons_core.fileio import write_json

    file = folder / 'metrics.json'
    if file.exists():
        return json.loads(file.read_text())
    config.work_dir = str(folder)
    config.experiment_name = f'{folder.parent.name}_{folder.name}'
    runner = Runner.from_cfg(config)
    runner.train()
    metrics = runner.test()
    if crops:
        metrics.update(jitter(runner, crops))
    write_json(file, metrics)
    return metrics


def jitter(runner: 'Runner', crops: int) -> dict[str, float]:
    """Measure how landmarks move between different crops of the test faces."""
    import numpy as np

    from mmpose_addons_core.faces import face_layout
    from mmpose_addons_core.metrics import group_distance, jitter_scores
    from mmpose_addons_core.progress import track

    loader = runner.cfg.test_dataloader.copy()
    loader.dataset = dict(type='MovedCropsDataset', crops=crops, dataset=loader.dataset)
    built = runner.build_dataloader(loader, seed=0)
    runner.model.eval()
    samples = [
        sample for batch in track(built, 'Crops') for sample in runner.model.test_step(batch)
    ]
    found = np.stack([sample.pred_instances.keypoints[0] for sample in samples])
    truth = np.stack([sample.gt_instances.keypoints[0] for sample in samples[::crops]])
    eyes = group_distance(truth, *face_layout(truth.shape[1]).outer_eye_corners)
    views = found.reshape(-1, crops, *found.shape[1:]).swapaxes(0, 1)
    return jitter_scores(views, eyes)


def table(results: dict[str, list[dict[str, float]]], names: list[str]) -> str:
    """Return a Markdown table: a row per config, mean and standard deviation per metric."""
    import numpy as np

    lines = [f'| config | {" | ".join(names)} |', '|---' * (len(names) + 1) + '|']
    for config, runs in results.items():
        cells = []
        for name in names:
            values = np.array([metrics[name] for metrics in runs])
            spread = f' ± {values.std(ddof=1):.5f}' if len(values) > 1 else ''
            cells.append(f'{values.mean():.5f}{spread}')
        lines.append(f'| {config} | {" | ".join(cells)} |')
    return '\n'.join(lines)


@in_one_line('compare-configs')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # these imports are slow, so --help does not wait for them
    from mmengine.config import Config

    from mmpose_addons_core.fileio import write_text

    results: dict[str, list[dict[str, float]]] = {}
    for file in args.configs:
        results[file.stem] = []
        for seed in args.seeds:
            config = Config.fromfile(file)
            config.merge_from_dict(config_options(args.cfg_options))
            config.randomness = dict(seed=seed)
            folder = args.work_dir / file.stem / str(seed)
            results[file.stem].append(run(config, folder, args.jitter_crops))
    try:
        text = table(results, args.metrics)
    except KeyError as error:
        raise CommandError(f'{error} is not among the metrics of every run') from None
    write_text(args.work_dir / 'table.md', text + '\n')
    print(text)
    return 0
