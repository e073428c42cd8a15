"""Poses as COCO results."""

from typing import Any

import numpy as np

from .people import People


def coco_results(
    people: People, image_id: int, category_id: int | str = 1
) -> list[dict[str, Any]]:
    """Return the people of an image in COCO's form of results, plain numbers, ready for JSON.

    Args:
        people: N.
        image_id: Of the image.
        category_id: COCO's, 1 for people.

    Returns:
        For each person ``image_id``, ``category_id``, ``keypoints`` (x, y, score for each
        keypoint), ``score``, ``bbox`` (x, y, w, h); ``track_id`` where there are tracks.
        Coordinates are image px.
    """
    results = []
    for i in range(len(people)):
        x1, y1, x2, y2 = (float(value) for value in people.bboxes[i])
        pose = np.column_stack((people.keypoints[i], people.keypoint_scores[i]))
        result = dict(
            image_id=int(image_id),
            category_id=category_id,
            keypoints=[round(value, 3) for value in pose.astype(float).flatten().tolist()],
            score=float(people.pose_scores[i]),
            bbox=[round(value, 3) for value in (x1, y1, x2 - x1, y2 - y1)],
        )
        if people.track_ids is not None:
            result['track_id'] = int(people.track_ids[i])
        results.append(result)
    return results
