"""Two stages by the commands detect and two-stage: boxes, then keypoints."""

import json

import pytest
from mmengine.config import Config

from helpers.detectors import detector_config
from helpers.poses import pose_config, pose_model
from mmpose_addons.apis import BoxDetector
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_toys import make_toy_people


@pytest.fixture
def toy(tmp_path):
    """Toy people with the configs and random weights of two networks."""
    folder = tmp_path / 'toy'
    make_toy_people(folder / 'data', images=6, val_fraction=0.5, size=96)
    for name, config, model in (
        ('pose', pose_config(), pose_model()),
        ('det', detector_config(), BoxDetector(detector_config(), None).model),
    ):
        Config(config.to_dict()).dump(folder / f'{name}.py')
        write_checkpoint(folder / f'{name}.pth', model.state_dict(), {})
    return folder


def test_two_stages(toy, tmp_path, run_command):
    ann, images = toy / 'data/annotations/people_val.json', toy / 'data/images/val'
    place = ['--ann', ann, '--images', images]
    boxes = tmp_path / 'boxes.json'
    detect = [toy / 'det.py', toy / 'det.pth', *place, '--category', 'person', '--out', boxes]
    detect += ['--box-threshold', 0]
    status, out, errors = run_command('detect', *detect)
    assert status == 0, errors
    assert 'box AP 0.' in out
    assert {'image_id', 'category_id', 'bbox', 'score'} == json.loads(boxes.read_text())[
        0
    ].keys()
    status, _, errors = run_command('detect', *detect)
    assert (status, 'boxes.json exists; --force' in errors) == (2, True)

    compare = ['--pose', toy / 'pose.py', toy / 'pose.pth', *place, '--device', 'cpu']
    status, out, errors = run_command('two-stage', *compare, '--boxes', boxes)
    assert status == 0, errors
    assert all(row in out for row in ('truth', 'boxes.json', 'boxes.json on truth'))
    status, _, errors = run_command('two-stage', *compare, '--boxes', ann)
    assert (status, 'is not a file of boxes' in errors) == (2, True)
