"""Focal losses by their definition and autograd, and by torchvision's and MMDetection's."""

import pytest
import torch
import torch.nn.functional as F
from mmcv.ops import sigmoid_focal_loss, softmax_focal_loss
from mmdet.models.losses.focal_loss import py_sigmoid_focal_loss

from helpers.operators import output_and_gradients

TARGETS = torch.tensor([0, 2, 1, 2, 3, 0])  # the fourth class is background for the sigmoid
CLASS_WEIGHTS = torch.tensor([0.5, 2.0, 1.5])


def logits(classes=3):
    return (3 * torch.randn(len(TARGETS), classes)).requires_grad_()


def plain_sigmoid(values, targets, gamma, alpha):
    positive = F.one_hot(targets, values.shape[1] + 1)[:, :-1].to(values)
    p = values.sigmoid()
    p_of_truth = p * positive + (1 - p) * (1 - positive)
    balance = alpha * positive + (1 - alpha) * (1 - positive)
    return -balance * (1 - p_of_truth) ** gamma * p_of_truth.log()


def plain_softmax(values, targets, gamma, alpha):
    log_p = values.log_softmax(1)[torch.arange(len(targets)), targets]
    return -alpha * (1 - log_p.exp()) ** gamma * log_p


@pytest.mark.parametrize(('gamma', 'alpha'), [(2.0, 0.25), (1.5, 0.6)])
@pytest.mark.parametrize('reduction', ['none', 'mean', 'sum'])
def test_sigmoid(device, reduction, gamma, alpha):
    values, targets = logits().to(device), TARGETS.to(device)

    def reduced(loss):
        return dict(none=loss, sum=loss.sum(), mean=loss.sum() / len(TARGETS))[reduction]

    result = output_and_gradients(
        lambda x: sigmoid_focal_loss(x, targets, gamma, alpha, None, reduction), values
    )
    expected = output_and_gradients(
        lambda x: reduced(plain_sigmoid(x, targets, gamma, alpha)), values
    )
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('gamma', [2.0, 1.5])
def test_softmax(device, gamma):
    values, targets = logits(4).to(device), TARGETS.to(device)

    def plain(values):
        return plain_softmax(values, targets, gamma, 0.25)

    result = softmax_focal_loss(values, targets, gamma, 0.25, None, 'none')
    torch.testing.assert_close(result, plain(values), rtol=1e-5, atol=1e-5)
    for reduction in ('sum', 'mean'):  # MMCV's gradient fits no others
        result = output_and_gradients(
            lambda x, how=reduction: softmax_focal_loss(x, targets, gamma, 0.25, None, how),
            values,
        )
        expected = output_and_gradients(
            lambda x, how=reduction: getattr(plain(x), how)(), values
        )
        torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-5)


def test_values_worked_by_hand():
    even = torch.zeros(1, 2)  # p is 0.5 everywhere, log p is -0.6931
    result = sigmoid_focal_loss(even, torch.tensor([0]), 2.0, 0.25, None, 'none')
    torch.testing.assert_close(result, torch.tensor([[0.25, 0.75]]) * 0.25 * 0.693147)
    result = softmax_focal_loss(even, torch.tensor([1]), 2.0, 0.25, None, 'none')
    torch.testing.assert_close(result, torch.tensor([0.25 * 0.25 * 0.693147]))


def test_rows_are_weighted_by_the_class_of_their_target():
    values, targets = logits(), TARGETS.clamp(max=2)
    weights = CLASS_WEIGHTS[targets]
    for loss in (sigmoid_focal_loss, softmax_focal_loss):

        def summed(values, class_weights, loss=loss):
            return loss(values, targets, 2.0, 0.25, class_weights, 'sum')

        rows = loss(values, targets, 2.0, 0.25, None, 'none').view(len(targets), -1)
        _, plain = output_and_gradients(lambda x: summed(x, None), values)
        output, gradient = output_and_gradients(lambda x: summed(x, CLASS_WEIGHTS), values)
        torch.testing.assert_close(output, (rows.sum(1) * weights).sum())
        torch.testing.assert_close(gradient, plain * weights[:, None])


def test_background_keeps_its_loss_beside_weights():
    values = logits()
    plain = sigmoid_focal_loss(values, TARGETS, 2.0, 0.25, None, 'none')
    result = sigmoid_focal_loss(values, TARGETS, 2.0, 0.25, CLASS_WEIGHTS, 'none')
    torch.testing.assert_close(result[4], plain[4])


def test_certain_predictions_stay_finite():
    values = torch.tensor([[1e4, -1e4]], requires_grad=True)
    for loss in (sigmoid_focal_loss, softmax_focal_loss):
        for target in (0, 1):
            output, gradient = output_and_gradients(
                lambda x, loss=loss, t=target: loss(x, torch.tensor([t]), 2.0, 0.25), values
            )
            assert output.isfinite().all()
            assert gradient.isfinite().all()


def test_no_samples():
    for loss in (sigmoid_focal_loss, softmax_focal_loss):
        output = loss(torch.zeros(0, 3), torch.zeros(0).long(), 2.0, 0.25, None, 'sum')
        assert output == 0


def test_sigmoid_is_mmdetections_python_version():
    values = logits()
    one_hot = F.one_hot(TARGETS, 4)[:, :3].float()
    expected = output_and_gradients(
        lambda x: py_sigmoid_focal_loss(x, one_hot, reduction='none'), values
    )
    result = output_and_gradients(
        lambda x: sigmoid_focal_loss(x, TARGETS, 2.0, 0.25, None, 'none'), values
    )
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-5)
