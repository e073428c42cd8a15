"""COCO annotations of people and results with errors of every kind, made by arithmetic."""

import copy
import io
import json
from contextlib import redirect_stdout
from typing import Any

import numpy as np

from mmpose_addons_fallbacks.coco_evaluation.coco import COCO
from mmpose_addons_fallbacks.coco_evaluation.cocoeval import COCOeval

FIELDS = dict(keypoints=17, foot_kpts=6, face_kpts=68, lefthand_kpts=21, righthand_kpts=21)
KEYPOINT_COUNTS = {  # type of evaluation -> keypoints that it compares
    'keypoints': 17,
    'keypoints_crowd': 17,
    'keypoints_body': 17,
    'keypoints_foot': 6,
    'keypoints_face': 68,
    'keypoints_lefthand': 21,
    'keypoints_righthand': 21,
    'keypoints_wholebody': 133,
}
# Type, use_area, `stats` of xtcocotools 1.14.3 times 10^7 for made_truth() and made_results()
_STATS = """
keypoints 1 1962405 2938886 1827875 4327243 1603124 5666667 7037037 5925926 5461539 6307692
keypoints 0 1933986 2938886 1932328 4189069 1598604 5629630 7037037 5925926 5384615 6307692
crowd 1 1960591 2881331 1856727 6041667 7500000 6250000 883000 3563000 5215000
crowd 0 1919148 2881331 1899358 6000000 7500000 6250000 883000 3351000 5214000
foot 1 1565365 2905851 1478993 4108039 1143458 4740741 6666667 4814815 5153846 4692308
foot 0 1574224 3437347 1398271 4091911 1147765 4777778 7407407 4814815 5153846 4769231
face 1 1186062 1981467 1021782 3712379 872862 4428571 6071429 4285714 4266667 5000000
face 0 1179587 1981467 1187954 3630818 863858 4428571 6071429 4642857 4266667 5000000
lefthand 1 1140963 2416820 908898 3026544 1125561 4333333 6296296 4074074 3769231 5230769
lefthand 0 1143207 2668245 908898 2952664 1114562 4333333 6666667 4074074 3769231 5230769
righthand 1 1775000 3048713 1716925 4238664 1344334 4750000 6785714 4642857 4642857 5230769
righthand 0 1849183 3209847 1481325 4384406 1400278 4928571 7142857 4285714 4785714 5461539
wholebody 1 1171218 2784059 869873 2580468 1069729 4300000 6666667 4000000 3800000 5142857
wholebody 0 1168654 2784059 854612 2519962 1086954 4300000 6666667 4000000 3800000 5142857
"""
RECORDED = {
    (kind, area == '1'): [int(value) * 1e-7 for value in stats]
    for kind, area, *stats in map(str.split, _STATS.strip().splitlines())
}
RECORDED.update({('body', area): RECORDED['keypoints', area] for area in (True, False)})
WIDTH, HEIGHT = 640, 480  # image px


def made_truth(images: int = 9, people: int = 4) -> dict[str, Any]:
    """People with all fields of a whole body; the last image is empty.

    Among them: the id 0, a crowd region, people without a visible keypoint (of the body or at
    all) or with hidden ones only, areas of every range, and images of every level of crowding.
    """
    annotations = []
    for number in range((images - 1) * people):
        image, person = divmod(number, people)
        width, height = 30 + 37 * ((number * 5) % 9), 40 + 31 * ((number * 7) % 8)
        left, top = 10 + 23 * person, 5 + 11 * image
        fields = {}
        for row, (field, count) in enumerate(FIELDS.items()):
            k = np.arange(count)
            x = left + width * ((7 * k + row) % (count + 2)) / (count + 2)
            y = top + height * ((5 * k + 3 * row) % (count + 3)) / (count + 3)
            seen = (k + number + row) % 3
            if number % 11 == 4 + row:
                seen[:] = 0
            if number % 11 == 7:
                seen = np.minimum(seen, 1)
            fields[field] = np.stack([x, y, seen], 1).ravel().tolist()
        annotations.append(
            dict(
                fields,
                id=number,
                image_id=image,
                category_id=1,
                bbox=[left, top, width, height],
                area=width * height * (0.4 + 0.1 * (number % 4)),
                iscrowd=int(number % 13 == 6),
                num_keypoints=sum(value == 2 for value in fields['keypoints'][2::3]),
            )
        )
    images = [
        dict(
            id=index,
            width=WIDTH,
            height=HEIGHT,
            crowdIndex=[0.1, 0.2, 0.5, 0.8, 0.9][index % 5],
        )
        for index in range(images)
    ]
    return dict(images=images, annotations=annotations, categories=[dict(id=1, name='person')])


def made_results(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """Whole-body results of most people, off by more and more pixels.

    Among them: equal scores, two results of one person, a result without keypoint scores,
    people in the wrong place, and more results of an image than are evaluated.
    """
    results = []
    for number, person in enumerate(truth['annotations']):
        copies = 25 if number == 2 else (1, 1, 2, 0, 1, 3)[number % 6]
        for copied in range(copies):
            moved = {}
            for field in FIELDS:
                points = np.reshape(person[field], (-1, 3)).astype(float)
                k = np.arange(len(points))
                error = 0.006 * person['bbox'][3] * (1 + number % 7 + 2 * copied)
                points[:, 0] += error * ((3 * k + number) % 5 - 2)
                points[:, 1] += error * ((2 * k + number + copied) % 3 - 1)
                if (number + copied) % 10 == 7:
                    points[:, :2] += 150
                points[:, 2] = 0 if (number, copied) == (8, 1) else 0.5
                moved[field] = points.ravel().tolist()
            score = ((17 * number + 5 * copied) % 12) / 12
            results.append(dict(moved, image_id=person['image_id'], category_id=1, score=score))
    return results


def sigmas_of(kind):
    """None for COCO's 17 keypoints; other parts get sigmas of three sizes."""
    count = KEYPOINT_COUNTS[kind]
    return None if count == 17 else np.array([0.02, 0.05, 0.1])[np.arange(count) % 3]


def evaluated(truth, results, *options, api=COCO, evaluation=COCOeval, folder=None, **change):
    """A finished evaluation, and `eval` as it was before the summary."""
    with redirect_stdout(io.StringIO()):
        if folder is None:
            index = api()
            index.dataset = copy.deepcopy(truth)
            index.createIndex()
        else:  # xtcocotools reads crowdIndex from the file
            (folder / 'truth.json').write_text(json.dumps(truth))
            index = api(str(folder / 'truth.json'))
        run = evaluation(index, index.loadRes(copy.deepcopy(results)), *options)
        for name, value in change.items():
            setattr(run.params, name, value)
        run.evaluate()
        run.accumulate()
        before = copy.deepcopy(run.eval)
        matches = copy.deepcopy(run.evalImgs)
        run.summarize()
    return run.stats, before, matches
