import json

import cv2
import numpy as np
import pytest

from mmpose_addons_core.datasets.coco_file import CocoFileError
from mmpose_addons_core.datasets.image_crops import image_crops
from mmpose_addons_core.media.errors import InputError


@pytest.fixture
def folder(tmp_path):
    """Black images with a white square at (20, 10) to (30, 20)."""
    image = np.zeros((40, 60, 3), np.uint8)
    image[10:20, 20:30] = 255
    (tmp_path / 'images').mkdir()
    for name in 'abc':
        cv2.imwrite(str(tmp_path / f'images/{name}.png'), image)
    (tmp_path / 'images/notes.txt').write_text('no image')
    return tmp_path


def write(folder, box):
    images = [dict(id=i, file_name=f'{name}.png') for i, name in enumerate('abc')]
    annotations = [dict(id=1, image_id=0, bbox=box)]
    file = folder / 'target.json'
    file.write_text(json.dumps(dict(images=images, annotations=annotations)))
    return file


def test_whole_images_of_a_folder(folder):
    crops = image_crops(folder)
    assert [file.name for file in crops.files] == ['a.png', 'b.png', 'c.png']
    assert crops.read(0, (30, 20)).shape == (20, 30, 3)
    assert crops.read(0, (30, 20)).mean() == pytest.approx(255 * 100 / 2400, rel=0.01)
    assert len(image_crops(folder, largest=2)) == 2


def test_boxes_of_a_coco_file(folder):
    crops = image_crops(write(folder, [20, 10, 10, 10]), folder / 'images', padding=2)
    assert crops.boxes == ((20, 10, 10, 10), None, None)
    crop = crops.read(0, (16, 16))
    assert crop[4:12, 4:12].min() > 100
    assert crop[:3].max() == crop[:, 13:].max() == 0


def test_what_is_wrong_is_named(folder):
    with pytest.raises(ValueError, match='3 of 3 that do not, the first is'):
        image_crops(write(folder, [0, 0, 1, 1]))
    with pytest.raises(CocoFileError, match=r'bbox must be .*got \[1\]'):
        image_crops(write(folder, [1]), folder / 'images')
    with pytest.raises(ValueError, match="images or a COCO file, got ''"):
        image_crops('')
    (folder / 'empty').mkdir()
    with pytest.raises(ValueError, match='has no images'):
        image_crops(folder / 'empty')
    crops = image_crops(folder)
    crops.files[1].write_bytes(b'')
    with pytest.raises(InputError, match=r'b\.png is empty'):
        crops.read(1, (8, 8))


@pytest.mark.parametrize(
    ('key', 'change', 'message'),
    [
        ('annotations', dict(bbox=[5, 5, -3, 9]), 'above 0, got [5, 5, -3, 9]'),
        ('annotations', dict(bbox=[5, 5, 0, 9]), 'above 0, got [5, 5, 0, 9]'),
        ('annotations', dict(image_id=9), 'no image has the id 9'),
        ('annotations', dict(image_id=[0]), 'no image has the id [0]'),
        ('images', dict(file_name=5), 'must have an id and a file_name'),
        ('images', dict(id=[1]), 'must have an id and a file_name'),
    ],
)
def test_records_that_do_not_fit(folder, key, change, message):
    file = write(folder, [20, 10, 10, 10])
    content = json.loads(file.read_text())
    content[key][0].update(change)
    file.write_text(json.dumps(content))
    with pytest.raises(CocoFileError) as error:
        image_crops(file, folder / 'images')
    assert f'{key}[0]' in str(error.value)
    assert message in str(error.value)


def test_hidden_files_are_no_images(folder):
    (folder / 'images/._a.png').write_bytes(b'of macOS')
    assert [file.name for file in image_crops(folder).files] == ['a.png', 'b.png', 'c.png']
