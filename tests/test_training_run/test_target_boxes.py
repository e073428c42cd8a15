"""Boxes of picked frames by a detector."""

import json

import cv2
import numpy as np
import pytest

from mmpose_addons.apis.detector import Boxes
from mmpose_addons.training_run.target_boxes import (
    check_names,
    of_detector,
    of_file,
    read_target_boxes,
    whole_frames,
)
from mmpose_addons_core.training_plan import PlanError
from mmpose_addons_runtime.sources import find_sources


class BrightBoxes:
    """Finds the bright parts of an image; the left one is the surest."""

    def __call__(self, images):
        found = []
        for image in images:
            lit = (image[..., 0] > 128).astype(np.uint8)
            stats = cv2.connectedComponentsWithStats(lit)[2][1:]
            corners = [(x, y, x + w, y + h) for x, y, w, h, _ in sorted(stats.tolist())]
            scores = np.linspace(0.9, 0.5, len(corners)).astype(np.float32)
            found.append(Boxes(np.array(corners, np.float32).reshape(-1, 4), scores))
        return found


@pytest.fixture
def folder(tmp_path):
    for number, boxes in enumerate([[(8, 8)], [], [(8, 8), (40, 16)]]):
        image = np.zeros((64, 64, 3), np.uint8)
        for x, y in boxes:
            image[y : y + 16, x : x + 8] = 255
        file = tmp_path / f'clip/{number:06}.jpg'
        file.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(file), image, [cv2.IMWRITE_JPEG_QUALITY, 100])
    return tmp_path


@pytest.mark.parametrize('several', [False, True])
def test_frames_without_an_animal_have_no_box(folder, several):
    found = of_detector(BrightBoxes(), several)(folder)
    assert found['clip/000000.jpg'] == [[8, 8, 8, 16]]
    assert found['clip/000002.jpg'] == [[8, 8, 8, 16], [40, 16, 8, 16]][: 1 + several]
    assert len(found) == 2
    assert whole_frames(folder) is None


def test_a_file_may_have_boxes_of_frames_that_were_not_picked(folder, tmp_path):
    file = tmp_path / 'boxes.json'
    file.write_text(json.dumps({'clip/000002.jpg': [1, 2, 3, 4], 'clip/000009.jpg': []}))
    assert of_file(file)(folder) == {'clip/000002.jpg': [1, 2, 3, 4]}
    file.write_text(json.dumps({'000002.jpg': [1, 2, 3, 4]}))
    with pytest.raises(PlanError, match=r"such as 'clip/00000\d\.jpg', .* is '000002\.jpg'"):
        of_file(file)(folder)


def test_frames_with_an_empty_list_have_no_box(folder, tmp_path):
    file = tmp_path / 'boxes.json'
    boxes = {'clip/000000.jpg': [], 'clip/000002.jpg': [[1, 2, 3, 4], [5, 6, 7, 8]]}
    file.write_text(json.dumps(boxes))
    assert of_file(file)(folder) == {'clip/000002.jpg': [[1, 2, 3, 4], [5, 6, 7, 8]]}


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{"clip/000000.jpg": [1, 2, 5, NaN]}', 'above 0 px, got [1, 2, 5, nan]'),
        ('{"clip/000000.jpg": [1, 2, 5, -5]}', 'above 0 px, got [1, 2, 5, -5]'),
        ('{"clip/000000.jpg": [[1, 2, 5, 5], [1, 2, 0, 5]]}', 'above 0 px, got [1, 2, 0, 5]'),
        ('{"clip/000000.jpg": [[1, 2, 5, 5], 7]}', 'above 0 px, got [[1, 2, 5, 5], 7]'),
        ('{"clip/000000.jpg": null}', "'clip/000000.jpg' must be [x, y, width, height], "),
        ('{"clip/000000.jpg": [1, 2, 5]}', 'above 0 px, got [1, 2, 5]'),
        ('[]', 'must be a JSON object of boxes by file name, got list'),
        ('{"clip', 'is not JSON'),
    ],
)
def test_a_file_of_something_else(tmp_path, text, message):
    file = tmp_path / 'boxes.json'
    file.write_text(text)
    with pytest.raises(ValueError, match=r'boxes\.json') as error:
        read_target_boxes(file)
    assert str(error.value).startswith(str(file))
    assert message in str(error.value)


def test_names_of_other_videos(folder, tmp_path):
    file = tmp_path / 'boxes.json'
    sources = find_sources([folder / 'clip'])[0]
    file.write_text(json.dumps({'a.jpg': [1, 2, 3, 4], 'clip/000007.jpg': [1, 2, 3, 4]}))
    check_names(file, sources)
    file.write_text(json.dumps({'a.jpg': [1, 2, 3, 4], 'other/000000.jpg': [1, 2, 3, 4]}))
    with pytest.raises(PlanError, match=r"as 'clip/000000\.jpg', got none; .* is 'a\.jpg'"):
        check_names(file, sources)
    file.write_text('{}')
    with pytest.raises(PlanError, match=r"as 'clip/000000\.jpg', got none$"):
        check_names(file, sources)
