"""LPN on real photographs: trained and tested, also with a detector's boxes, by mim."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = 'configs/body_2d_keypoint/lpn/coco/td-hm_lpn-50_memorise_coco-256x192.py'


def mim(repo, command, *arguments):
    done = subprocess.run(
        [Path(sys.executable).with_name('mim'), command, 'mmpose', CONFIG, *arguments],
        cwd=repo,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.real_data
def test_lpn_trains_and_tests_on_real_images(repo, sample_data, tmp_path):
    folder = sample_data / 'coco'
    truth = f'{folder}/test_coco.json'
    data = [
        '--work-dir',
        str(tmp_path),
        '--cfg-options',
        'train_cfg.max_epochs=1',
        f'train_dataloader.dataset.data_root={folder}',
        f'val_dataloader.dataset.data_root={folder}',
        f'test_dataloader.dataset.data_root={folder}',
        f'val_evaluator.ann_file={truth}',
        f'test_evaluator.ann_file={truth}',
    ]
    mim(repo, 'train', *data)
    metrics = tmp_path / 'metrics.json'
    mim(
        repo,
        'test',
        '--checkpoint',
        (tmp_path / 'last_checkpoint').read_text().strip(),
        '--out',
        str(metrics),
        *data,
        f'test_dataloader.dataset.bbox_file={folder}/test_coco_det_AP_H_56.json',
    )
    assert 0 <= json.loads(metrics.read_text())['coco/AP'] < 0.5  # after one epoch
