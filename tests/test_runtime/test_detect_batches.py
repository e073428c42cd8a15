"""Batches of images for a detector."""

import cv2
import pytest

from helpers.brightness_network import bright_boxes
from helpers.media import moving_images
from mmpose_addons_runtime.detect_batches import batches_of, find_here, find_on_cluster

IMAGES = [dict(id=number + 10, file_name=f'{number}.png') for number in range(10)]


def ids(batches):
    return [[image['id'] for image in batch] for batch in batches]


def test_batches_are_the_same_where_a_run_goes_on():
    every = [[10, 11, 12, 13], [14, 15, 16, 17], [18, 19]]
    assert ids(batches_of(IMAGES, 4, {}.__contains__)) == every
    assert ids(batches_of(IMAGES, 4, {10, 11, 12, 13}.__contains__)) == every[1:]
    assert ids(batches_of(IMAGES, 4, {10, 11, 13}.__contains__)) == [[12], *every[1:]]


@pytest.mark.parametrize('unit', [1, 6, 100])
def test_units_of_a_cluster_give_what_one_process_gives(tmp_path, monkeypatch, unit):
    monkeypatch.setattr('mmpose_addons_runtime.detect_batches.UNIT', unit)
    for number, image in enumerate(moving_images(9)):
        cv2.imwrite(str(tmp_path / f'{number}.png'), image)
    (tmp_path / '9.png').write_text('no image')
    batches = batches_of(IMAGES, 4, {}.__contains__)
    sizes = []

    def on_cluster(make, units):
        do = make()
        for batches_together in units:
            sizes.append(len(batches_together))
            yield do(batches_together)

    here = [image for found in find_here(bright_boxes, tmp_path, batches) for image in found]
    rows = find_on_cluster(on_cluster, lambda: bright_boxes, tmp_path, batches)
    there = [image for found in rows for image in found]
    assert sizes == {1: [1, 1, 1], 6: [2, 1], 100: [3]}[unit]
    assert [image for image, _ in there] == [image for image, _ in here] == [*range(10, 20)]
    assert '9.png is not a readable image' in here[9][1]
    assert there[9][1] == here[9][1]
    for (_, boxes), (_, others) in zip(here[:9], there[:9], strict=True):
        assert boxes == [tuple(box) for box in others]
