"""Settings of other tools in YAML."""

from pathlib import Path
from typing import Any

import yaml

from .labels import ProjectError


def read_yaml(file: Path) -> dict[str, Any]:
    """Read the settings of a file.

    Raises:
        ProjectError: It cannot be read or holds something else.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding='utf-8-sig'))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProjectError(f'{file}: cannot be read: {error}') from None
    if not isinstance(content, dict):
        raise ProjectError(f'{file}: expected settings, got {type(content).__name__}')
    return content
