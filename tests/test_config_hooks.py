"""Every config has the hooks that a training needs, whatever it adds."""

from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import HOOKS

from mmpose_addons.engine.hooks import CheckpointHook

CONFIGS = Path(__file__).parents[1] / 'configs'
FILES = [
    str(file.relative_to(CONFIGS))
    for file in sorted(CONFIGS.rglob('*.py'))
    if '_base_' not in file.parts
]


@pytest.mark.parametrize('file', FILES)
def test_hooks(file):
    config = Config.fromfile(CONFIGS / file)
    init_default_scope(config.default_scope)
    checkpoint = HOOKS.build(config.default_hooks.checkpoint)
    assert isinstance(checkpoint, CheckpointHook)
    types = [hook.type for hook in config.get('custom_hooks', [])]
    # a config that sets custom_hooks replaces MMPose's list; MMDetection has no such hook
    if config.default_scope == 'mmpose':
        assert types.count('SyncBuffersHook') == 1
