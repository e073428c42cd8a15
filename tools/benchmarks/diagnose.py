#!/usr/bin/env python
"""Diagnose trained networks on a target set as DiagnosisHook does, without training.

The config is one of an adaptation: its source gives the poses to compare with, its target the
images. Each checkpoint gets OUT/<name>/diagnosis.json. If the target has labels, the file has
scores by them, too, which diagnosis_ranks.py compares with the estimates.
"""

import argparse
from pathlib import Path

from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, MODELS

import mmpose_addons  # noqa: F401  registers the classes
from mmpose_addons.checkpoints import read_checkpoint
from mmpose_addons.datasets.pseudo_label_dataset import PseudoLabelDataset
from mmpose_addons.engine.source_poses import source_poses
from mmpose_addons.engine.target_diagnosis import TargetDiagnosis
from mmpose_addons.evaluation.pose_scores import pose_scores
from mmpose_addons_core.fileio import write_json


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: diagnose.py ccssl.py work/source/epoch_60.pth --out work/diagnosed',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='config with a SourceTargetDataset')
    parser.add_argument('checkpoints', type=Path, nargs='+')
    parser.add_argument('--out', type=Path, required=True, help='folder of the results')
    parser.add_argument('--samples', type=int, default=200, help='default: 200')
    parser.add_argument('--device', default='cpu', help='default: cpu')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, help='as of train.py')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    init_default_scope('mmpose')
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options or {})
    data = config.train_dataloader.dataset
    source = source_poses(DATASETS.build(dict(data.source, pipeline=[])))
    target: PseudoLabelDataset = DATASETS.build(data.target)
    hidden = target.hidden()
    for file in args.checkpoints:
        model = MODELS.build(config.model)
        model.load_state_dict(read_checkpoint(file)[0])
        diagnosis = TargetDiagnosis(
            target, model.to(args.device), source, samples=args.samples, num_workers=0
        )
        estimates, points, there = diagnosis.run(0)
        record = dict(epoch=0, estimates=estimates)
        if hidden is not None:
            record['hidden'] = pose_scores(target, points, there, hidden)
        out = args.out / file.parent.name / file.stem / 'diagnosis.json'
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, [record], indent=1)
        scores = record.get('hidden', {})
        shown = {**estimates, **{name: scores[name] for name in ('pck', 'pck@0.1') if scores}}
        print(out, ', '.join(f'{name} {value:.3f}' for name, value in shown.items()))


if __name__ == '__main__':
    raise SystemExit(main())
