import pytest
from xtcocotools.cocoeval import COCOeval

from mmpose_addons.apis.coco_index import average_precision, coco_index, quiet_coco

CONTENT = dict(
    images=[dict(id=7, width=50, height=40)],
    categories=[dict(id=1, name='person')],
    annotations=[
        dict(id=1, image_id=7, category_id=1, bbox=[1, 2, 10, 20], area=200, iscrowd=0)
    ],
)


def test_an_index_and_its_evaluation_print_nothing(capsys):
    index = coco_index(CONTENT)
    assert index.getImgIds() == [7]
    result = dict(image_id=7, category_id=1, bbox=[1, 2, 10, 20], score=0.5)
    with quiet_coco():
        evaluation = COCOeval(index, index.loadRes([result]), 'bbox')
    found = average_precision(evaluation, recall=8)
    assert found == pytest.approx(dict(AP=1, AP50=1, AR=1))
    assert capsys.readouterr().out == ''
