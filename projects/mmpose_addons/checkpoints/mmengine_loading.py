"""All checkpoints that MMEngine loads go through :func:`.loading.load_file`.

That is ``Runner.load_checkpoint``, ``load_from``, ``resume``, ``Pretrained`` of ``init_cfg``,
``mmengine.runner.load_checkpoint`` and what calls them, such as ``mmpose.apis.init_model``, for
local files and addresses. MMEngine itself loads a file once more without any check if PyTorch
refuses it (OneDL), or leaves the check to PyTorch's default (official).
"""

import os
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import torch
from mmengine.runner import Runner, checkpoint

from .loading import load_file
from .trust import trust_by_config


class _SafeTorch:
    """The module ``torch`` but for ``load``."""

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    @staticmethod
    def load(f: Any, map_location: Any = None, **_: Any) -> Any:
        """Load as :func:`load_file` does; how PyTorch should check is not asked."""
        return load_file(f, map_location)


def install() -> None:
    """Replace what MMEngine's module of checkpoints calls; again does nothing."""
    if isinstance(checkpoint.torch, _SafeTorch):
        return
    checkpoint.torch = _SafeTorch()
    if hasattr(checkpoint, '_safe_torch_load'):  # of OneDL, which allows getattr meanwhile
        checkpoint._safe_torch_load = _SafeTorch.load
    checkpoint.load_url = load_address
    Runner.from_cfg = classmethod(_reading_trust(Runner.from_cfg.__func__))


def load_address(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    **_: Any,
) -> Any:
    """Download a checkpoint, unless it was before, and load it.

    Args:
        url, model_dir, map_location, progress, check_hash, file_name: As for
            ``torch.hub.load_state_dict_from_url``, with the same folder.

    Raises:
        CheckpointError: As :func:`load_file`.
    """
    folder = Path(model_dir or Path(torch.hub.get_dir()) / 'checkpoints')
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (file_name or os.path.basename(urlparse(url).path))
    if not file.exists():
        match = torch.hub.HASH_REGEX.search(file.name) if check_hash else None
        prefix = match.group(1) if match else None
        torch.hub.download_url_to_file(url, str(file), prefix, progress=progress)
    return load_file(file, map_location)


def _reading_trust(from_cfg: Any) -> Any:
    @wraps(from_cfg)
    def reading_from_cfg(cls: type[Runner], cfg: Any) -> Runner:
        trust_by_config(bool(cfg.get('trust_checkpoint', False)))
        return from_cfg(cls, cfg)

    return reading_from_cfg
