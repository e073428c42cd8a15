"""Frames and images of a COCO file by names and folders."""

import json

import pytest

from mmpose_addons.apis.frames import InputError
from mmpose_addons.apis.image_ids import image_ids_of, read_image_ids
from mmpose_addons.apis.sources import Source, find_sources


def ids_of(paths, ids):
    return image_ids_of([Source(path) for path in paths], ids)


def test_folders_tell_equal_names_apart():
    ids = {'cam1/0.png': 100, 'cam2/0.png': 200, 'cam2/1.png': 201, '0.png': 7}
    assert ids_of(['/data/cam2/0.png', '/data/cam1/0.png'], ids) == [200, 100]
    assert ids_of(['/data/cam3/0.png'], ids) == [7]


def test_names_that_are_unique_need_no_folders():
    assert ids_of(['photos/a.png', 'photos/b.png'], {'x/a.png': 1, 'y/b.png': 2}) == [1, 2]


@pytest.mark.parametrize(
    ('paths', 'ids', 'message'),
    [
        (['other/0.png'], {'cam1/0.png': 1, 'cam2/0.png': 2}, r'could be each of 2 images'),
        (['a/0.png', 'b/0.png'], {'cam/0.png': 1}, r'could be each of 1 images'),
        (['x/c.png'], {'a.png': 1}, r'x/c.png is no image of the COCO file'),
        (['a.png', 'd/a.png'], {'a.png': 1}, r'd/a.png and a.png are both image 1'),
    ],
)
def test_what_is_not_clear_is_refused(paths, ids, message):
    with pytest.raises(InputError, match=message):
        ids_of(paths, ids)


def test_videos_are_no_images():
    with pytest.raises(InputError, match=r'v.mp4 has frames'):
        image_ids_of([Source('v.mp4', kind='video')], {'v.mp4': 1})


@pytest.mark.parametrize(
    ('images', 'message'),
    [
        ([dict(id=1, file_name='a'), dict(id=2, file_name='a')], "'a' has the ids 1 and 2"),
        ([dict(id='1', file_name='a')], "whole number, got '1'"),
        ([dict(id=True, file_name='a')], 'whole number, got True'),
    ],
)
def test_ids_of_a_file(tmp_path, images, message):
    (tmp_path / 'ann.json').write_text(json.dumps(dict(images=images)))
    with pytest.raises(InputError, match=message):
        read_image_ids(tmp_path / 'ann.json')


def test_windows_paths(tmp_path):
    images = [dict(id=3, file_name='cam1\\a.png')]
    (tmp_path / 'ann.json').write_text(json.dumps(dict(images=images)))
    assert read_image_ids(tmp_path / 'ann.json') == {'cam1/a.png': 3}


def test_handed_cameras(cases, monkeypatch):
    monkeypatch.chdir(cases / 'same_names')
    ids = read_image_ids(cases / 'same_names/ann.json')
    sources, _ = find_sources(['cam1', 'cam2'])
    assert image_ids_of(sources, ids) == [100, 101, 102, 200, 201, 202]
