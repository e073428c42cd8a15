"""Read the JSON files that a run has written into its folder."""

from pathlib import Path
from typing import Any

from ..datasets.coco_file import CocoFileError, read_json
from .labelled_folder import PlanError


def read_run_file(file: Path, kind: type, **fields: type) -> Any:
    """Read a JSON file of a run.

    Args:
        file: That is there.
        kind: Type of its content.
        fields: What the content, a dict, must have, and the types.

    Raises:
        PlanError: The file is damaged, or that of another program.
    """
    try:
        content = read_json(file)
    except CocoFileError as error:
        raise PlanError(f'{file} {error.reason}; choose another --out') from None
    right = isinstance(content, kind)
    if isinstance(content, dict):
        right = right and all(isinstance(content.get(key), of) for key, of in fields.items())
    if not right:
        raise PlanError(f'{file} is not what a run writes there; choose another --out')
    return content
