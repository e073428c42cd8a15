import json

import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS
from torch.utils.data import DataLoader

from helpers import tiny_domains
from mmpose_addons.datasets import PseudoLabelDataset


@pytest.fixture
def folder(tmp_path):
    init_default_scope('mmpose')
    return tiny_domains.write_domains(tmp_path)


def build(folder, pipeline=(), **changes):
    dataset = dict(
        type='CheckedCocoDataset',
        metainfo=tiny_domains.METAINFO,
        data_root=str(folder),
        ann_file='target.json',
        **changes,
    )
    return PseudoLabelDataset(
        dataset, [*pipeline, dict(type='PackPoseInputs')], [dict(type='LoadImage')]
    )


class Peek:
    """A step of a pipeline that hands on what it got."""

    def __call__(self, results):
        return dict(inputs=torch.zeros(1), seen=results)


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (list, tuple)) and not all(
        isinstance(v, (int, float)) for v in value
    ):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_own_labels_are_hidden(folder):
    dataset = build(folder)
    dataset.pipeline = Peek()
    truth, labelled = dataset.hidden()
    assert labelled.all()
    for index in range(len(dataset)):
        for results in (dataset[index]['seen'], dataset.open_info(index)):
            numbers = [
                np.asarray(leaf, float).ravel()
                for leaf in leaves(results)
                if not isinstance(leaf, (str, type(None)))
            ]
            secrets = truth[index].ravel()
            assert not np.isin(np.concatenate(numbers).round(3), secrets.round(3)).any()
            assert not {'raw_ann_info', 'area', 'num_keypoints', 'segmentation'} & set(results)


def test_pseudo_labels_take_their_place(folder, rng):
    dataset = build(folder)
    dataset.pipeline = Peek()
    assert dataset[0]['seen']['keypoints_visible'].tolist() == [[0, 0, 0]]
    assert dataset.drawn().tolist() == []
    keypoints = rng.random((12, 3, 2)).astype(np.float32)
    kept = rng.random((12, 3)) < 0.3
    found = np.arange(12) != 5
    dataset.renew(keypoints, kept, found)
    seen = dataset[7]['seen']
    np.testing.assert_array_equal(seen['keypoints'][0], keypoints[7])
    np.testing.assert_array_equal(seen['keypoints_visible'][0], kept[7])
    assert dataset.drawn().tolist() == np.flatnonzero(found).tolist()
    seen['keypoints'] += 1  # a pipeline may write; the store must not change
    np.testing.assert_array_equal(dataset[7]['seen']['keypoints'][0], keypoints[7])


@pytest.mark.parametrize('persistent', [False, True])
@pytest.mark.parametrize('context', ['fork', 'spawn'])
def test_renewed_labels_reach_workers(folder, persistent, context):
    if context == 'spawn' and not persistent:
        pytest.skip('a spawned worker that does not persist pickles the labels anew')
    dataset = build(folder, [dict(type='LoadImage')])
    loader = DataLoader(
        dataset,
        batch_size=6,
        num_workers=1,
        persistent_workers=persistent,
        multiprocessing_context=context,
        collate_fn=tiny_domains.points_of_batch,
    )
    for value in (3.0, 8.0):
        dataset.renew(
            np.full((12, 3, 2), value, np.float32), np.ones((12, 3), bool), np.ones(12, bool)
        )
        points = np.concatenate([*loader])
        assert (points == value).all()
        assert points.shape == (12, 3, 2)


def test_tracks_come_from_the_annotations(folder):
    file = folder / 'target.json'
    content = json.loads(file.read_text())
    content['annotations'][0]['frame_id'] = 9  # the first frame of video 0 comes last
    del content['annotations'][11]['video_id']
    file.write_text(json.dumps(content))
    assert build(folder).tracks() == [[1, 2, 3, 0], [4, 5, 6, 7], [8, 9, 10], [11]]


def test_unreadable_image_gets_no_label(folder):
    dataset = build(folder)
    (folder / 'target' / '003.png').unlink()
    assert dataset.label_sample(3) is None
    (folder / 'target' / '004.png').write_bytes(b'not an image')
    assert dataset.label_sample(4) is None
    assert dataset.label_sample(5) is not None


def test_empty_target_set(folder):
    file = folder / 'target.json'
    content = json.loads(file.read_text())
    file.write_text(json.dumps(dict(content, annotations=[])))
    with pytest.raises(ValueError, match=r'target\.json'):
        build(folder)
    with pytest.raises(ValueError, match=r"target set .*target\.json' has no usable sample"):
        DATASETS.build(
            dict(
                type='PseudoLabelDataset',
                dataset=dict(
                    type='CocoDataset',
                    metainfo=tiny_domains.METAINFO,
                    data_root=str(folder),
                    ann_file='target.json',
                ),
                pipeline=[],
                label_pipeline=[],
            )
        )
