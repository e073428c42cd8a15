"""Poses of the source, and the checks of CC-SSL's labels that learn from them."""

import re

import numpy as np
import pytest
from mmpose.registry import DATASETS

from helpers import tiny_domains
from mmpose_addons.engine.hooks import CCSSLHook
from mmpose_addons.engine.source_poses import label_checks, source_poses


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'))


@pytest.fixture
def source(folder):
    cfg = tiny_domains.config(folder, folder / 'none').train_dataloader.dataset.source
    return DATASETS.build(cfg)


def test_poses_are_those_of_the_file(source):
    poses = source_poses(source)
    assert poses.points.shape == (16, 3, 2)
    assert poses.shown.all()
    assert poses.boxes[0].tolist() == [4, 4, 40, 40]
    middle = poses.points[:, :2].mean(1)
    np.testing.assert_allclose(poses.points[:, 2], middle, atol=1e-4)


def test_names_of_keypoints(source):
    checks = label_checks(source, dict(head=['middle_dot'], tail=['left_dot', 'right_dot']))
    assert checks.head == [2]
    assert checks.tail == [0, 1]
    assert checks.prior.mixture.mirror
    assert label_checks(source, dict(prior=None)).prior is None
    with pytest.raises(ValueError, match=r"expected names of keypoints, .*got 'nose'"):
        label_checks(source, dict(head=['nose']))
    source.__class__ = type('Empty', (type(source),), dict(__len__=lambda self: 0))
    with pytest.raises(ValueError, match='labelled joints, got no sample'):
        source_poses(source)
    with pytest.raises(TypeError, match='got list'):
        source_poses([])


def test_joints_are_chosen_after_their_sides_are_exchanged(folder, tmp_path):
    runner = tiny_domains.make_runner(
        folder,
        tmp_path,
        epochs=1,
        curriculum=dict(schedule='constant', first=0.5),
        checks=dict(swap=0.0, drop=None),
    )
    runner.train()
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, CCSSLHook))
    labels = hook.labels
    log = next(tmp_path.rglob('*.log')).read_text()
    assert re.search(r'Checks of 36 labels: .*swapped [1-9]', log)
    assert 0 < labels.kept.sum() < labels.kept.size
    np.testing.assert_array_equal(labels.kept, labels.confidence > labels.threshold)


def test_a_round_with_checks(folder, tmp_path, caplog):
    """Labels that the checks leave out are not kept; sides may be exchanged."""
    labels = []
    for name, checks in (
        ('plain', None),
        ('checked', dict(together=0.5, drop=None, swap=None, track=False)),
    ):
        runner = tiny_domains.make_runner(
            folder, tmp_path / name, epochs=1, curriculum=None, checks=checks
        )
        runner.train()
        (hook,) = (hook for hook in runner.hooks if isinstance(hook, CCSSLHook))
        labels.append(hook.labels)
    without, withs = labels
    np.testing.assert_array_equal(without.keypoints, withs.keypoints)
    near = np.linalg.norm(withs.keypoints[:, 0] - withs.keypoints[:, 1], axis=-1) < 20
    assert near.any()
    expected = without.kept.copy()
    expected[near, :2] = False
    np.testing.assert_array_equal(withs.kept, expected)
    log = next((tmp_path / 'checked').rglob('*.log')).read_text()
    assert 'Checks of 36 labels: both sides at one place' in log
