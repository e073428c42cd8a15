"""Annotation files as tools and people write them, after reports of users."""

import pytest
from mmpose.registry import DATASETS

from helpers.perfect_poses import build_dataset, perfect_ap
from mmpose_addons_core.datasets.coco_check import DatasetError, check_coco_keypoints

UNLABELLED = dict(
    kind='UnlabelledCocoDataset', metainfo=dict(from_file='configs/_base_/datasets/coco.py')
)


@pytest.mark.parametrize(
    'name',
    [
        *('plain', 'bom', 'cat0', 'cat9', 'roboflow', 'two_categories', 'crowd_rle'),
        *('cvat_track', 'halpe3', 'unannotated', 'floats', 'no_skeleton'),
    ],
)
def test_perfect_poses_have_ap_1(cases, name):
    ann = cases / f'annotations/{name}.json'
    assert perfect_ap(ann, cases / 'images') == pytest.approx(1)


@pytest.mark.parametrize('boxes', ['boxes_cat9', 'boxes_cat9_as9', 'boxes_plain'])
def test_detected_boxes_of_any_category(cases, boxes):
    file = str(cases / f'annotations/{boxes}.json')
    ann = cases / 'annotations/cat9.json'
    assert perfect_ap(ann, cases / 'images', bbox_file=file) == pytest.approx(1)


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('no_area_iscrowd', r'annotation 1 \(image 1, 000000.jpg\): area is missing'),
        ('kp_null', 'keypoints must be a list of 51 numbers, got None'),
        ('string_ids', r"images\[0\] \(image '1', .* 2\^63 - 1, got '1'"),
        ('uuid_ids', "got 'img-1'"),
        ('strings', "got '256' x '256'"),
        ('dup_image_id', 'id 1 is also that of image 1'),
        ('windows', 'has backslashes, write images/000000.jpg'),
    ],
)
def test_other_files_are_refused_before_work(cases, name, message):
    ann = cases / f'annotations/{name}.json'
    with pytest.raises(DatasetError, match=message) as caught:
        build_dataset(ann, cases / 'images', test_mode=True)
    assert str(ann) in str(caught.value)


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('id_text', "annotation '442619' .* got '442619'"),
        ('id_mixed', "got '198196'"),
        ('id_uuid', "got 'p442619'"),
        ('id_big', 'got 9223372036854775813'),
        ('id_minus_1', 'annotation -1 .* got -1'),
        ('iscrowd_list', r'iscrowd must be 0 or 1, got \[\]'),
        ('iscrowd_nan', 'iscrowd must be 0 or 1, got nan'),
        ('iscrowd_null', 'iscrowd must be 0 or 1, got None'),
        ('iscrowd_text0', "iscrowd must be 0 or 1, got '0'"),
        ('iscrowd_text_false', "iscrowd must be 0 or 1, got 'false'"),
        ('null', 'expected a dictionary, got a NoneType'),
        ('no_categories', "'categories' is empty"),
        ('all_invisible', 'none of 5 annotations has a visible keypoint'),
    ],
)
def test_values_that_failed_after_the_test_pass(cases, name, message):
    ann = cases / f'annotation_values/{name}.json'
    for evaluation in (False, True):
        report = check_coco_keypoints(ann, evaluation=evaluation)
        assert report.errors, evaluation
    with pytest.raises(DatasetError, match=message):
        report.raise_for_errors()


@pytest.mark.parametrize('name', ['base', 'ids_from_0', 'two_categories_other_k'])
def test_odd_values_that_are_right(cases, sample_data, name):
    ann = cases / f'annotation_values/{name}.json'
    assert perfect_ap(ann, sample_data / 'coco') == pytest.approx(1)


@pytest.mark.parametrize(
    ('name', 'samples', 'message'),
    [
        ('unl_whole', 7, ''),
        ('unl_no_bbox', 6, ''),
        ('unl_box_outside', 6, ''),
        ('unl_box_null', 0, r'bbox must be \[x, y, width, height\], got None'),
        ('unl_box_nan', 0, r'bbox\[0\] is nan'),
        ('unl_dup_ids', 0, r'annotations\[1\] has the id of annotations\[0\]'),
        ('unl_dup_two', 0, r'annotations\[1\] has the id of annotations\[0\]'),
        ('unl_dup_image', 0, 'id 1 is also that of image 1'),
        ('unl_image_id_text', 0, "image_id must be .* got '1'"),
        ('unl_no_category', 0, 'category_id must be a number, got None'),
        ('unl_category_2', 0, 'category_id is 2, not one of 1'),
        ('unl_no_width', 0, 'got None x 256'),
        ('unl_trunc', 0, 'is not JSON'),
        ('unl_unknown_image', 0, 'no image has the id 999'),
    ],
)
def test_unlabelled_sets(cases, name, samples, message):
    ann = cases / f'annotation_values/{name}.json'
    if not message:
        assert len(build_dataset(ann, cases / 'images', **UNLABELLED)) == samples
        return
    with pytest.raises(DatasetError, match=message) as caught:
        build_dataset(ann, cases / 'images', **UNLABELLED)
    assert f'{ann}' in str(caught.value)
    assert '--unlabelled` prints all' in str(caught.value)


def test_unlabelled_set_without_keypoint_names(cases):
    with pytest.raises(ValueError, match='needs the metainfo of the source'):
        DATASETS.build(
            dict(
                type='UnlabelledCocoDataset',
                ann_file=str(cases / 'annotation_values/base.json'),
                data_prefix=dict(img=str(cases / 'images')),
                pipeline=[],
            )
        )
