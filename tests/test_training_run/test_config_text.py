"""Text of the config of an adaptation."""

import re
from pathlib import Path

import pytest

from mmpose_addons.training_run.config_text import AdaptConfig, adapt_text
from mmpose_addons_core.training_plan import Sizes


@pytest.mark.parametrize('method', ['cc-ssl', 'mean-teacher'])
@pytest.mark.parametrize(('epochs', 'rounds'), [(9, 5), (15, 4), (15, 2), (3, 5), (1, 5)])
def test_there_are_no_more_rounds_than_planned(method, epochs, rounds):
    sizes = Sizes(batch=8, steps=20, epochs=epochs, seconds=1.0)
    text = adapt_text(AdaptConfig(method, sizes, Path('target'), Path('a.pth'), rounds=rounds))
    name = 'interval' if method == 'cc-ssl' else 'report'
    interval = int(re.search(rf"Hook'.* {name}=(\d+)", text).group(1))
    planned = len(range(0, epochs, interval))
    assert min(epochs, rounds) - 1 <= planned <= rounds
