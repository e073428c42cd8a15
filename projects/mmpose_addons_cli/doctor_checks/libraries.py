"""Check Python, the machine, and libraries that do not belong to OpenMMLab."""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from mmpose_addons_core.environment import SUPPORTED, command_for_module, installed

from .openmmlab import module
from .rows import Row, usable

OPENCV = [f'opencv-{kind}' for kind in ('python', 'python-headless', 'contrib-python')]
OPENCV += ['opencv-contrib-python-headless']
ONNXRUNTIME = ['onnxruntime', 'onnxruntime-gpu']


def python() -> Iterator[Row]:
    bits = 64 if sys.maxsize > 2**32 else 32
    system = f'{platform.system()} {platform.machine()}, {bits} bit'
    wrong = 'PyTorch has no packages for Python of 32 bit' if bits == 32 else ''
    yield Row('Python', f'{platform.python_version()}, {system}', wrong, broken=bool(wrong))

    scripts = [Path(sys.executable).with_name(name) for name in ('pip', 'mim', 'mmpose-addons')]
    for script in filter(Path.is_file, scripts):
        shebang = re.match(rb'#!(/\S*python[\d.]*)\n', script.read_bytes()[:200])
        if shebang and not Path(shebang[1].decode()).exists():
            wrong = f'{script.name} starts {shebang[1].decode()}, which is gone: moved?'
            yield Row('environment', 'moved', wrong, 'tools/install.sh', broken=True)
            break


def machine() -> Iterator[Row]:
    load = f', load {os.getloadavg()[0]:.1f}' if hasattr(os, 'getloadavg') else ''
    names = ('OMP_NUM_THREADS', 'GOMP_SPINCOUNT', 'OMP_WAIT_POLICY')
    settings = ', '.join(f'{name}={os.environ.get(name, "unset")}' for name in names)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()
    yield Row('threads here', f'{cores} cores{load}, {settings}')
    free = shutil.disk_usage(sys.prefix).free / 1e9
    wrong = f'only {free:.2f} GB of disk are free' if free < 1 else ''
    yield Row('free disk', f'{free:.0f} GB', wrong, 'pip cache purge' if wrong else '')


def plain(name: str) -> Iterator[Row]:
    found = import_module(name)
    yield Row(name, getattr(found, '__version__', '') or distribution(name).version)


def pytorch() -> Iterator[Row]:
    yield from module('torch', SUPPORTED['torch'])
    if not usable('torch'):
        return
    import torch

    cuda = torch.version.cuda
    there = torch.cuda.is_available()
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    wrong = command = ''
    if shutil.which('nvidia-smi') and not there:
        if cuda:
            wrong = f'PyTorch of CUDA {cuda} does not see the GPU: the driver may be too old'
            command = 'nvidia-smi'
        else:
            wrong = 'this PyTorch is for CPUs, and there seems to be a GPU'
            command = 'pip install --force-reinstall torch torchvision'
    found = (
        f'{f"CUDA {cuda}" if cuda else "built for CPUs"}, {", ".join(gpus) or "no GPU seen"}'
    )
    yield Row('PyTorch for', found, wrong, command)
    yield Row('PyTorch threads', f'{torch.get_num_threads()}')


def torchvision() -> Iterator[Row]:
    if not usable('torch'):
        yield Row('torchvision', 'not tried: needs torch')
        return
    import torch

    try:
        import torchvision

        torchvision.ops.nms(torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([1.0]), 0.5)
    except Exception as error:
        first, minor = map(int, torch.__version__.split('.')[:2])
        # torchvision 0.15 belongs to PyTorch 2.0, 0.16 to 2.1, and so on
        fitting = f'==0.{minor + 15}.*' if first == 2 else ''
        wrong = f'torchvision does not load ({error}): it must fit torch {torch.__version__}'
        command = f'pip install --no-deps --force-reinstall "torchvision{fitting}"'
        yield Row('torchvision', 'does not load', wrong, command, broken=True)
        return
    yield Row('torchvision', f'{torchvision.__version__}, operators load')


def opencv() -> Iterator[Row]:
    there = installed(OPENCV)
    names = ', '.join(f'{name} {version}' for name, version in there.items())
    command = f'pip uninstall -y {" ".join(there)} && pip install opencv-python-headless'
    try:
        import cv2

        found = cv2.__version__
    except ImportError as error:
        wrong = f'OpenCV does not load ({error})'
        if not there:
            command = 'pip install opencv-python-headless'
        yield Row('OpenCV', names or 'missing', wrong, command, broken=True)
        return
    wrong = 'several packages of OpenCV overwrite each other' if len(there) > 1 else ''
    yield Row('OpenCV', f'{found} ({names})', wrong, command if wrong else '')


def videos() -> Iterator[Row]:
    """Write and read a video, because a build of PyAV may lack the encoder."""
    if find_spec('av') is None:
        yield Row('PyAV', 'missing', 'videos can be neither read nor written', 'pip install av')
        return
    if not usable('numpy', 'cv2'):
        yield Row('PyAV', 'not tried: needs OpenCV and NumPy')
        return
    import av
    import numpy as np

    from mmpose_addons_core.media.video_reader import VideoReader
    from mmpose_addons_core.media.video_writer import VideoWriter

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, 'video.mp4')
        writer = VideoWriter(file, (64, 64), Fraction(10))
        for number in range(3):
            writer.write(np.full((64, 64, 3), 90, np.uint8), number / 10)
        writer.close()
        frames = list(VideoReader(file).frames(lambda numbers, reason: None))
    wrong = '' if len(frames) == 3 else 'PyAV does not read the video that it has written'
    command = 'pip install --force-reinstall --no-deps av' if wrong else ''
    yield Row('PyAV', f'{av.__version__}, writes and reads video', wrong, command, bool(wrong))


def onnx() -> Iterator[Row]:
    there = installed(['onnx', *ONNXRUNTIME])
    names = ', '.join(f'{name} {version}' for name, version in there.items())
    if find_spec('onnxruntime') is None:
        yield Row('ONNX', f'{names or "missing"} (only for export and .onnx files)')
        return
    import onnxruntime

    providers = ', '.join(onnxruntime.get_available_providers())
    wrong = command = ''
    if set(ONNXRUNTIME) <= set(there):
        wrong = 'onnxruntime and onnxruntime-gpu overwrite each other'
        command = f'pip uninstall -y {" ".join(ONNXRUNTIME)} && pip install onnxruntime'
    elif shutil.which('nvidia-smi') and 'CUDAExecutionProvider' not in providers:
        wrong = 'onnxruntime is for CPUs, and there seems to be a GPU'
        command = 'pip uninstall -y onnxruntime && pip install onnxruntime-gpu'
    yield Row('ONNX', f'{names}: {providers}', wrong, command)


def mim() -> Iterator[Row]:
    there = installed(['openmim', 'onedl-mim', 'openxlab', 'setuptools'])
    found = ', '.join(f'{name} {version}' for name, version in there.items())
    lost = {'openmim', 'onedl-mim'} & set(there) and find_spec('pkg_resources') is None
    wrong = 'mim imports pkg_resources, which setuptools 82 dropped' if lost else ''
    command = command_for_module('pkg_resources') if lost else ''
    yield Row('mim', found or 'missing (optional)', wrong, command, broken=bool(wrong))
