"""What a pose file says about itself."""

import json

import pytest

from mmpose_addons_runtime.geometry import CropGeometry
from mmpose_addons_runtime.metadata import KeypointMetadata, NetworkMetadata

ABOUT = NetworkMetadata(
    KeypointMetadata(('nose', 'left', 'right'), ((0, 1), (0, 2)), (0, 2, 1), (0.1, 0.1, 0.1)),
    CropGeometry((24, 32)),
    batch_size=2,
    decoded=True,
)


def test_metadata_survive_the_file():
    assert NetworkMetadata.from_json(ABOUT.to_json()) == ABOUT


def test_data_sets_without_sigmas():
    meta = json.loads(ABOUT.to_json())
    meta['meta']['sigmas'] = []
    assert NetworkMetadata.from_json(json.dumps(meta)).keypoints.sigmas == ()


@pytest.mark.parametrize(
    ('changes', 'reason'),
    [
        (dict(input_size=[0, 32]), 'input_size must be a width and a height in px'),
        (dict(padding=None), 'padding must be a finite number, got None'),
        (dict(padding=-1), 'padding must be positive, got -1'),
        (dict(batch_size='two'), "batch_size must be a whole number of at least 1, got 'two'"),
        (dict(names=None), 'names must be a list of names, got None'),
        (dict(names='abc'), "names must be a list of names, got 'abc'"),
        (dict(names=['nose', 'left']), 'flip_indices must be 2 indices of keypoints'),
        (dict(flip_indices=[0, 1, 3]), 'flip_indices must be 3 indices of keypoints'),
        (dict(skeleton=[[0, 9]]), 'skeleton must link 3 keypoints'),
        (dict(sigmas=[0.1]), 'sigmas must be 3 numbers or none, got 1'),
    ],
)
def test_wrong_fields(changes, reason):
    about = json.loads(ABOUT.to_json())
    (name,) = changes
    (about['meta'] if name in about['meta'] else about).update(changes)
    with pytest.raises(ValueError, match=f'expected metadata of a pose network .{reason}'):
        NetworkMetadata.from_json(json.dumps(about))
