from . import (  # noqa: F401  imported to register
    adaptation,
    backbones,
    heads,
    losses,
    pose_estimators,
)
