"""The page of adapt and train --labelled."""

import json
import re

import cv2
import numpy as np
import pytest

from mmpose_addons.training_run.predictions import read_predictions
from mmpose_addons.visualization.box_crop import CELL, box_crop
from mmpose_addons.visualization.prediction_gallery import Prediction, Skeleton, best_and_worst
from mmpose_addons.visualization.training_curves import curves_svg, read_curves
from mmpose_addons.visualization.training_report import ReportContent, training_report, verdict

SKELETON = Skeleton([[0, 1]], ['', 'left'])


def scalars(folder, start, records):
    file = folder / start / 'vis_data/scalars.json'
    file.parent.mkdir(parents=True)
    file.write_text('\n'.join(map(json.dumps, records)) + '\n{"cut off by a ki')


def test_curves_of_a_resumed_training_repeat_nothing(tmp_path):
    steps = [dict(loss=9.0 - i, iter=i, epoch=1) for i in range(1, 6)]
    val = {'0.1/PCK': 0.25, '0.05/PCK': 0.125, 'step': 1}
    scalars(tmp_path, '20260101_000000', [*steps[:3], val, *steps[3:]])
    resumed = [dict(loss=1.0, iter=4, epoch=2), {**val, '0.1/PCK': 0.5}]
    scalars(tmp_path, '20260102_000000', resumed)
    curves = read_curves(tmp_path)
    assert curves.loss == [(1, 8.0), (2, 7.0), (3, 6.0), (4, 1.0)]
    assert curves.scores['0.1/PCK'] == [(3, 0.25), (4, 0.5)]


def test_charts_are_left_out_without_numbers(tmp_path):
    scalars(tmp_path, '20260101_000000', [dict(loss=1.0, iter=1)])
    curves = read_curves(tmp_path)
    assert len(curves_svg(curves, None, None)) == 1
    assert len(curves_svg(curves, None, {'0.05/PCK': 0.5, '0.1/PCK': 0.6})) == 1
    both = {'0.05/PCK': 0.5, '0.1/PCK': 0.6}
    assert all(chart.startswith('<svg') for chart in curves_svg(curves, both, both))
    assert len(curves_svg(curves, both, both)) == 2
    assert curves_svg(read_curves(tmp_path / 'nothing'), None, None) == []


@pytest.fixture
def found(tmp_path):
    """Five predictions with errors of 0, 2, ... 8 px in a box of 40 px; one has no image."""
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((80, 80, 3), 200, np.uint8))
    truth = np.array([[30.0, 40.0], [50.0, 40.0]])
    return [
        Prediction(
            tmp_path / ('gone.png' if number == 4 else 'a.png'),
            np.array([20.0, 20.0, 60.0, 60.0]),
            truth,
            np.array([True, number != 1]),
            truth + [2.0 * number, 0],
        )
        for number in (3, 0, 4, 1, 2)
    ]


def test_best_and_worst_do_not_overlap(found):
    rows = best_and_worst(found, SKELETON, 6)
    captions = {name: [p.caption for p in row] for name, row in rows.items()}
    errors = {
        name: [re.search(r'[\d.]+%', caption)[0] for caption in row]
        for name, row in captions.items()
    }
    assert errors == {'Best': ['0.0%', '5.0%', '10.0%'], 'Worst': ['20.0%', '15.0%']}
    assert [picture.jpeg is None for picture in rows['Worst']] == [True, False]
    assert len(best_and_worst(found, SKELETON, 1)['Best']) == 1
    assert best_and_worst([], SKELETON, 6) == {}


def test_a_crop_keeps_points_at_their_places():
    image = np.zeros((100, 100, 3), np.uint8)
    image[40, 60] = 255
    crop, [point] = box_crop(image, np.array([40, 20, 40, 40]), np.array([[60.0, 40.0]]))
    np.testing.assert_allclose(point, [[CELL / 2, CELL / 2]])
    y, x = np.unravel_index(crop[..., 0].argmax(), crop.shape[:2])
    np.testing.assert_allclose([x, y], point[0], atol=CELL / 60)
    whole, _ = box_crop(image, np.array([0, 0, 100, 100]))
    assert whole.shape == (CELL, CELL, 3)


def test_the_page_needs_no_other_file_and_escapes_names():
    content = ReportContent(
        title='run <b>',
        lines=['1 labelled instance of "x" & y'],
        scores={'val': {'after': {'0.05/PCK': 0.5, '0.1/PCK': 0.75, 'EPE': 3.21}}},
        commands=[('Poses', "mmpose-addons infer 'my video.mp4'")],
    )
    page = training_report(content)
    assert 'run &lt;b&gt;' in page
    assert '<td>75.0 %</td>' in page
    assert 'infer &#39;my video.mp4&#39;' in page
    assert 'width=device-width' in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert 'Nothing to test on' in training_report(ReportContent('a', [], {}))


@pytest.mark.parametrize(
    ('part', 'after', 'said'),
    [
        ('test', 0.6, 'On the images of --test, PCK@0.1 has risen by 10.0 points.'),
        ('test', 0.4, 'has fallen by 10.0 points: keep the network before it.'),
        ('val', 0.5, 'is the same as before. Only labelled images of the new kind (--test)'),
    ],
)
def test_the_verdict(part, after, said):
    assert said in verdict({part: {'before': {'0.1/PCK': 0.5}, 'after': {'0.1/PCK': after}}})


def test_predictions_without_labels_are_left_out(tmp_path):
    record = dict(image='a.png', box=[0, 0, 9, 9], truth=[[1, 1]], predicted=[[2, 2]])
    records = [record | dict(labelled=[True]), record | dict(labelled=[False])]
    (tmp_path / 'p.json').write_text(json.dumps(records))
    assert len(read_predictions(tmp_path / 'p.json')) == 1
    assert read_predictions(tmp_path / 'gone.json') == []
