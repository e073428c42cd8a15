"""Open ONNX files of ``mmpose-addons export`` and ``export-detector`` in onnxruntime."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mmpose_addons_core.onnx_files import METADATA

from .devices import Device, chosen_device
from .errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

OLDEST = 1, 19
"""The oldest onnxruntime that was tried."""
MOST_THREADS = 1024
"""onnxruntime starts as many threads as it is told, and takes minutes for a wrong number."""
_TOO_NEW = re.compile(r'IR version: \d+, max supported|is under development')
_PLACE_IN_SOURCE = re.compile(r'/\S+\.(cc|h):\d+ .*?\) (?=[A-Z])')


class OpenFile(NamedTuple):
    """A file that is ready to run.

    Attributes:
        session: Of onnxruntime.
        described: The JSON text of its metadata.
        device: Where it computes.
        about: Device, provider and version, for the user.
    """

    session: 'InferenceSession'
    described: str
    device: Device
    about: str


def open_onnx(
    file: str | Path, device: str | None = 'cpu', threads: int | None = None
) -> OpenFile:
    """Open a file that this package has written.

    Args:
        file: The ONNX file.
        device: See :func:`chosen_device`.
        threads: Number of threads on a CPU; None: ``OMP_NUM_THREADS``, else as many as there
            are cores.

    Raises:
        ModelError: onnxruntime is missing, too old or lacks the device; or the file is missing,
            broken, or not of this package.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            f'{file} needs onnxruntime (pip install onnxruntime): {error}'
        ) from None
    version = onnxruntime.__version__
    if tuple(int(part) for part in re.findall(r'\d+', version)[:2]) < OLDEST:
        raise ModelError(
            f'{file} needs onnxruntime {OLDEST[0]}.{OLDEST[1]} or newer '
            f'(pip install -U onnxruntime), got {version}'
        )
    try:
        Path(file).open('rb').close()
    except FileNotFoundError:
        raise ModelError(f'{file} is missing') from None
    except OSError as error:
        raise ModelError(f'{file} cannot be read: {error.strerror}') from None
    chosen = chosen_device(device, onnxruntime.get_available_providers(), version)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; warnings are about the graph, not for users
    options.intra_op_num_threads = usable_threads(threads)
    try:
        session = onnxruntime.InferenceSession(str(file), options, chosen.providers())
        described = session.get_modelmeta().custom_metadata_map.get(METADATA)
    except Exception as error:  # onnxruntime's own have no common base; texts not in UTF-8
        raise ModelError(_failure(file, error, version)) from None
    used = session.get_providers()[0]
    if used != chosen.kind.provider:
        if device is not None:
            raise ModelError(
                f'onnxruntime {version} has {chosen.kind.provider}, but cannot start it for '
                f'device {device}: its libraries, driver or device are missing; it took {used}'
            )
        chosen = chosen_device('cpu', [used], version)
    if described is None:
        inputs = [f'{value.name} {value.type} {value.shape}' for value in session.get_inputs()]
        raise ModelError(
            f'{file} was not written by mmpose-addons export or export-detector, got a file '
            f'with the inputs {", ".join(inputs)}'
        )
    about = f'{chosen.name} ({used}, onnxruntime {version})'
    return OpenFile(session, described, chosen, about)


def usable_threads(threads: int | None) -> int:
    """Return onnxruntime's number of threads; 0 lets it take one a core.

    Raises:
        ModelError: The number is not positive, or larger than any machine can use.
    """
    if threads is None:
        wanted = os.environ.get('OMP_NUM_THREADS', '')
        return min(int(wanted), MOST_THREADS) if wanted.isdecimal() else 0
    if not 1 <= threads <= MOST_THREADS:
        raise ModelError(f'threads must be from 1 to {MOST_THREADS}, got {threads}')
    return threads


def _failure(file: str | Path, error: Exception, version: str) -> str:
    reason = (str(error).splitlines() or [''])[0]
    if _TOO_NEW.search(reason):
        return (
            f'{file} is of a newer ONNX than onnxruntime {version} reads '
            f'(pip install -U onnxruntime): {_PLACE_IN_SOURCE.sub("", reason)}'
        )
    return (
        f'{file} cannot be read as ONNX: {type(error).__name__}: '
        f'{_PLACE_IN_SOURCE.sub("", reason)}'
    )
