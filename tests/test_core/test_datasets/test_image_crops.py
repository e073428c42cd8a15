import json
from pathlib import Path

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


def test_images_that_are_not_chosen_are_found(folder):
    crops = image_crops(write(folder, [20, 10, 10, 10]), folder / 'images', largest=1)
    assert [file.name for file in crops.files] == ['a.png']
    assert [file.name for file in crops.found] == ['a.png', 'b.png', 'c.png']


def test_an_unreadable_image_is_named_at_once(folder):
    file = folder / 'images/b.png'
    for content, message in (
        (b'', r'b\.png is empty'),
        (b'no image', r'b\.png is not a readable image .*8 bytes'),
        (file.read_bytes()[:60], r'b\.png is (not a readable|cut off|damaged)'),
    ):
        file.write_bytes(content)
        with pytest.raises(InputError, match=message):
            image_crops(folder)


def test_no_second_folder_for_a_folder(folder):
    with pytest.raises(ValueError, match=r'only with a COCO file, got /none with .*itself'):
        image_crops(folder, Path('/none'))


def test_an_id_that_repeats(folder):
    file = write(folder, [20, 10, 10, 10])
    content = json.loads(file.read_text())
    content['images'][1]['id'] = 0
    file.write_text(json.dumps(content))
    with pytest.raises(CocoFileError) as error:
        image_crops(file, folder / 'images')
    assert str(error.value) == (
        f"{file} is not a COCO file: images[1] (image 0, 'b.png'): id 0 is also that of "
        'image 0 (a.png)'
    )


@pytest.mark.parametrize('sizes', [{}, dict(width=60, height=40)])
@pytest.mark.parametrize(
    ('box', 'outside'),
    [
        ([59, 0, 9, 9], True),
        ([0, 39, 9, 9], True),
        ([-9, 0, 9, 9], True),
        ([0, -9, 9, 9], True),
        ([58, 38, 9, 9], False),
        ([-8, -8, 9, 9], False),
    ],
)
def test_a_box_outside_its_image(folder, sizes, box, outside):
    """Where records have no size, that of the file counts."""
    file = write(folder, box)
    content = json.loads(file.read_text())
    content['images'] = [image | sizes for image in content['images']]
    file.write_text(json.dumps(content))
    if not outside:
        assert image_crops(file, folder / 'images').boxes[0] == tuple(box)
        return
    with pytest.raises(CocoFileError) as error:
        image_crops(file, folder / 'images')
    assert str(error.value) == (
        f'{file} is not a COCO file: annotations[0] of image 0 (a.png): '
        f'bbox {box} lies outside the 60 x 40 image'
    )


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
        ('images', dict(file_name=5), 'file_name must be a text, got 5'),
        ('images', dict(id=[1]), 'id must be a whole number'),
        ('images', dict(width=0, height=9), 'width and height must be positive, got 0 x 9'),
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
