"""Whether an ONNX file takes and returns what its metadata promise.

Another program may have changed the network and kept the metadata.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmpose_addons_core.onnx_files import DetectorMetadata

from .errors import ModelError
from .metadata import NetworkMetadata

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, NodeArg

Form = tuple[str, tuple[int | None, ...]]
"""Type of the values and shape of a tensor; None for a side of any length."""


def check_pose(session: 'InferenceSession', file: str | Path, about: NetworkMetadata) -> None:
    """Compare a pose network with its metadata.

    Raises:
        ModelError: An input or output is missing or of another type or shape, or there is
            another input.
    """
    width, height = about.geometry.input_size
    crops = 'tensor(uint8)', (about.batch_size, height, width, 3)
    points = 'tensor(float)', (about.batch_size, len(about.keypoints.names), 3)
    _check(session, file, dict(crops=crops), dict(keypoints=points) if about.decoded else {})


def check_detector(
    session: 'InferenceSession', file: str | Path, about: DetectorMetadata
) -> None:
    """Compare a detector with its metadata.

    Raises:
        ModelError: See :func:`check_pose`.
    """
    images = 'tensor(uint8)', (about.batch_size, None, None, 3)
    numbers = 'tensor(int64)', (None,)
    outputs = dict(boxes=('tensor(float)', (None, 5)), labels=numbers, image_indices=numbers)
    _check(session, file, dict(images=images), outputs)


def _check(
    session: 'InferenceSession',
    file: str | Path,
    inputs: Mapping[str, Form],
    outputs: Mapping[str, Form],
) -> None:
    taken, given = session.get_inputs(), session.get_outputs()
    missing = inputs.keys() - {value.name for value in taken}
    missing |= outputs.keys() - {value.name for value in given}
    fits = [_fits(value, inputs.get(value.name), True) for value in taken]
    fits += [_fits(value, outputs.get(value.name), False) for value in given]
    if missing or not all(fits):
        wanted = ', '.join(_text(name, *form) for name, form in {**inputs, **outputs}.items())
        got = ', '.join(_text(value.name, value.type, value.shape) for value in taken + given)
        raise ModelError(
            f'{file} is not the network that its metadata describe: expected {wanted}, '
            f'got {got}'
        )


def _fits(value: 'NodeArg', form: Form | None, is_input: bool) -> bool:
    """Return whether a tensor has its form; inputs of any length must not have a fixed one."""
    if form is None:
        return not is_input
    kind, sides = form
    if value.type != kind or len(value.shape) != len(sides):
        return False
    return all(
        not isinstance(side, int) or side == wanted or (wanted is None and not is_input)
        for side, wanted in zip(value.shape, sides, strict=True)
    )


def _text(name: str, kind: str, shape: Sequence[int | str | None]) -> str:
    sides = ' x '.join(str(side) if isinstance(side, int) else 'any' for side in shape)
    return f'{name} {kind} {sides}'
