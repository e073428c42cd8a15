"""CUDA graphs of training steps; needs a GPU."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason='no GPU')


def trained(graphs, seed):
    """Weights after 12 steps of Adam with a changing rate."""
    from real_faces.graphs import captured, thread_streams
    from real_faces.networks import Targets

    with torch.cuda.stream(thread_streams()[0]):
        generator = torch.Generator('cuda').manual_seed(seed)
        net = nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 2)
        )
        for parameter in net.parameters():
            nn.init.constant_(parameter, 0.1)
        net.cuda()
        optimizer = torch.optim.Adam(
            net.parameters(), lr=torch.tensor(0.1, device='cuda'), capturable=True
        )

        def step(images, targets):
            optimizer.zero_grad()
            loss = (net(images) - targets.labels).abs().mean()
            loss.backward()
            optimizer.step()
            return loss.detach()

        run = captured(step) if graphs else step
        losses = []
        for index in range(12):
            optimizer.param_groups[0]['lr'].fill_(0.1 / (index + 1))
            images = torch.randn(8, 3, 6, 6, generator=generator, device='cuda')
            labels = torch.randn(8, 2, generator=generator, device='cuda')
            losses.append(run(images, Targets(labels, *[labels[:0]] * 3)).clone())
        torch.cuda.current_stream().synchronize()
    return torch.cat([value.flatten().cpu() for value in [*losses, *net.state_dict().values()]])


@pytest.fixture(autouse=True)
def real_faces(repo, monkeypatch):
    monkeypatch.syspath_prepend(str(repo / 'tools/benchmarks'))


def test_graphs_train_the_same_network():
    torch.testing.assert_close(trained(True, 0), trained(False, 0), rtol=1e-4, atol=1e-5)


def test_threads_do_not_disturb_each_other():
    alone = [trained(False, seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = [*pool.map(lambda seed: trained(True, seed), range(4))]
    for one, other in zip(alone, together, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
