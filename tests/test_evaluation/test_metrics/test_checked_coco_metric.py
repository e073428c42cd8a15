import pytest
from mmpose.registry import METRICS

import mmpose_addons  # noqa: F401  registers
from helpers.coco_files import good_data, write_data
from mmpose_addons_core.datasets.coco_check import DatasetError


def build(ann_file=None, **values):
    return METRICS.build(dict(type='CheckedCocoMetric', ann_file=ann_file, **values))


def test_good_ground_truth_is_loaded(tmp_path):
    metric = build(write_data(tmp_path, good_data()), score_mode='bbox')
    assert sorted(metric.coco.anns) == [1, 2, 3]
    assert metric.score_mode == 'bbox'


def test_without_a_file_the_data_set_gives_it():
    assert build().coco is None


def test_broken_ground_truth_stops(tmp_path):
    data = good_data()
    data['annotations'][0]['keypoints'] += [1, 1, 2]
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError) as caught:
        build(path)
    assert f'{path}: 1 error in 3 records' in str(caught.value)
    assert 'annotation 1 (image 1, 1.jpg): keypoints has 54 numbers' in str(caught.value)


def test_area_is_needed_only_where_it_is_used(tmp_path):
    data = good_data()
    del data['annotations'][2]['area']
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError, match='area is missing'):
        build(path)
    assert build(path, use_area=False).use_area is False
    assert build(path, check_tolerate=['area']).use_area is True


def test_formatting_needs_no_annotations(tmp_path):
    data = good_data()
    del data['annotations']
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError, match="no 'annotations' among its keys"):
        build(path)
    formatting = build(path, format_only=True, outfile_prefix=str(tmp_path / 'out'))
    assert formatting.format_only
