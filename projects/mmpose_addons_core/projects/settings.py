"""Settings of other tools in YAML."""

from pathlib import Path
from typing import Any

from .labels import LONGEST, ProjectError


def read_text(file: Path) -> str:
    """Read a text file in UTF-8, or in the encoding that Windows' programs use instead."""
    data = file.read_bytes()
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        return data.decode('cp1252', errors='replace')


def read_yaml(file: Path) -> dict[str, Any]:
    """Read the settings of a file.

    Raises:
        ProjectError: It cannot be read or holds something else.
    """
    import yaml  # tables of predictions are written where it is missing

    try:
        content = yaml.safe_load(read_text(file))
    except (OSError, yaml.YAMLError) as error:
        raise ProjectError(f'{file}: cannot be read: {str(error)[:LONGEST]}') from None
    if not isinstance(content, dict):
        raise ProjectError(f'{file}: expected settings, got {type(content).__name__}')
    return content
