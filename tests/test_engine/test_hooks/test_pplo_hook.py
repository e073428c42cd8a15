"""WS-CDA with PPLO on coloured dots: people, labelled dots and dots with boxes only."""

import json

import numpy as np
import pytest
import torch
from mmengine.logging import MessageHub

from helpers import tiny_domains
from helpers.interruptions import Stop, StopAt
from mmpose_addons.engine.hooks import PPLOHook
from mmpose_addons_core.adaptation import read_npz
from stress import kill_ccssl

WSCDA = dict(
    type='PPLOHook',
    draw_all=True,
    more_domains=dict(human='people'),
    sampler=dict(shares=dict(source=1 / 3, human=1 / 3, target=1 / 3)),
    model=dict(
        target_weight=1,
        adapter=dict(channels=16),
        discriminator=dict(in_channels=16, hidden=8),
    ),
)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('domains')
    tiny_domains.write_domain(folder, 'people', 6, seed=3)
    return tiny_domains.write_domains(folder, source=6)


def trained(folder, work_dir, resume=False, hook=None, **settings):
    torch.manual_seed(0)
    runner = tiny_domains.make_runner(
        folder, work_dir, resume=resume, **(WSCDA | dict(epochs=3, batch_size=6) | settings)
    )
    if hook is not None:
        runner.register_hook(hook)
    runner.train()
    return runner


def rounds(work_dir):
    return [read_npz(file) for file in sorted((work_dir / 'pseudo_labels').glob('*.npz'))]


def scalars(work_dir):
    (file,) = work_dir.glob('*/vis_data/scalars.json')
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_more_labels_each_round(folder, tmp_path):
    trained(folder, tmp_path, pace=dict(start=0.25, step=0.25, by='joint'))
    for labels, count in zip(rounds(tmp_path), (3, 6, 9), strict=True):
        assert labels.kept.sum(0).tolist() == [count] * 3  # of 12 boxes
        assert ((labels.confidence > labels.threshold) == labels.kept).all()
    steps = [step for step in scalars(tmp_path) if 'loss' in step]
    assert len(steps) == 9
    for step in steps:
        assert {'source/loss_kpt', 'human/loss_kpt', 'target/loss_kpt'} <= {*step}
        for domain in ('human', 'source', 'target'):
            assert 0 <= step[f'discriminator/{domain}_accuracy'] <= 1
    reversal = [step['discriminator/reversal'] for step in steps]
    assert reversal == sorted(reversal)
    assert reversal[0] == 0 < reversal[-1]


def test_boxes_without_labels_feed_the_discriminator(folder, tmp_path):
    """A confidence that no label reaches."""
    pace = dict(measure='confidence', start=2, step=0, end=2)
    trained(folder, tmp_path, epochs=1, pace=pace)
    assert not rounds(tmp_path)[0].kept.any()
    for step in (step for step in scalars(tmp_path) if 'loss' in step):
        assert 'target/loss_kpt' not in step
        assert step['discriminator/target_bce'] > 0


def test_true_labels_and_pseudo_labels_take_turns(folder, tmp_path):
    """Every box feeds the discriminator; the target's loss comes with its labels."""
    shares = dict(source=0.25, human=0.25, target=0.5)
    batches = [['source', 'human'], ['target']]
    trained(
        folder,
        tmp_path,
        epochs=2,
        batch_size=2,
        pace=dict(measure='confidence', start=2, step=2, end=0),
        sampler=dict(shares=shares, batches=batches, num_batches=4),
    )
    assert [labels.kept.any() for labels in rounds(tmp_path)] == [False, True]
    hub = MessageHub.get_current_instance().log_scalars
    counts = {name: len(buffer.data[0]) for name, buffer in hub.items()}
    assert counts['train/source/loss_kpt'] == counts['train/human/loss_kpt'] == 4
    assert counts['train/discriminator/target_bce'] == 4
    assert counts['train/target/loss_kpt'] == 2  # those of the second epoch
    assert counts['train/discriminator/loss'] == 8


def test_surer_labels_stay(folder, tmp_path):
    trained(folder, tmp_path / 'surer', renewal='surer', lr=0.05)
    confidence = [labels.confidence for labels in rounds(tmp_path / 'surer')]
    assert all((np.diff(np.stack(confidence), axis=0) >= 0).ravel())
    trained(folder, tmp_path / 'new', lr=0.05)
    confidence = [labels.confidence for labels in rounds(tmp_path / 'new')]
    assert (np.diff(np.stack(confidence), axis=0) < 0).any()


@pytest.mark.parametrize(
    ('where', 'batches'), [('batch', 'mixed'), ('save', 'mixed'), ('batch', 'pure')]
)
def test_stopped_and_resumed(folder, tmp_path, where, batches):
    settings = dict(
        renewal='surer',
        pace=dict(start=0.3, step=0.2),
        batch_size=3,
        sampler=dict(WSCDA['sampler'], batches=batches),
    )
    trained(folder, tmp_path / 'whole', **settings)
    with pytest.raises(Stop):
        trained(folder, tmp_path / 'run', hook=StopAt(2, where), **settings)
    np.random.seed(99)  # noqa: NPY002  a new process begins elsewhere
    trained(folder, tmp_path / 'run', resume=True, **settings)
    results = [kill_ccssl.results(tmp_path / name, epoch=3) for name in ('whole', 'run')]
    assert not kill_ccssl.differences(*results)


def test_hidden_labels_change_nothing(folder, tmp_path, rng):
    """Shuffled labels of the target give the same weights."""
    one = trained(folder, tmp_path / 'one', epochs=2)
    file = folder / 'target.json'
    before = file.read_text()
    content = json.loads(before)
    for annotation in content['annotations']:
        points = np.concatenate((rng.uniform(5, 40, (3, 2)), np.full((3, 1), 2)), 1)
        annotation['keypoints'] = points.ravel().tolist()
    try:
        file.write_text(json.dumps(content))
        two = trained(folder, tmp_path / 'two', epochs=2)
    finally:
        file.write_text(before)
    for name, value in one.model.state_dict().items():
        assert torch.equal(value, two.model.state_dict()[name]), name


def test_bad_renewal():
    with pytest.raises(ValueError, match=r"one of \('new', 'surer'\), got 'old'"):
        PPLOHook(renewal='old')
