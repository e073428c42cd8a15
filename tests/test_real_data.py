"""LPN overfits a few real photographs and is tested with a detector's boxes, by mim."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = 'configs/body_2d_keypoint/lpn/coco/td-hm_lpn-50_overfit-1xb6-60e_coco-128x96.py'
QUICK_MEMORY = dict(MALLOC_MMAP_MAX_='0', MALLOC_TRIM_THRESHOLD_='2147483647')
"""Of docs/troubleshooting.md, for ``mim train``."""


def mim(repo, command, *arguments):
    done = subprocess.run(
        [Path(sys.executable).with_name('mim'), command, 'mmpose', CONFIG, *arguments],
        cwd=repo,
        env=os.environ | QUICK_MEMORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.real_data
def test_lpn_overfits_real_people(repo, sample_data, tmp_path):
    folder = sample_data / 'coco'
    truth = f'{folder}/test_coco.json'
    data = [
        '--work-dir',
        str(tmp_path),
        '--cfg-options',
        f'train_dataloader.dataset.data_root={folder}',
        f'val_dataloader.dataset.data_root={folder}',
        f'test_dataloader.dataset.data_root={folder}',
        f'val_evaluator.ann_file={truth}',
        f'test_evaluator.ann_file={truth}',
    ]
    mim(repo, 'train', *data)
    (log,) = tmp_path.glob('*/vis_data/scalars.json')
    validated = json.loads(log.read_text().splitlines()[-1])
    assert validated['coco/AP'] > 0.9
    checkpoint = (tmp_path / 'last_checkpoint').read_text().strip()
    metrics = tmp_path / 'metrics.json'
    boxes = f'test_dataloader.dataset.bbox_file={folder}/test_coco_det_AP_H_56.json'
    mim(repo, 'test', '--checkpoint', checkpoint, '--out', str(metrics), *data, boxes)
    # those of a detector are not the boxes that were learned
    assert 0.1 < json.loads(metrics.read_text())['coco/AP'] < 0.9
