"""A small data set of toy people, written once."""

from pathlib import Path

import pytest

from mmpose_addons_toys import make_toy_people

IMAGES, SEED = 24, 5


@pytest.fixture(scope='session')
def toy_people(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('toy') / 'people'
    assert make_toy_people(folder, IMAGES, SEED, val_fraction=0.25)
    return folder
