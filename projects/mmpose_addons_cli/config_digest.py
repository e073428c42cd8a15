"""Tell whether a config is the same as in an earlier run."""

import hashlib
from pathlib import Path


def config_digest(file: str | Path) -> str:
    """Return the SHA-256 of the text of a config and its bases."""
    from mmengine.config import Config

    return hashlib.sha256(Config.fromfile(file).text.encode()).hexdigest()
