"""Files of a data set that was moved."""

import pytest

from mmpose_addons_core.datasets.path_tails import moved_files


@pytest.mark.parametrize(
    ('there', 'names', 'found'),
    [
        (['a/1.png'], ['a/1.png', 'b/2.png'], ['a/1.png', 'b/2.png']),
        (['a/1.png'], ['data/a/1.png', 'data/b/2.png'], ['a/1.png', 'b/2.png']),
        (['a/1.png', '2.png'], ['/x/a/1.png', '/x/b/2.png'], ['a/1.png', 'b/2.png']),
        (['1.png'], ['C:\\x\\1.png', '2.png'], ['1.png', '2.png']),
        ([], ['/x/1.png'], ['x/1.png']),
    ],
)
def test_all_names_lose_as_many_folders(tmp_path, there, names, found):
    for name in there:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert moved_files(tmp_path, names) == [tmp_path / name for name in found]


def test_no_names(tmp_path):
    assert moved_files(tmp_path, []) == []
