import pytest

from mmpose_addons_core.even_choice import evenly_chosen


@pytest.mark.parametrize(
    ('total', 'count', 'expected'),
    [
        (1000, 3, [0, 500, 999]),
        (5, 5, [0, 1, 2, 3, 4]),
        (3, 10, [0, 1, 2]),
        (7, 1, [0]),
        (7, 0, []),
        (0, 4, []),
    ],
)
def test_first_and_last_are_chosen(total, count, expected):
    assert evenly_chosen(total, count) == expected


def test_no_index_twice():
    for total in range(1, 60):
        for count in range(1, total + 1):
            assert len(set(evenly_chosen(total, count))) == count
