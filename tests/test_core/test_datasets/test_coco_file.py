"""COCO files that are read, and what is said of others."""

import json

import pytest

from mmpose_addons_core.datasets.coco_file import CocoFileError, read_json, read_records


@pytest.fixture
def write(tmp_path):
    def to_file(content):
        file = tmp_path / 'ann.json'
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return file

    return to_file


def test_records(write):
    images = [dict(id=1, file_name='a.jpg'), dict(id=2, file_name='b.jpg', width=3)]
    assert read_records(write(dict(images=images)), 'images', ['id', 'file_name']) == images
    assert read_records(write(images)) == images


@pytest.mark.parametrize(
    ('content', 'reason'),
    [
        ('', 'is not JSON: the file is empty'),
        ('{', 'is not JSON: Expecting property name'),
        ([], "expected a dictionary with 'images', got a list"),
        (dict(annotations=[]), "expected a dictionary with 'images', got a dict"),
        (dict(images={}), 'images must be a list, got a dict'),
        (dict(images=[dict(id=1)]), r"images\[0\] must have \['file_name'\], got {'id': 1}"),
        (dict(images=[3]), r'images\[0\] must have .*, got 3'),
    ],
)
def test_other_files_are_named(content, reason, write):
    file = write(content)
    with pytest.raises(CocoFileError, match=rf'ann\.json is not a COCO file: {reason}'):
        read_records(file, 'images', ['file_name'])


def test_missing_file(tmp_path):
    with pytest.raises(CocoFileError, match='cannot be read: No such file') as error:
        read_json(tmp_path / 'none.json')
    assert error.value.reason == 'cannot be read: No such file or directory'
