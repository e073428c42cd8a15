"""A network overfits a few real faces: data, codec, loss, network and metric fit together."""

from pathlib import Path

import cv2
import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mmpose_addons_core.metrics.ced_file import read_ced

WING = 'configs/face_2d_keypoint/wing'
EPOCHS = 200  # half of the configs' are enough for an NME below 0.02


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize(('dataset', 'faces'), [('wflw', 4), ('300w', 2)])
def test_network_overfits_real_faces(sample_data, repo, tmp_path, run_command, dataset, faces):
    stem = f'td-reg_mobilenetv2_pixelwing-overfit-1xb{faces}-400e_{dataset}-128x128'
    name = f'{WING}/{dataset}/{stem}.py'
    config = Config.fromfile(repo / name)
    config.work_dir = str(tmp_path)
    config.train_cfg.update(max_epochs=EPOCHS, val_interval=EPOCHS)
    config.param_scheduler[-1].update(T_max=EPOCHS - 20, end=EPOCHS)
    config.default_hooks.checkpoint.interval = EPOCHS
    for loader in (config.train_dataloader, config.val_dataloader, config.test_dataloader):
        loader.update(num_workers=0, persistent_workers=False)
        loader.dataset.data_root = str(sample_data / dataset)
    runner = Runner.from_cfg(config)
    runner.train()
    metrics = runner.test()

    assert metrics['faces'] == faces
    assert metrics['NME'] < 0.02
    errors = read_ced(Path(runner.log_dir) / 'ced.csv')['all']
    assert len(errors) == faces
    assert errors.max() < 0.02

    checkpoint = (tmp_path / 'last_checkpoint').read_text()
    root = f'test_dataloader.dataset.data_root={sample_data / dataset}'
    arguments = [repo / name, checkpoint, '--out', tmp_path / 'faces.png', '--columns', '2']
    assert run_command('face-sheet', *arguments, '--cfg-options', root)[0] == 0
    sheet = cv2.imread(str(tmp_path / 'faces.png'))
    caption = 22
    assert sheet.shape == (faces // 2 * (320 + caption), 2 * 320, 3)
