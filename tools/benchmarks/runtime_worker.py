"""One runtime in a process of its own, for ``runtimes.py``.

It takes the name of a runtime and the folder with the network's files. The first line that it
writes has the seconds of the runtime's import; then it answers each line of JSON
``{"boxes": [[x1, y1, x2, y2], ...]}`` with seconds and keypoints, and the line ``null`` with
the largest memory of the process. It imports nothing but the runtime and what that imports.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Run = Callable[[Any, Any], Any]
"""From an image (H, W, 3), BGR, and boxes (N, 4) to keypoints (N, K, 2), image px."""


def ours(folder: Path) -> Run:
    from mmpose_addons_runtime import PosePipeline

    pipeline = PosePipeline(folder / 'pose.onnx', device='cpu')
    return lambda image, boxes: next(iter(pipeline(image, boxes))).keypoints


def ours_with_pytorch(folder: Path) -> Run:
    from mmpose_addons.apis import PosePipeline

    pipeline = PosePipeline(folder / 'pose.onnx', device='cpu')
    return lambda image, boxes: next(iter(pipeline(image, boxes))).pred_instances.keypoints


def rtmlib(folder: Path) -> Run:
    """Run its own pre- and postprocessing; the file swaps channels, which rtmlib does not."""
    from rtmlib import RTMPose

    about = json.loads((folder / 'about.json').read_text())
    model = RTMPose(
        str(folder / 'simcc.onnx'),
        model_input_size=tuple(about['input_size']),
        mean=tuple(about['mean'][::-1]),
        std=tuple(about['std'][::-1]),
        backend='onnxruntime',
        device='cpu',
    )
    return lambda image, boxes: model(image, boxes)[0]


def mmpose(folder: Path) -> Run:
    """Run ``inference_topdown``; its inferencer takes no boxes."""
    from mmpose.apis import inference_topdown, init_model

    model = init_model(str(folder / 'pose.py'), str(folder / 'pose.pth'), device='cpu')

    def run(image: Any, boxes: Any) -> Any:
        samples = inference_topdown(model, image, boxes)
        return [point for sample in samples for point in sample.pred_instances.keypoints]

    return run


def mmpose_inferencer(folder: Path) -> Run:
    from mmpose.apis import MMPoseInferencer

    inferencer = MMPoseInferencer(
        str(folder / 'pose.py'),
        str(folder / 'pose.pth'),
        device='cpu',
        det_model='whole_image',
    )

    def run(image: Any, boxes: Any) -> Any:
        (people,) = next(inferencer(image, show_progress=False))['predictions']
        return [person['keypoints'] for person in people]

    return run


RUNTIMES: dict[str, tuple[Callable[[Path], Run], tuple[str, ...]]] = {
    'ours': (ours, ('mmpose_addons_runtime', 'onnxruntime')),
    'ours with PyTorch': (ours_with_pytorch, ('mmpose_addons.apis', 'onnxruntime')),
    'rtmlib': (rtmlib, ('rtmlib', 'onnxruntime')),
    'inference_topdown': (mmpose, ('mmpose.apis',)),
    'MMPoseInferencer': (mmpose_inferencer, ('mmpose.apis',)),
}
"""How to load each, and the modules that it imports."""


def peak_memory() -> float:
    """Return the largest memory of this process so far, bytes."""
    for line in Path('/proc/self/status').read_text().splitlines():
        if line.startswith('VmHWM:'):
            return int(line.split()[1]) * 1024.0
    raise OSError('/proc/self/status has no VmHWM')


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    answers, sys.stdout = sys.stdout, sys.stderr  # runtimes print

    def answer(**values: Any) -> None:
        print(json.dumps(values), file=answers, flush=True)

    load, modules = RUNTIMES[name]
    start, used = time.perf_counter(), time.process_time()
    for module in modules:
        import_module(module)
    answer(wall=time.perf_counter() - start, cpu=time.process_time() - used)
    import cv2
    import numpy as np

    image, run = cv2.imread(str(folder / 'image.png')), load(folder)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked is None:
            break
        boxes = np.array(asked['boxes'], np.float32)
        start = time.perf_counter()
        points = run(image, boxes)
        seconds = time.perf_counter() - start
        answer(seconds=seconds, keypoints=np.asarray(points, float).tolist())
    answer(peak=peak_memory())


if __name__ == '__main__':
    main()
