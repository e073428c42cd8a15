"""Metadata of detectors, and how the kinds of files are told apart."""

import json

import pytest

from mmpose_addons_core.onnx_files import DetectorMetadata, kind_of

ABOUT = DetectorMetadata(
    classes=('cat', 'person'),
    input_size=(64, 48),
    score_threshold=0.05,
    nms_threshold=0.65,
    max_boxes=100,
    batch_size=None,
    precision='int8',
    architecture='RTMDet',
)


def test_metadata_survive_the_file():
    text = ABOUT.to_json()
    assert kind_of(text) == 'detector'
    assert DetectorMetadata.from_json(text) == ABOUT


def test_files_without_kind_are_poses():
    assert kind_of('{"meta": {}, "input_size": [48, 64]}') == 'pose'


@pytest.mark.parametrize('text', ['', '[]', '3', '{}', '{"kind": 3}', 'other'])
def test_what_is_no_metadata(text):
    with pytest.raises(ValueError, match='expected metadata of a network, got'):
        kind_of(text)


@pytest.mark.parametrize(
    ('field', 'value', 'reason'),
    [
        ('classes', 3, 'classes must be a list of names, got 3'),
        ('classes', 'person', "classes must be a list of names, got 'person'"),
        ('classes', [], 'number_of_classes must be a whole number of at least 1, got 0'),
        ('input_size', [64], 'not enough values'),
        (
            'input_size',
            [64, 0],
            r'input_size must be a width and a height in px, got \(64, 0\)',
        ),
        ('score_threshold', 'high', 'could not convert'),
        ('score_threshold', float('nan'), 'score_threshold must be a finite number, got nan'),
        ('batch_size', 0, 'batch_size must be a whole number of at least 1, got 0'),
        ('max_boxes', 'all', 'invalid literal'),
    ],
)
def test_wrong_fields(field, value, reason):
    text = json.dumps(json.loads(ABOUT.to_json()) | {field: value})
    with pytest.raises(ValueError, match=rf'expected metadata of a detector \({reason}.*, got'):
        DetectorMetadata.from_json(text)


def test_a_missing_field_and_another_kind():
    about = json.loads(ABOUT.to_json())
    with pytest.raises(ValueError, match="kind 'detector', got one of kind 'pose'"):
        DetectorMetadata.from_json(json.dumps(about | dict(kind='pose')))
    del about['version']
    with pytest.raises(ValueError, match=r'a detector \(version is missing\), got'):
        DetectorMetadata.from_json(json.dumps(about))
    with pytest.raises(ValueError, match=r"x\.\.\.'$") as raised:  # the text is cut off
        DetectorMetadata.from_json(json.dumps(dict(kind='detector', classes=['x' * 1000])))
    assert len(str(raised.value)) < 400
