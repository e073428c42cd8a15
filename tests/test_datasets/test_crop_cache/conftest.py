import pytest

from helpers.smooth_people import write_people


@pytest.fixture
def people(tmp_path, rng):
    """Config of a data set of eight people in four images."""
    folder = tmp_path / 'data'
    folder.mkdir()
    return write_people(folder, rng)
