"""LPN on real photographs: learned by heart, and tested with a detector's boxes, by mim."""

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


def average_precision(ann_file, results_file):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO(str(ann_file))
    evaluation = COCOeval(truth, truth.loadRes(str(results_file)), 'keypoints')
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation.stats[0]


@pytest.mark.slow
@pytest.mark.real_data
def test_lpn_learns_real_images_by_heart(repo, sample_data, tmp_path):
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
    checkpoint = ['--checkpoint', (tmp_path / 'last_checkpoint').read_text().strip()]

    mim(
        repo,
        'test',
        *checkpoint,
        *data,
        f'test_evaluator.outfile_prefix={tmp_path}/annotated_boxes',
    )
    assert average_precision(truth, tmp_path / 'annotated_boxes.keypoints.json') >= 0.9

    mim(
        repo,
        'test',
        *checkpoint,
        '--out',
        str(tmp_path / 'metrics.json'),
        *data,
        f'test_dataloader.dataset.bbox_file={folder}/test_coco_det_AP_H_56.json',
    )
    # The network knows these people by heart only in their annotated boxes.
    assert json.loads((tmp_path / 'metrics.json').read_text())['coco/AP'] > 0.1
