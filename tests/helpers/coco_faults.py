"""Faults of COCO keypoint files, by name, and the problems that they give."""

from collections.abc import Callable
from typing import NamedTuple

from .coco_files import good_data, hide

FIRST = 'annotation 1 (image 1, 1.jpg)'


class Fault(NamedTuple):
    change: Callable[[dict], object]  # breaks the data that it gets
    kind: str
    severity: str
    record: str
    value: str  # part of the problem's text


def error(change, kind: str, value: str, record: str = FIRST) -> Fault:
    return Fault(change, kind, 'error', record, value)


def warning(change, kind: str, value: str, record: str = FIRST) -> Fault:
    return Fault(change, kind, 'warning', record, value)


def person(**values):
    """Overwrite values of the first annotation."""
    return lambda data: data['annotations'][0].update(values)


def points(*keypoints, **values):
    return person(keypoints=list(keypoints), **values)


def image(**values):
    return lambda data: data['images'][0].update(values)


def nested(depth: int) -> list:
    """Lists in lists."""
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def another_image(image_id):
    return lambda data: data['images'].append(dict(data['images'][0], id=image_id))


def without(records: str, key: str):
    return lambda data: data[records][0].pop(key)


def names(count: int):
    return lambda data: data['categories'][0].update(keypoints=['name'] * count)


NAMELESS = 'annotation %s (image 1, 1.jpg)'

FAULTS = {
    'no images': error(
        lambda data: data.update(images=[], annotations=[]),
        'no_images',
        "'images' is empty",
        'people.json',
    ),
    'no annotations': error(
        lambda data: data.update(annotations=[]),
        'no_annotations',
        'none of 0 annotations',
        'people.json',
    ),
    'all left out': error(
        lambda data: [hide(ann, 0) for ann in data['annotations']],
        'no_annotations',
        'none of 3 annotations',
        'people.json',
    ),
    'no key of COCO': error(
        lambda data: data.pop('annotations'),
        'layout',
        "no 'annotations' among its keys ('images', 'categories')",
        'people.json',
    ),
    'record is no dictionary': error(
        lambda data: data['annotations'].insert(1, 7),
        'layout',
        'annotations[1] must be a dictionary, got 7',
        'people.json',
    ),
    'images are no list': error(
        lambda data: data.update(images={}),
        'layout',
        "'images' must be a list, got a dict",
        'people.json',
    ),
    'category without id': error(
        without('categories', 'id'), 'layout', 'categories[0] has no id', 'people.json'
    ),
    'image id text': error(
        another_image('3'), 'image_record', "got '3'", "images[2] (image '3', '1.jpg')"
    ),
    'image without width': error(
        without('images', 'width'),
        'image_record',
        'got None x 48',
        "images[0] (image 1, '1.jpg')",
    ),
    'image of no height': error(
        image(height=0), 'image_record', 'got 64 x 0', "images[0] (image 1, '1.jpg')"
    ),
    'image without name': error(
        image(file_name=''), 'image_record', "got ''", "images[0] (image 1, '')"
    ),
    'image id twice': error(
        another_image(1),
        'duplicate_image_id',
        'id 1 is also that of image 1 (1.jpg)',
        "images[2] (image 1, '1.jpg')",
    ),
    'image file twice': warning(
        lambda data: data['images'][1].update(file_name='./1.jpg'),
        'duplicate_file_name',
        'is the file of image 1 (1.jpg)',
        'image 2 (./1.jpg)',
    ),
    'annotation id twice': error(
        lambda data: data['annotations'][2].update(id=1),
        'duplicate_annotation_id',
        'annotations[2] has the id of annotations[0]',
    ),
    'annotation without id': error(
        without('annotations', 'id'),
        'annotation_record',
        'got None',
        'annotations[0] (image 1, 1.jpg)',
    ),
    'image_id text': error(
        person(image_id='1'), 'annotation_record', "got '1'", "annotation 1 (image '1')"
    ),
    'no category': error(
        without('annotations', 'category_id'),
        'annotation_record',
        'category_id must be a number, got None',
    ),
    'unknown image': error(
        person(image_id=9),
        'unknown_image',
        'no image has the id 9',
        'annotation 1 (image 9)',
    ),
    'unknown category': error(
        person(category_id=2), 'unknown_category', 'category_id is 2, not one of 1'
    ),
    'no bbox': warning(without('annotations', 'bbox'), 'missing_field', 'has no bbox'),
    'no keypoints': warning(
        without('annotations', 'keypoints'), 'missing_field', 'has no keypoints'
    ),
    'too few keypoints': error(
        points(9, 9, 1, 8, 8, 1),
        'keypoint_count',
        'keypoints has 6 numbers (2 keypoints), expected 9',
    ),
    'keypoints without visibility': error(
        points(9, 9, 8, 8),
        'keypoint_count',
        'keypoints has 4 numbers (1.333 keypoints), expected 9',
    ),
    'keypoints no list': error(person(keypoints='none'), 'keypoint_count', "got 'none'"),
    'names of another number': warning(
        names(5),
        'category_keypoints',
        '5 names, but 3 keypoints in 3 annotations',
        'category 1 (person)',
    ),
    'NaN': error(
        points(9, float('nan'), 1, 8, 8, 1, 9, 9, 1),
        'not_a_number',
        'keypoints[1] is nan',
    ),
    'null': error(points(9, 9, 1, 8, 8, 1, 9, 9, None), 'not_a_number', 'keypoints[8] is None'),
    'text': error(points(9, 9, 1, '8', 8, 1, 9, 9, 1), 'not_a_number', "keypoints[3] is '8'"),
    'integer beyond the floats': error(
        points(10**400, 9, 1, 8, 8, 1, 9, 9, 1), 'not_a_number', 'keypoints[0] is 1000'
    ),
    'infinite box': error(
        person(bbox=[1, 1, float('inf'), 4]), 'not_a_number', 'bbox[2] is inf'
    ),
    'text area': error(person(area='large'), 'not_a_number', "area is 'large'"),
    'visibility 3': error(
        points(9, 9, 3, 8, 8, 1, 9, 9, 2),
        'visibility',
        'keypoint 0 has visibility 3, expected 0, 1 or 2',
    ),
    'negative visibility': error(
        points(9, 9, 1, 8, 8, -1, 9, 9, 2, num_keypoints=2),
        'visibility',
        'keypoint 1 has visibility -1',
    ),
    'visibility as a weight': warning(
        points(9, 9, 1, 8, 8, 0.25, 9, 9, 2),
        'visibility',
        'keypoint 1 has visibility 0.25',
    ),
    'num_keypoints off': warning(
        person(num_keypoints=2),
        'num_keypoints',
        'num_keypoints is 2, but 3 keypoints are visible',
    ),
    'num_keypoints 0': error(
        person(num_keypoints=0),
        'num_keypoints',
        'num_keypoints is 0, but 3 keypoints are visible',
    ),
    'none visible': warning(
        lambda data: hide(data['annotations'][0], 0),
        'no_visible_keypoint',
        'no keypoint is visible',
    ),
    'none with visibility 2': warning(
        points(9, 9, 1, 8, 8, 1, 9, 9, 1, num_keypoints=0),
        'no_visible_keypoint',
        'num_keypoints is 0, 3 keypoints have visibility 1',
    ),
    'empty keypoints': warning(
        points(num_keypoints=0), 'no_visible_keypoint', 'keypoints is empty'
    ),
    'all at the origin': warning(
        points(0, 0, 2, 0, 0, 2, 0, 0, 2),
        'no_visible_keypoint',
        'none of the 3 visible keypoints has a positive coordinate',
    ),
    'crowd': warning(person(iscrowd=1), 'crowd', 'iscrowd is 1'),
    'keypoint outside': warning(
        points(65, 9, 1, 8, 8, 1, 9, -2.5, 2),
        'keypoint_outside',
        'keypoint 0 at (65, 9), keypoint 2 at (9, -2.5), outside the 64 x 48 image',
    ),
    'box of three numbers': error(person(bbox=[1, 2, 3]), 'box_layout', 'got [1, 2, 3]'),
    'box null': error(person(bbox=None), 'box_layout', 'got None'),
    'box of zero width': warning(
        person(bbox=[1, 2, 0, 4]), 'box_size', 'bbox [1, 2, 0, 4] is 0 x 4 px'
    ),
    'box of negative height': warning(
        person(bbox=[1, 2, 3, -4]), 'box_size', 'bbox [1, 2, 3, -4] is 3 x -4 px'
    ),
    'box outside': warning(
        person(bbox=[70, 2, 5, 5]),
        'box_outside',
        'bbox [70, 2, 5, 5] lies outside the 64 x 48 image',
    ),
    'box before the image': warning(
        person(bbox=[2, -9, 5, 9]),
        'box_outside',
        'bbox [2, -9, 5, 9] lies outside the 64 x 48 image',
    ),
    'box partly outside': warning(
        person(bbox=[50, 2, 30, 5]),
        'box_partly_outside',
        'bbox [50, 2, 30, 5] reaches over the 64 x 48 image',
    ),
    'no area': warning(without('annotations', 'area'), 'area', 'area is missing'),
    'area zero': warning(person(area=0), 'area', 'area is 0, must be positive'),
    'boxes of corners': error(
        lambda data: [a.update(bbox=[30, 20, 60, 40]) for a in data['annotations']],
        'box_corners',
        '3 of 3 boxes [x, y, width, height] leave their image',
        'people.json',
    ),
    'annotation id text': error(
        person(id='7'), 'annotation_record', "got '7'", NAMELESS % "'7'"
    ),
    'annotation id negative': error(
        person(id=-1), 'annotation_record', 'got -1', NAMELESS % -1
    ),
    'annotation id of 65 bits': error(
        person(id=2**64), 'annotation_record', f'got {2**64}', NAMELESS % 2**64
    ),
    'crowd null': error(
        person(iscrowd=None), 'annotation_record', 'iscrowd must be 0 or 1, got None'
    ),
    'crowd list': error(person(iscrowd=[]), 'annotation_record', 'got []'),
    'crowd NaN': error(person(iscrowd=float('nan')), 'annotation_record', 'got nan'),
    'crowd text': error(person(iscrowd='0'), 'annotation_record', "got '0'"),
    'num_keypoints text': error(
        person(num_keypoints='3'), 'annotation_record', "must be a whole number, got '3'"
    ),
    'annotation nested deeply': error(
        person(attributes=nested(400)),
        'layout',
        'annotations[0] has lists or dictionaries nested too deep',
        'people.json',
    ),
    'huge coordinate': error(
        points(1e300, 9, 1, 8, 8, 1, 9, 9, 1), 'not_a_number', 'keypoints[0] is 1e+300'
    ),
    'no categories': error(
        lambda data: data.update(categories=[]),
        'layout',
        "'categories' is empty",
        'people.json',
    ),
    'category id twice': error(
        lambda data: data['categories'].append(dict(id=1)),
        'layout',
        'categories[1] has the id of categories[0]',
        'people.json',
    ),
    'category id null': error(
        lambda data: data['categories'][0].update(id=None),
        'layout',
        'categories[0]: id must be a whole number or a text, got None',
        'people.json',
    ),
    'category ids of two types': error(
        lambda data: data['categories'].append(dict(id='ball')),
        'layout',
        'all numbers or all texts, got 1, ball',
        'people.json',
    ),
    'name in place of an id': error(
        person(category_id='person'), 'unknown_category', 'it is the name of category 1'
    ),
    'two categories with keypoints': error(
        lambda data: data['categories'].append(dict(id=2, name='dog', keypoints=['a', 'b'])),
        'category',
        'got category 1 (person) with 3 keypoints, category 2 (dog) with 2 keypoints',
        'people.json',
    ),
    'category without keypoints': warning(
        lambda data: (
            data['categories'].append(dict(id=2, name='ball')),
            data['annotations'][0].update(category_id=2),
            data['annotations'][0].pop('keypoints'),
        ),
        'other_category',
        'category_id is 2, used are 1',
    ),
}


def broken_data(fault: str) -> dict:
    """Three people of three keypoints and one of ``FAULTS``."""
    data = good_data(num_keypoints=3)
    FAULTS[fault].change(data)
    return data
