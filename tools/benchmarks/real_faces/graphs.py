"""CUDA graphs of a training step: the GPU then waits for no launch of a kernel."""

import threading
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

WARM_UP = 4
"""Steps that run as usual before the capture; they count as steps."""
CAPTURE = threading.Lock()
MAX_THREADS = 15
"""PyTorch has 32 streams and gives them out in turns; each thread uses two of its own."""
_LOCAL = threading.local()

Step = Callable[[Tensor, Sequence[Tensor]], Tensor]


def thread_streams() -> tuple[torch.cuda.Stream, torch.cuda.Stream]:
    """Return this thread's two streams, the same at each call: to work and to capture."""
    if not hasattr(_LOCAL, 'streams'):
        _LOCAL.streams = torch.cuda.Stream(), torch.cuda.Stream()
    return _LOCAL.streams


def captured(step: Step) -> Step:
    """Return a step that replays its own kernels.

    The first :data:`WARM_UP` calls run as they are, on the stream of the capture; the next one
    is captured, and all later ones replay it.

    Args:
        step: A function of images and a named tuple of targets, of constant shapes, which
            never waits for the GPU. It returns the loss.
    """
    _, stream = thread_streams()
    graph = torch.cuda.CUDAGraph()
    images = targets = value = None
    calls = 0

    def run(new_images: Tensor, new_targets: Sequence[Tensor]) -> Tensor:
        nonlocal images, targets, value, calls
        calls += 1
        if calls <= WARM_UP:
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                loss = step(new_images, new_targets)
            torch.cuda.current_stream().wait_stream(stream)
            return loss
        if images is None:
            images = new_images.clone()
            targets = type(new_targets)(*(tensor.clone() for tensor in new_targets))
            with (
                CAPTURE,
                torch.cuda.graph(graph, stream=stream, capture_error_mode='thread_local'),
            ):
                value = step(images, targets)
        images.copy_(new_images)
        for old, new in zip(targets, new_targets, strict=True):
            old.copy_(new)
        graph.replay()
        return value

    return run
