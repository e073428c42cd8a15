"""docs/inference.md and docs/export.md, followed to the letter on small networks."""

import os
import re
import shutil
import subprocess
import sys

import cv2
import pytest
from detectors import detector_config
from mmengine.config import Config
from poses import picture, pose_config, pose_model

from mmpose_addons.apis import BoxDetector
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.datasets.toy import make_toy_people

QUICK = {
    '--images 2000': '--images 8',
    '--work-dir work_dirs/detector': '--work-dir work_dirs/detector --cfg-options '
    'train_cfg.max_epochs=1 train_cfg.val_interval=1 train_dataloader.num_workers=0 '
    'train_dataloader.persistent_workers=False train_dataloader.batch_size=4 '
    'val_dataloader.num_workers=0 val_dataloader.persistent_workers=False',
}


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """What the pages speak of: two networks, photographs, a video, a data set."""
    monkeypatch.chdir(tmp_path)
    detector = BoxDetector(detector_config(), None).model
    for name, config, model in (
        ('pose', pose_config(), pose_model()),
        ('detector', detector_config(), detector),
    ):
        Config(config.to_dict()).dump(f'{name}.py')
        write_checkpoint(tmp_path / f'{name}.pth', model.state_dict(), {})
    (tmp_path / 'photos').mkdir()
    video = cv2.VideoWriter('dance.mp4', cv2.VideoWriter_fourcc(*'mp4v'), 5, (160, 120))
    for number in range(3):
        cv2.imwrite(f'photos/{number}.jpg', picture(rng))
        video.write(picture(rng))
    video.release()
    make_toy_people(tmp_path / 'toy', images=4, val_fraction=0.5, size=96)
    shutil.copytree('toy/images', 'images')
    shutil.copy('toy/annotations/people_val.json', 'people_val.json')
    return tmp_path


def run(repo, commands):
    for full, small in QUICK.items():
        commands = commands.replace(full, small)
    commands = re.sub(r'python tools/', f'python {repo}/tools/', commands)
    commands = re.sub(r' configs/', f' {repo}/configs/', commands)
    environment = dict(
        os.environ,
        OMP_NUM_THREADS='1',
        PATH=f'{os.path.dirname(sys.executable)}{os.pathsep}{os.environ["PATH"]}',
    )
    done = subprocess.run(
        ['bash', '-ec', commands],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, commands + done.stdout[-3000:]


@pytest.mark.slow
def test_inference_page(repo, folder):
    page = (repo / 'docs/inference.md').read_text()
    for commands in re.findall(r'```bash\n(.*?)```', page, re.S):
        run(repo, commands)
    made = ('poses/results.json', 'poses/dance.mp4', 'boxes.json')
    made += ('work_dirs/detector/epoch_1.pth',)
    assert [file for file in made if not (folder / file).is_file()] == []
    for code in re.findall(r'```python\n(.*?)```', page, re.S):
        exec(code, {})


@pytest.mark.slow
def test_export_page(repo, folder):
    pytest.importorskip('onnxruntime')
    page = (repo / 'docs/export.md').read_text()
    for commands in re.findall(r'```bash\n(.*?)```', page, re.S):
        run(repo, commands)
    assert len(list((folder / 'poses/pictures').iterdir())) == 3
