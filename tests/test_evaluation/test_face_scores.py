"""The arithmetic behind FaceLandmarkMetric, without MMEngine."""

import numpy as np
import pytest

from mmpose_addons.evaluation.face_scores import Faces, face_scores, judge_faces, list_faces

FACE = np.array([[0.0, 0], [10, 0], [5, 5], [5, 10]])


def faces(*predicted, box=(0, 0, 9, 4)):
    count = len(predicted)
    return Faces(
        predicted=np.stack(predicted),
        truth=np.tile(FACE, (count, 1, 1)),
        visible=np.ones((count, 4), bool),
        box=np.tile(np.array(box, float), (count, 1)),
    )


@pytest.mark.parametrize(
    ('norm', 'ends', 'length'),
    [('box', None, 6), ('predicted_extent', None, 10), ('', ([0], [1]), 10)],
)
def test_errors_are_shares_of_the_length(norm, ends, length):
    judged = judge_faces(faces(FACE + (3, 0), FACE), norm, ends)
    np.testing.assert_allclose(judged.errors, [3 / length, 0], rtol=0, atol=1e-12)
    reasons = *judged.left_out.values(), *judged.lost.values()
    assert not np.any(reasons)


def test_faults_of_truth_and_prediction_are_told_apart():
    lost = judge_faces(faces(np.full((4, 2), np.nan), FACE), '', ([0], [1]))
    assert lost.errors.tolist() == [np.inf, 0]
    assert lost.lost['the prediction is not finite'].tolist() == [True, False]
    empty_box = judge_faces(faces(FACE, box=(3, 3, 3, 9)), 'box')
    assert np.isnan(empty_box.errors).all()
    assert empty_box.left_out['the length is 0 or not finite'].tolist() == [True]


def test_weights_count_in_the_mean_only():
    errors = np.array([0.02, 0.2])
    scores = face_scores(errors, np.array([3, 1]), [0.1])
    assert scores['NME'] == pytest.approx(0.065)
    assert scores['FR@0.1'] == 0.5


def test_a_long_list_is_cut_and_each_face_has_one_reason():
    every = np.ones(12, bool)
    first = np.arange(12) == 0
    text = list_faces('lost', {'blurred': first, 'dark': every}, every, [*'abcdefghijkl'])
    assert text.splitlines() == [
        '12 of 12 faces are lost:',
        'blurred: 1: a',
        'dark: 11: b, c, d, e, f, g, h, i, j, k and 1 more',
    ]
    assert list_faces('lost', {'dark': every}, ~every, [*'abcdefghijkl']) == ''
