from pathlib import Path

from mmpose_addons_core.natural_order import natural_key


def test_numbers_count_as_numbers_in_names_and_folders():
    names = ['b/10.jpg', 'b/9.jpg', 'a10/1.jpg', 'a9/2.jpg', 'a9/1.jpg', '007.png', '8.png']
    expected = ['007.png', '8.png', 'a9/1.jpg', 'a9/2.jpg', 'a10/1.jpg', 'b/9.jpg', 'b/10.jpg']
    assert sorted(names, key=natural_key) == expected
    assert sorted(map(Path, names), key=natural_key) == [Path(name) for name in expected]


def test_digits_that_are_no_numbers_are_text():
    assert sorted(['x²', 'x1', 'x٣'], key=natural_key)[-1] == 'x²'
