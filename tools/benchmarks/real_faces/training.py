"""Train one network of one arm, and predict with it.

Shape letters: B crops, N faces, K landmarks, V views. Coordinates are (x, y).
"""

import math
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from mmpose_addons_core.faces import balanced_repeats, pose_coefficients

from . import crops
from .arms import LANDMARKS, Arm
from .crops import Moves
from .faces import Faces
from .graphs import captured
from .networks import Network, Targets, gradients
from .probe import error_bins

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
PROBES = 12
PROBE_FACES = 128
CHUNK = 256
"""Crops a forward pass in tests."""
SWAP = 'configs/_base_/datasets/300w.py'


def mirrored_names() -> list[int]:
    """Return the landmark of a mirrored face that stands where a landmark of the face stood."""
    from mmpose.datasets.datasets.utils import parse_pose_metainfo

    return parse_pose_metainfo(dict(from_file=SWAP))['flip_indices']


def order_of(faces: Faces, arm: Arm, steps: int, batch: int, seed: int) -> np.ndarray:
    """Return which faces each batch has, (steps, batch): epoch after epoch, shuffled."""
    rng = np.random.default_rng(seed)
    indices = np.arange(len(faces))
    if arm.balanced:
        shapes = faces.landmarks.cpu().numpy()
        indices = np.repeat(indices, balanced_repeats(pose_coefficients(shapes), limit=10))
    epochs = math.ceil(steps * batch / len(indices))
    shuffled = np.concatenate([rng.permutation(indices) for _ in range(epochs)])
    return shuffled[: steps * batch].reshape(steps, batch)


def mean_face(faces: Faces) -> Tensor:
    """Return the mean landmarks (K, 2) of unmoved crops as shares of the input, on the CPU."""
    indices = torch.arange(len(faces), device=faces.images.device)
    maps = crops.maps(faces, indices, crops.no_moves(len(faces), str(indices.device)), size=1)
    return maps.to_input(faces.landmarks).mean(0).cpu()


def rate_at(step: int, steps: int, rate: float) -> float:
    """Return the learning rate: linear warm-up, then a cosine to 0."""
    rise = max(1, round(WARM_UP * steps))
    if step < rise:
        return rate * (step + 1) / rise
    return rate * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2


def train(
    arm: Arm,
    faces: Faces,
    *,
    rate: float,
    seed: int,
    steps: int,
    batch: int,
    graphs: bool = False,
) -> tuple[Network, dict]:
    """Train a network; return it, and what was seen on the way.

    Args:
        arm: What to train.
        faces: The training part, on the device.
        rate: Largest learning rate of Adam.
        seed: Of weights, order and augmentation.
        steps: Of the arm with the whole length.
        batch: B.
        graphs: Replay CUDA graphs of the steps.

    Returns:
        The network, and ``steps``, ``seconds``, ``loss`` (mean of the last tenth) and
        ``probes`` (:func:`~.probe.error_bins` by step; none for heatmap networks).
    """
    steps = max(2, round(arm.length * steps))
    device = str(faces.images.device)
    network = Network(arm, seed, mean_face(faces)).to(device)
    if device == 'cpu':  # about a third less time a step
        network = network.to(memory_format=torch.channels_last)
    order = torch.from_numpy(order_of(faces, arm, steps, batch, seed)).to(device)
    swap = torch.tensor(mirrored_names(), device=device)
    generator = torch.Generator(device).manual_seed(seed)
    on_gpu = faces.images.is_cuda
    optimizer = torch.optim.Adam(
        network.parameters(),
        lr=torch.tensor(rate, device=device) if on_gpu else rate,
        capturable=on_gpu,
    )

    def sample(step: int) -> tuple[Tensor, Targets]:
        moves = crops.random_moves(batch, generator)
        maps = crops.maps(faces, order[step], moves, network.size)
        images = crops.crops(faces, order[step], maps)
        return images, network.targets(crops.landmarks(faces, order[step], maps, swap))

    def update(loss: nn.Module) -> Callable[[Tensor, Targets], Tensor]:
        def run(images: Tensor, targets: Targets) -> Tensor:
            optimizer.zero_grad()
            value = network(images, targets, loss)
            value.backward()
            optimizer.step()
            return value.detach()

        return run

    start = time.perf_counter()
    probes: dict[int, dict] = {}
    at = {round(share * steps) for share in np.linspace(1 / PROBES, 1, PROBES)}
    losses = []
    change = steps // 2 if network.first is not None else 0
    run = None
    network.train()
    for step in range(steps):
        if step in (0, change):
            loss = network.first if step < change else network.loss
            run = update(loss)
            run = captured(run) if graphs else run
        for group in optimizer.param_groups:
            value = rate_at(step, steps, rate)
            if on_gpu:
                group['lr'].fill_(value)
            else:
                group['lr'] = value
        value = run(*sample(step))
        if step >= steps - max(1, steps // 10):
            losses.append(value.clone())
        if step + 1 in at and network.regresses:
            probes[step + 1] = probed(network, faces, loss, swap)
            network.train()
    loss_value = float(torch.stack(losses).mean())
    seconds = time.perf_counter() - start
    return network, dict(steps=steps, seconds=seconds, loss=loss_value, probes=probes)


def probed(network: Network, faces: Faces, loss: nn.Module, swap: Tensor) -> dict:
    """Return errors and gradients on the same augmented training faces at each call."""
    device = str(faces.images.device)
    generator = torch.Generator(device).manual_seed(1234)
    count = min(PROBE_FACES, len(faces))
    indices = torch.arange(count, device=device)
    maps = crops.maps(faces, indices, crops.random_moves(count, generator), network.size)
    labels = crops.landmarks(faces, indices, maps, swap)
    found = network.landmarks(crops.crops(faces, indices, maps))
    pulls = gradients(loss, labels, found, network.size)
    return error_bins((found - labels).abs(), pulls)


def predict(network: Network, faces: Faces, moves: Moves | None = None) -> np.ndarray:
    """Predict landmarks (N, K, 2), image px, float64."""
    device = str(faces.images.device)
    moves = moves or crops.no_moves(len(faces), device)
    found = []
    for part in torch.arange(len(faces), device=device).split(CHUNK):
        some = Moves(moves.shift[part], moves.scale[part], moves.angle[part], moves.flip[part])
        maps = crops.maps(faces, part, some, network.size)
        points = network.landmarks(crops.crops(faces, part, maps))
        found.append(maps.to_image(points).double().cpu().numpy())
    return np.concatenate(found).reshape(len(faces), LANDMARKS, 2)


def predict_views(network: Network, faces: Faces, views: int) -> np.ndarray:
    """Predict (V, N, K, 2), image px, of slightly moved crops, equal for all networks."""
    generator = torch.Generator(str(faces.images.device)).manual_seed(0)
    return np.stack(
        [
            predict(network, faces, crops.small_moves(len(faces), generator))
            for _ in range(views)
        ]
    )
