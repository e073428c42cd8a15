"""Image files that the check of annotations finds missing, broken or of another size."""

from pathlib import Path

import cv2
import pytest
from PIL import Image

from helpers.coco_files import good_data, write_data, write_images
from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.image_files import MODES


def cut(path, share=0.6):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def as_png(path):
    cv2.imwrite(str(path.with_suffix('.png')), cv2.imread(str(path)))
    path.with_suffix('.png').rename(path)


def cut_png(path):
    as_png(path)
    cut(path)


def halve(path):
    cv2.imwrite(str(path), cv2.imread(str(path))[::2, ::2])


def turn(path):
    """The camera lay on its side: only EXIF tells."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(path).save(path, exif=exif)


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize(
    ('damage', 'kind', 'value'),
    [
        (Path.unlink, 'image_missing', 'does not exist'),
        (lambda path: path.write_bytes(b''), 'image_unreadable', 'empty file'),
        (lambda path: path.write_text('hello'), 'image_unreadable', 'no image (5 bytes)'),
        (cut, 'image_unreadable', 'truncated or no image'),
        (lambda path: cut(path, 0.999), 'image_unreadable', 'truncated or no image'),
        (cut_png, 'image_unreadable', 'truncated or no image'),
        (halve, 'image_size', 'loads as 32 x 24 px, the record says 64 x 48'),
        (turn, 'image_size', '48 x 64 px (turned by its EXIF orientation), the record'),
    ],
    ids=['missing', 'empty', 'text', 'cut', 'cut at the end', 'cut PNG', 'small', 'turned'],
)
def test_each_kind_of_broken_image(tmp_path, mode, damage, kind, value):
    data = good_data()
    path = write_data(tmp_path, data)
    write_images(tmp_path, data)
    damage(tmp_path / '2.jpg')
    report = check_coco_keypoints(path, tmp_path, mode)
    if mode == 'exist' and kind != 'image_missing':
        assert report.problems == []
        return
    (problem,) = report.problems
    assert (problem.kind, problem.severity) == (kind, 'error')
    assert problem.record == 'image 2 (2.jpg)'
    assert str(tmp_path / '2.jpg') in problem.value
    assert value in problem.value


@pytest.mark.parametrize('mode', ['header', 'decode'])
def test_whole_images_that_look_odd_are_not_blamed(tmp_path, mode):
    """A PNG under a JPEG's name, and bytes after the image's end."""
    data = good_data()
    path = write_data(tmp_path, data)
    write_images(tmp_path, data)
    as_png(tmp_path / '1.jpg')
    with (tmp_path / '2.jpg').open('ab') as file:
        file.write(b'\0' * 100)
    assert check_coco_keypoints(path, tmp_path, mode).problems == []


def test_images_are_looked_at_in_order_and_only_where_asked(tmp_path):
    data = good_data(people=1)
    data['images'] += [
        dict(id=index, file_name=f'{index}.jpg', width=8, height=8) for index in range(3, 300)
    ]
    path = write_data(tmp_path, data)
    everything = check_coco_keypoints(path, tmp_path).errors
    assert [problem.record for problem in everything] == [
        f'image {index} ({index}.jpg)' for index in range(1, 300)
    ]
    used = check_coco_keypoints(path, tmp_path, used_images_only=True).errors
    assert [problem.record for problem in used] == ['image 1 (1.jpg)']
    assert check_coco_keypoints(path, tmp_path, images=None).errors == []
