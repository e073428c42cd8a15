"""The key of our metadata in an ONNX file, and what kind of network the metadata describe."""

import json
from typing import Any

METADATA = 'mmpose_addons'
"""Key of the JSON text in the file's ``metadata_props``."""

LONGEST = 300
"""Most characters of wrong metadata in a message."""
POSE, DETECTOR = 'pose', 'detector'


def kind_of(text: str) -> str:
    """Return ``'pose'``, ``'detector'`` or the kind of a later version.

    Args:
        text: What the file has under :data:`METADATA`.

    Raises:
        ValueError: The text is no metadata of this project.

    Example:
        >>> kind_of('{"kind": "detector", "classes": ["person"]}')
        'detector'
    """
    return _kind(_read(text), text)


def read_metadata(text: str, kind: str) -> dict[str, Any]:
    """Parse metadata of one kind.

    Raises:
        ValueError: The text is something else, or describes another kind of network.
    """
    about = _read(text)
    found = _kind(about, text)
    if found != kind:
        raise ValueError(f'expected an ONNX file of kind {kind!r}, got one of kind {found!r}')
    return about


def unusable(kind: str, text: str, error: Exception) -> ValueError:
    """Return the error of metadata in which a field is missing or wrong.

    Args:
        kind: What the metadata should describe, for the message.
        text: The metadata.
        error: What reading them has raised.

    Example:
        >>> print(unusable('a detector', '{"kind": "detector"}', KeyError('classes')))
        expected metadata of a detector (classes is missing), got '{"kind": "detector"}'
    """
    reason = f'{error.args[0]} is missing' if isinstance(error, KeyError) else str(error)
    shown = text if len(text) <= LONGEST else f'{text[:LONGEST]}...'
    return ValueError(f'expected metadata of {kind} ({reason}), got {shown!r}')


def _read(text: str) -> dict[str, Any]:
    try:
        about = json.loads(text)
    except ValueError:
        about = None
    if not isinstance(about, dict):
        raise ValueError(f'expected metadata of a network, got {text!r}')
    return about


def _kind(about: dict[str, Any], text: str) -> str:
    # the first versions wrote pose networks only, without this field
    kind = about.get('kind', POSE if 'meta' in about else None)
    if not isinstance(kind, str):
        raise ValueError(f'expected metadata of a network, got {text!r}')
    return kind
