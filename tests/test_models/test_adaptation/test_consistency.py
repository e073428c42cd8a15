import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmpose.registry import DATASETS, MODELS

from helpers import tiny_domains
from mmpose_addons.estimators.pose_network import PoseNetwork
from mmpose_addons.models.adaptation.consistency import Consistency, joint_losses
from mmpose_addons.prediction_error import PredictionError
from mmpose_addons_core.adaptation.label_checks import CheckedLabels
from mmpose_addons_runtime.geometry import CropGeometry


class Oracle(PoseNetwork):
    """Knows where the dots of its images are, which are given to it in turns."""

    def __init__(self, model, points, scores):
        self.model, self.flip_indices = model, [1, 0, 2]
        self.geometry = CropGeometry(tiny_domains.INPUT, use_udp=False)
        self._answers = iter(zip(points, scores, strict=True))

    def predict(self, images):
        points, scores = next(self._answers)
        return points.clone(), scores.clone()


@pytest.fixture
def build(tmp_path):
    """A model, and a batch of two source and four target samples with the true keypoints."""
    folder = tiny_domains.write_domains(tmp_path / 'data', source=2, target=4)

    def make(head='heatmap', **consistency):
        config = tiny_domains.config(
            folder, tmp_path, head=head, teacher={}, consistency=consistency
        )
        dataset = DATASETS.build(config.train_dataloader.dataset)
        target = dataset.target
        kept, there = np.ones((4, 3), bool), np.ones(4, bool)
        target.renew(target.hidden()[0].astype(np.float32), kept, there)
        batch = pseudo_collate([dataset[(index, 5 + index)] for index in range(6)])
        model = MODELS.build(config.model)
        return model, model.data_preprocessor(batch, training=True), target

    return make


def teacher_points(target):
    """The true keypoints (4, 3, 2) in the teacher's views: crops of 40 px from (4, 4) on."""
    return torch.from_numpy((target.hidden()[0] - 4) * 32 / 40).float()


LABELS = dict(
    heatmap=['heatmaps'],
    udp=['heatmaps'],
    msra=['heatmaps'],
    simcc=['keypoint_x_labels', 'keypoint_y_labels'],
    regression=['keypoint_labels'],
)


@pytest.mark.parametrize('head', LABELS)
def test_labels_are_those_of_the_students_pipeline(build, head):
    """A teacher that finds the true dots gives the labels that the pipeline draws of them."""
    model, batch, target = build(head, share=1.0, occlusion=None)
    scores = torch.ones(4, 3)
    points = teacher_points(target)
    if head == 'udp':
        points *= 31 / 32
    model.consistency.teacher = Oracle(model, [points], [scores])
    samples = batch['data_samples']
    labels = model.consistency.teacher_labels(model.head, samples, [2, 3, 4, 5])
    assert any(samples[row].teacher_mirrored for row in range(2, 6))
    for name in LABELS[head]:
        place = 'gt_fields' if name == 'heatmaps' else 'gt_instance_labels'
        expected = torch.stack([samples[row].get(place).get(name) for row in range(2, 6)])
        found = labels.targets[name].reshape(expected.shape)
        tolerance = 0.6 if head == 'msra' else 0.01  # it rounds to whole px, and points differ
        kept = labels.kept.reshape(4, 3)
        difference = (found - expected).abs()
        if name == 'heatmaps':
            assert (difference.mean((-2, -1))[kept] < 0.01).all()
            assert (difference.amax((-2, -1))[kept] < tolerance).all()
        else:
            difference = difference.reshape(4, 3, -1)
            assert (difference[kept] < tolerance).all()
    weights = torch.cat([samples[r].gt_instance_labels.keypoint_weights for r in range(2, 6)])
    torch.testing.assert_close(labels.targets['keypoint_weights'].reshape(4, 3), weights)


def test_only_the_surest_share_is_learned(build):
    model, batch, target = build(share=0.25)
    scores = torch.linspace(0, 1, 12).reshape(4, 3)
    answers = [teacher_points(target)] * 2, [scores] * 2
    model.consistency.teacher = Oracle(model, *answers)
    labels = model.consistency.teacher_labels(model.head, batch['data_samples'], [2, 3, 4, 5])
    assert labels.kept.sum(1).tolist() == [0, 0, 0, 3]
    kept = labels.targets['keypoint_weights'].reshape(4, 3)
    assert kept.sum(1).tolist() == [0, 0, 0, 3]
    losses = model(**batch, mode='loss')
    assert losses['consistency/kept'].item() == 0.25


def test_total_loss_by_hand(build):
    """Source loss, target loss of pseudo-labels and consistency loss, each with its factor."""
    model, batch, target = build(weight=3.0, share=1.0, occlusion=None)
    model.consistency.ramp = 0.5
    answers = [teacher_points(target)], [torch.ones(4, 3)]
    model.consistency.teacher = Oracle(model, *answers)
    model.eval()
    losses = model(**batch, mode='loss')
    rows = [2, 3, 4, 5]
    feats = model.extract_feat(batch['inputs'][rows])
    plain = model.head.loss(feats, [batch['data_samples'][row] for row in rows])['loss_kpt']
    torch.testing.assert_close(losses['target/loss_kpt'], 10 * plain)
    # the teacher is right, so both losses are nearly the same
    torch.testing.assert_close(
        losses['consistency/loss_kpt'], 1.5 * plain, rtol=0.02, atol=1e-5
    )
    losses['consistency/loss_kpt'].backward()
    assert model.backbone.layers[0].weight.grad.any()


def test_rejected_and_rescued_joints(build):
    """The joint with the largest loss of an image is left out unless two views agree on it."""
    strange = torch.full((4, 3, 2), 3.0)
    answers = [torch.full((4, 3, 2), 16.0), strange], [torch.ones(4, 3)] * 2

    def kept(**settings):
        model, batch, _ = build(share=1.0, occlusion=None, **settings)
        model.consistency.teacher = Oracle(model, *answers)
        model.consistency.epoch = 2
        return model(**batch, mode='loss')['consistency/kept'].item()

    small_loss = dict(start=2)
    assert kept(small_loss=small_loss) == pytest.approx(2 / 3)
    assert kept(small_loss=small_loss, agreement=60) == 1
    assert kept(small_loss=small_loss, agreement=1) == pytest.approx(2 / 3)
    assert kept(agreement=1) == 0
    assert kept() == 1


def test_joints_on_which_views_agree_change_sides_with_their_labels(build):
    model, batch, _ = build(share=1.0, occlusion=None, agreement=1)
    mirrored = torch.full((4, 3, 2), 3.0)
    mirrored[:, 1] = torch.tensor([31.0 - 16, 16])  # the left dot in the mirror
    answers = [torch.full((4, 3, 2), 16.0), mirrored], [torch.ones(4, 3)] * 2
    model.consistency.teacher = Oracle(model, *answers)

    class AllSwapped:
        limbs = [[(0, 1)]]

        def apply(self, keypoints, confidence, shown, boxes):
            swaps = np.ones((len(keypoints), 1), bool)
            return CheckedLabels(keypoints[:, [1, 0, 2]], confidence, shown, swaps, {})

    samples = batch['data_samples']
    rows = [2, 3, 4, 5]
    plain = model.consistency.teacher_labels(model.head, samples, rows).agreed
    model.consistency.teacher = Oracle(model, *answers)
    model.consistency.checks = AllSwapped()
    checked = model.consistency.teacher_labels(model.head, samples, rows).agreed
    assert plain.sum(1).tolist() == [1, 1, 1, 1]
    assert checked.tolist() == plain[:, [1, 0, 2]].tolist()


def test_nan_of_teacher_and_student_name_the_image(build):
    model, batch, target = build()
    scores = torch.ones(4, 3)
    scores[2, 1] = torch.nan
    model.consistency.teacher = Oracle(model, [teacher_points(target)], [scores])
    with pytest.raises(PredictionError, match=r'the teacher predicts NaN .*target/002\.png'):
        model(**batch, mode='loss')
    model.consistency.teacher = Oracle(model, [teacher_points(target)], [torch.ones(4, 3)])
    batch['inputs'][1] = torch.nan
    model.eval()
    model(**batch, mode='loss')
    with pytest.raises(PredictionError, match=r'network predicts NaN .*source/001\.png'):
        model.check_finite()
    model.check_finite()


def test_joint_losses_by_hand():
    maps = torch.zeros(1, 2, 2, 2)
    maps[0, 1, 0, 0] = 4
    found = joint_losses([maps * 3, maps], dict(heatmaps=torch.zeros(1, 2, 2, 2)), 2)
    assert found.tolist() == [[0, 4]]
    points = dict(keypoint_labels=torch.tensor([[[[0.5, 0.5], [0.0, 0.0]]]]))
    found = joint_losses(torch.tensor([[[0.5, 0.5], [0.25, 0.75]]]), points, 2)
    assert found.tolist() == [[0, 0.5]]
    logits = torch.zeros(1, 2, 4)
    labels = torch.eye(4)[:2][None]
    targets = dict(keypoint_x_labels=labels, keypoint_y_labels=labels)
    assert joint_losses((logits, logits), targets, 2).tolist() == [
        pytest.approx([2 * np.log(4)] * 2)
    ]


def test_wrong_arguments(build):
    for wrong in (dict(weight=-1), dict(share=0), dict(share=1.1)):
        with pytest.raises(ValueError, match='weight >= 0 and a share in'):
            Consistency(**wrong)
    with pytest.raises(ValueError, match='a distance above 0 px, got 0'):
        Consistency(agreement=0)
    model, batch, _ = build()
    with pytest.raises(ValueError, match="needs dict\\(type='MeanTeacherHook'\\)"):
        model(**batch, mode='loss')
