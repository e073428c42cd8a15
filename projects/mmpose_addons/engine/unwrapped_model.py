"""The model itself, in one process and in several."""

from typing import Any

from mmengine.model import is_model_wrapper


def unwrapped(model: Any) -> Any:
    """Return a model without the wrapper that several processes need."""
    return model.module if is_model_wrapper(model) else model
