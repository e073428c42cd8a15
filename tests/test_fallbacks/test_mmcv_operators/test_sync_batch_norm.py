"""MMSyncBN's arithmetic in one process beside PyTorch's batch normalisation."""

import pytest
import torch
from mmcv.ops.sync_bn import SyncBatchNormFunction

from helpers.operators import output_and_gradients

MOMENTUM, EPS = 0.1, 1e-5


@pytest.mark.parametrize('stats_mode', ['default', 'N'])
@pytest.mark.parametrize('shape', [(4, 3, 2, 5), (6, 3, 1)])
def test_it_is_batch_normalisation(device, shape, stats_mode):
    input, weight, bias = torch.randn(shape), torch.rand(3), torch.rand(3)
    values = [v.to(device).requires_grad_() for v in (input, weight, bias)]

    def statistics():
        return torch.ones(3, device=device), torch.full((3,), 2.0, device=device)

    running, expected_running = statistics(), statistics()
    result = output_and_gradients(
        lambda x, w, b: SyncBatchNormFunction.apply(
            x, *running, w, b, MOMENTUM, EPS, None, 1, stats_mode
        ),
        *values,
    )
    expected = output_and_gradients(
        lambda x, w, b: torch.nn.functional.batch_norm(
            x, *expected_running, w, b, True, MOMENTUM, EPS
        ),
        *values,
    )
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(running, expected_running)


def test_an_empty_batch_changes_no_statistics():
    mean, variance = torch.ones(3), torch.full((3,), 2.0)
    output = SyncBatchNormFunction.apply(
        torch.zeros(0, 3, 4), mean, variance, torch.ones(3), torch.zeros(3),
        MOMENTUM, EPS, None, 1, 'N',
    )  # fmt: skip
    assert output.shape == (0, 3, 4)
    assert mean.eq(1).all()
    assert variance.eq(2).all()
