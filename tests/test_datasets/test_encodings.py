"""Annotations in UTF-16 or with a byte order mark, as tools on Windows write them."""

import contextlib
import io
import json

import pytest

from helpers.coco_files import people_apart, write_images
from helpers.perfect_poses import build_dataset, perfect_ap
from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import CocoFileError, plain_json, read_json
from mmpose_addons_fallbacks.coco_evaluation.coco import COCO


@pytest.fixture(params=['utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-32'])
def encoding(request):
    return request.param


@pytest.fixture
def ann(tmp_path, encoding):
    data = people_apart()
    write_images(tmp_path, data)
    data['info'] = 'Mäuse'
    file = tmp_path / 'ann.json'
    file.write_text(json.dumps(data, ensure_ascii=False), encoding)
    boxes = [
        {key: person[key] for key in ('image_id', 'category_id', 'bbox')} | dict(score=0.5)
        for person in data['annotations']
    ]
    (tmp_path / 'boxes.json').write_text(json.dumps(boxes), encoding)
    return file


@pytest.mark.parametrize('named', [True, False])
def test_training_and_evaluation(ann, tmp_path, named, encoding):
    report = check_coco_keypoints(ann, tmp_path, evaluation=True)
    assert not report.errors
    kinds = [problem.kind for problem in report.problems]
    assert ('encoding' in kinds) == (encoding != 'utf-8')
    assert len(build_dataset(ann, tmp_path)) == 4
    config = dict(type='CheckedCocoMetric', ann_file=str(ann) if named else None)
    boxes = str(tmp_path / 'boxes.json')
    assert perfect_ap(ann, tmp_path, config) == pytest.approx(1)
    assert perfect_ap(ann, tmp_path, config, bbox_file=boxes) == pytest.approx(1)


def test_index_without_xtcocotools(ann, tmp_path):
    with contextlib.redirect_stdout(io.StringIO()):
        index = COCO(str(ann))
        found = index.loadRes(str(tmp_path / 'boxes.json'))
    assert (len(index.anns), len(found.anns), index.dataset['info']) == (4, 4, 'Mäuse')


def test_plain_copy(ann, encoding):
    with plain_json(ann) as plain:
        assert (plain == str(ann)) == (encoding == 'utf-8')
        with open(plain, encoding='utf-8') as stream:
            assert json.load(stream) == read_json(ann)


def test_other_bytes_are_refused(tmp_path):
    for content in (b'\xff\xfe\x00', b'{"a": "\xe9"}', b'\xef\xbb\xbf', b'\x00\x00'):
        (tmp_path / 'a.json').write_bytes(content)
        with pytest.raises(CocoFileError, match=r'a\.json is not a COCO file: is not JSON'):
            read_json(tmp_path / 'a.json')
