"""Keypoints that a person will correct."""

import json

import pytest

from mmpose_addons_core.datasets.keypoint_drafts import Drafts, read_drafts

NAMES = ['nose', 'tail']
POINTS = [10, 20, 2, 30, 40, 1]
IMAGES = [dict(id=i, file_name=name, width=60, height=40) for i, name in enumerate('ab')]


@pytest.fixture
def read(tmp_path):
    """Reads drafts of the images /frames/a and /frames/b, with changes of the content."""

    def of(annotations, **changes):
        images = [dict(id=7, file_name='/frames/a'), dict(id=8, file_name='/frames/b')]
        file = tmp_path / 'drafts.json'
        content = dict(images=images, annotations=annotations) | changes
        file.write_text(json.dumps(content))
        return read_drafts(file, NAMES, IMAGES)

    return of


def test_drafts_by_the_names_of_the_images(read):
    other = [1, 2, 0, 3, 4, 0]
    of_unknown = dict(image_id=9, keypoints=POINTS)
    drafts = read([dict(image_id=8, keypoints=POINTS), of_unknown])
    assert drafts == Drafts({'b': POINTS})
    # as of boxes, the last one of an image is used
    drafts = read([dict(image_id=7, keypoints=points) for points in (POINTS, POINTS, other)])
    assert drafts == Drafts({'a': other}, left_out=2, first='a')


@pytest.mark.parametrize(
    ('place', 'value', 'message'),
    [
        (0, float('nan'), r'keypoints\[0\] is nan'),
        (4, float('inf'), r'keypoints\[4\] is inf'),
        (0, -61, r'keypoint 0 at \(-61, 20\), far outside the 60 x 40 image'),
        (4, 101, r'keypoint 1 at \(30, 101\), far outside the 60 x 40 image'),
        (2, 7, 'keypoint 0 has visibility 7, expected 0, 1 or 2'),
        (5, -1, 'keypoint 1 has visibility -1, expected 0, 1 or 2'),
        (0, -60, ''),
        (4, 100, ''),
    ],
)
def test_values(read, place, value, message):
    """A crop of the network reaches as far as the image's longer side, not farther."""
    changed = [*POINTS]
    changed[place] = value
    annotations = [dict(image_id=8, keypoints=POINTS), dict(image_id=7, keypoints=changed)]
    if not message:
        assert read(annotations).keypoints == {'a': changed, 'b': POINTS}
        return
    with pytest.raises(
        ValueError, match=rf'annotations\[1\] of image 7 \(/frames/a\): {message}'
    ):
        read(annotations)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (
            dict(categories=[dict(id=1, name='cow', keypoints=['tail', 'nose'])]),
            r"json: category 1 \(cow\): expected the 2 .* keypoint 0: .*'nose', got 'tail'",
        ),
        (
            dict(images=[dict(id=7, file_name='x/a'), dict(id=7, file_name='b')]),
            r'images\[1\] .*: id 7 is also that of image 7 \(x/a\)',
        ),
        (
            dict(images=[dict(id=7, file_name='x/a'), dict(id=8, file_name='y/a')]),
            r"annotations\[1\] of image 8 \(y/a\): image 7 \(x/a\) also has the name of 'a'",
        ),
        (dict(annotations=[dict(image_id='7')]), 'image_id must be a whole number'),
        (dict(annotations=[dict(image_id=7)]), 'keypoints must be a list of 6 numbers'),
        (dict(annotations={}), "'annotations' must be a list"),
    ],
)
def test_files_that_are_not_usable(read, changes, message):
    annotations = [dict(image_id=7, keypoints=POINTS), dict(image_id=8, keypoints=POINTS)]
    with pytest.raises(ValueError, match=message):
        read(**(dict(annotations=annotations) | changes))
