"""Frames and images of a COCO file by names and folders."""

import json

import pytest
from PIL import Image

from mmpose_addons_runtime.frames import InputError
from mmpose_addons_runtime.image_ids import check_sizes, image_ids_of, read_image_ids
from mmpose_addons_runtime.sources import Source, find_sources


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
        ([dict(id=i, file_name='a') for i in (1, 2)], "2 has the file_name of image 1, 'a'"),
        ([dict(id=1, file_name='a\0')], 'file_name must be a text'),
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


def test_sizes_must_be_those_of_the_file(tmp_path, run_command):
    Image.new('RGB', (40, 30)).save(tmp_path / 'a.png')
    records = [dict(id=3, file_name='a.png', width=40, height=30)]
    (tmp_path / 'ann.json').write_text(json.dumps(dict(images=records)))
    sources = [Source(str(tmp_path / 'a.png'))]
    check_sizes(sources, [3], tmp_path / 'ann.json')
    records[0]['width'] = 30
    (tmp_path / 'ann.json').write_text(json.dumps(dict(images=records)))
    with pytest.raises(InputError, match=r'ann\.json: image 3 .* 40 x 30 px, got 30 x 30'):
        check_sizes(sources, [3], tmp_path / 'ann.json')
    command = ['infer', tmp_path / 'a.png', '--pose', 'x', 'x', '--out', tmp_path / 'out']
    status, _, errors = run_command(*command, '--ann', tmp_path / 'ann.json')
    assert (status, 'got 30 x 30' in errors) == (2, True), errors


@pytest.mark.parametrize('change', [dict(id=-1), dict(id=2**64), dict(file_name=[1])])
def test_records_without_a_usable_id_or_name(tmp_path, change):
    record = dict(dict(id=3, file_name='a.png'), **change)
    (tmp_path / 'ann.json').write_text(json.dumps(dict(images=[record])))
    with pytest.raises(InputError, match=r'ann\.json: images\[0\]: .* must be a'):
        read_image_ids(tmp_path / 'ann.json')
