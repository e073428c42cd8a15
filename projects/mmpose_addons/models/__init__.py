from . import backbones, heads, losses  # noqa: F401  imported to register
