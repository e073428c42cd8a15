"""Read keypoint results of COCO's layout: a list of image_id, category_id, keypoints, score."""

from collections.abc import Collection
from os import PathLike
from typing import Any

from ..message_texts import short
from .coco_file import CocoFileError, read_records
from .coco_values import are_numbers, is_id, is_nested_too_deep


def read_keypoint_results(
    file: str | PathLike, image_ids: Collection[int], num_keypoints: int
) -> list[dict[str, Any]]:
    """Read the results of a file, all of them whole.

    Args:
        file: JSON.
        image_ids: of the images that may have results.
        num_keypoints: that each result has, (x, y, score) each.

    Raises:
        CocoFileError: the file or one of its records is not what it should be.
    """
    results = read_records(file, fields=['image_id', 'keypoints'])
    for index, result in enumerate(results):
        if is_nested_too_deep(result):
            raise CocoFileError(file, f'results[{index}] is nested too deep')
        image_id, keypoints = result['image_id'], result['keypoints']
        where = f'results[{index}] (image {short(image_id)})'
        if not is_id(image_id) or image_id not in image_ids:
            raise CocoFileError(file, f'{where}: the annotations have no such image')
        if not isinstance(keypoints, list) or not are_numbers(keypoints):
            value = f'keypoints must be numbers, got {short(keypoints)}'
            raise CocoFileError(file, f'{where}: {value}')
        if len(keypoints) != 3 * num_keypoints:
            value = f'keypoints must be {num_keypoints} times x, y, score, got '
            raise CocoFileError(file, f'{where}: {value}{len(keypoints)} numbers')
        score = result.get('score', 0)
        if not are_numbers([score]):
            raise CocoFileError(file, f'{where}: score must be a number, got {short(score)}')
    return results
