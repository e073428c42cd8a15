"""FaceLandmarkMetric through MMEngine's evaluator: values, subsets, bad faces, files."""

import json

import cv2
import numpy as np
import pytest
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmpose.registry import METRICS

from helpers.face_samples import FACE, evaluate, sample
from mmpose_addons_core.metrics.ced_file import read_ced


@pytest.mark.parametrize(
    ('norm', 'length'),
    [
        ((0, 1), 10),
        (['left', 'nose'], 50**0.5),
        ('box', 6),
        ('predicted_extent', 10),
    ],
)
def test_worked_by_hand(tmp_path, norm, length):
    """Errors of 1 px and 2 px."""
    samples = [sample(FACE, FACE + (1, 0)), sample(FACE, FACE + (0, 2))]
    metrics = evaluate(samples, tmp_path, norm=norm, thresholds=(1.5 / length, 0.5))
    low = f'{1.5 / length:g}'
    assert metrics['NME'] == pytest.approx(1.5 / length)
    assert metrics[f'FR@{low}'] == 0.5
    assert metrics[f'area@{low}'] == pytest.approx(0.25 / length)
    assert metrics[f'AUC@{low}'] == pytest.approx(0.25 / 1.5)
    assert metrics['AUC@0.5'] == pytest.approx(1 - 1.5 / length / 0.5)
    assert metrics['FR@0.5'] == 0
    assert [metrics[key] for key in ('faces', 'left_out', 'lost')] == [2, 0, 0]


@pytest.mark.reference
def test_published_values(reference, tmp_path):
    with np.load(reference / 'face_metrics.npz', allow_pickle=False) as file:
        values = dict(file)
    box = values['roi_xyxy']
    size = (box[:, 2:] - box[:, :2])[:, None]
    predicted = box[:, None, :2] + values['pred_crop256'] / 256 * size
    samples = [sample(*pair) for pair in zip(values['gt_image_px'], predicted, strict=True)]
    metrics = evaluate(
        samples, tmp_path, norm='predicted_extent', thresholds=(0.08, 0.1, 0.3), bins=5000
    )
    # the samples hold float32: 1e-7 of coordinates of hundreds of px
    assert metrics['NME'] == pytest.approx(values['nme_by_pred_extent'].mean(), rel=1e-5)
    for threshold in (0.08, 0.1, 0.3):
        area = values[f'area_under_ced_thr{threshold}']
        assert metrics[f'area@{threshold}'] == pytest.approx(area, rel=1e-5)
        assert metrics[f'FR@{threshold}'] == values[f'failure_rate_thr{threshold}']


@pytest.mark.parametrize(('dataset', 'count'), [('wflw', 98), ('300w', 68), ('other', 98)])
@pytest.mark.parametrize('average', ['faces', 'landmarks'])
def test_agrees_with_mmpose(tmp_path, rng, dataset, count, average):
    meta = dict(dataset_name=dataset, keypoint_id2name=dict.fromkeys(range(count)))
    samples = []
    for _ in range(5):
        truth = rng.uniform(0, 100, (count, 2))
        visible = np.ones(count)
        if average == 'landmarks':  # MMPose's mean over all landmarks
            visible[rng.integers(0, 30, rng.integers(9))] = 0
        samples.append(sample(truth, truth + rng.normal(0, 3, truth.shape), visible))
    corners = dict(keypoint_indices=[60, 72]) if dataset == 'other' else {}
    nme = dict(type='NME', norm_mode='keypoint_distance', **corners)
    theirs = Evaluator([METRICS.build(nme)])
    theirs.dataset_meta = meta
    theirs.process(samples)
    expected = theirs.evaluate(5)['NME']
    ours = evaluate(samples, tmp_path, meta, norm='interocular', average=average)
    assert ours['NME'] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ('count', 'left', 'right'), [(98, [96], [97]), (68, range(36, 42), range(42, 48))]
)
def test_pupils(tmp_path, count, left, right):
    truth = np.zeros((count, 2))
    truth[left, 0], truth[right, 0] = -3, 5
    metrics = evaluate([sample(truth, truth + (2, 0))], tmp_path, norm='interpupil')
    assert metrics['NME'] == pytest.approx(2 / 8)


def bad(**change):
    """A face with one fault, by the same name in all tests."""
    arguments = dict(truth=FACE.copy(), predicted=FACE.copy()) | change
    return sample(**arguments, id='bad')


def spoiled(row, value):
    face = FACE.copy()
    face[row] = value
    return face


LEFT_OUT = {
    'no landmark is visible': bad(visible=[0, 0, 0, 0]),
    'a visible landmark is not finite': bad(truth=spoiled(3, np.nan)),
    'the landmarks of the length are not visible': bad(visible=[0, 1, 1, 1]),
    'the length is 0 or not finite': bad(truth=spoiled(1, 0)),
}
LOST = {
    'one landmark NaN': bad(predicted=spoiled(2, np.nan)),
    'all infinite': bad(predicted=np.full((4, 2), np.inf)),
    'no prediction': bad(predicted=np.zeros((0, 4, 2))),
}


@pytest.mark.parametrize('reason', LEFT_OUT)
def test_bad_truth_is_left_out_and_named(tmp_path, warnings, reason):
    metrics = evaluate([LEFT_OUT[reason], sample(FACE, FACE + (1, 0))], tmp_path, norm=(0, 1))
    assert [metrics[key] for key in ('faces', 'left_out', 'lost')] == [1, 1, 0]
    assert metrics['NME'] == pytest.approx(0.1)
    assert metrics['FR@0.08'] == 1
    assert f'{reason}: 1: faces.jpg (annotation bad)' in warnings()


@pytest.mark.parametrize('norm', [(0, 1), 'predicted_extent'])
@pytest.mark.parametrize('case', LOST)
def test_bad_predictions_are_failures_and_named(tmp_path, warnings, case, norm):
    metrics = evaluate([LOST[case], sample(FACE, FACE + (0.5, 0))], tmp_path, norm=norm)
    assert [metrics[key] for key in ('faces', 'left_out', 'lost')] == [2, 0, 1]
    assert metrics['NME'] == pytest.approx(0.05)  # of the one that was found
    assert metrics['FR@0.1'] == 0.5
    assert metrics['AUC@0.1'] == pytest.approx(0.25)
    assert '1 of 2 faces are lost, a failure:' in warnings()
    assert ': 1: faces.jpg (annotation bad)' in warnings()


def test_predictions_without_extent_are_lost(tmp_path, warnings):
    collapsed = bad(predicted=np.ones((4, 2)))
    metrics = evaluate([collapsed, sample(FACE, FACE)], tmp_path, norm='predicted_extent')
    assert [metrics[key] for key in ('NME', 'lost', 'FR@0.1')] == [0, 1, 0.5]
    assert 'the prediction has no extent: 1' in warnings()


def test_nan_at_an_invisible_landmark_does_no_harm(tmp_path, warnings):
    face = sample(spoiled(3, np.nan), FACE + (1, 0), visible=[1, 1, 1, 0])
    metrics = evaluate([face], tmp_path, norm=(0, 1))
    assert metrics['NME'] == pytest.approx(0.1)
    assert 'faces are' not in warnings()


def test_only_bad_faces_give_nan(tmp_path):
    metrics = evaluate([bad(visible=[0] * 4), bad(visible=[0] * 4)], tmp_path, norm=(0, 1))
    assert metrics['left_out'] == 2
    assert np.isnan([metrics[key] for key in ('NME', 'FR@0.1', 'AUC@0.1', 'area@0.1')]).all()
    assert not [*tmp_path.iterdir()]
    lost = evaluate([LOST['no prediction']], tmp_path, norm=(0, 1))
    assert np.isnan(lost['NME'])
    assert [lost['FR@0.1'], lost['AUC@0.1']] == [1, 0]
    assert (tmp_path / 'ced.png').exists()


def coco(tmp_path, name, *annotations):
    file = tmp_path / name
    file.write_text(json.dumps(dict(annotations=annotations)))
    return str(file)


def annotation(face, **fields):
    return dict(keypoints=np.c_[face, np.ones(4)].ravel().tolist(), **fields)


@pytest.mark.parametrize('source', ['packed', 'file', 'flags', 'files'])
def test_subsets(tmp_path, source):
    first, second, third = FACE + 0.123, FACE + 20.7, FACE + 40
    names = [dict(subsets=['blur', 'pose']), dict(subsets=['pose']), {}]
    if source == 'flags':
        names = [dict(blur=1, pose=1), dict(blur=0, pose=1), dict(blur=0)]
    faces = [annotation(f, **n) for f, n in zip((first, second, third), names, strict=True)]
    subsets, packed = None, [{}, {}, {}]
    if source == 'packed':
        packed = [dict(raw_ann_info=face) for face in faces]
    elif source == 'files':
        subsets = dict(
            blur=coco(tmp_path, 'blur.json', faces[0]),
            pose=coco(tmp_path, 'pose.json', *faces[:2]),
        )
    else:
        subsets = coco(tmp_path, 'all.json', *faces)
    samples = [
        sample(first, first + (1, 0), **packed[0]),
        sample(second, second + (3, 0), **packed[1]),
        sample(third, third, **packed[2]),
    ]
    metrics = evaluate(samples, tmp_path / 'out', norm=(0, 1), subsets=subsets)
    assert metrics['NME'] == pytest.approx(0.4 / 3)
    assert metrics['blur/NME'] == pytest.approx(0.1)
    assert metrics['pose/NME'] == pytest.approx(0.2)
    assert metrics['pose/FR@0.1'] == 0.5
    assert metrics['pose/faces'] == 2
    curves = read_ced(tmp_path / 'out' / 'ced.csv')
    assert {name: curve.round(3).tolist() for name, curve in curves.items()} == dict(
        all=[0, 0.1, 0.3], blur=[0.1], pose=[0.1, 0.3]
    )


def test_curves_go_into_the_folder_of_the_log(tmp_path):
    (tmp_path / 'run').mkdir()
    logger = MMLogger.get_instance('face-metric', log_file=str(tmp_path / 'run' / 'x.log'))
    faces = [sample(FACE, FACE + (1, 0))]
    metrics = evaluate(faces, tmp_path, norm=(0, 1), out_dir=None, prefix='test/face')
    logger.handlers[-1].close()
    assert metrics['test/face/NME'] == pytest.approx(0.1)
    plot = cv2.imread(str(tmp_path / 'run' / 'ced_test_face.png'))
    assert plot.std() > 0
    assert read_ced(tmp_path / 'run' / 'ced_test_face.csv')['all'] == pytest.approx([0.1])


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(norm='eyes'), "got 'eyes'"),
        (dict(norm=(1, 2, 3)), r'got \(1, 2, 3\)'),
        (dict(norm=(36, 36)), r'two different landmarks, got \(36, 36\)'),
        (dict(norm=([36], [45])), r'each a number or a name, got \(\[36\], \[45\]\)'),
        (dict(norm=(-1, 0)), r'got \(-1, 0\)'),
        (dict(norm=(True, False)), r'got \(True, False\)'),
        (dict(thresholds=(0.1, 0.1)), r'must differ .*got \(0.1, 0.1\)'),
        (dict(jitter='no'), "jitter must be True or False, got 'no'"),
        (dict(subsets=['pose.json']), r"a dict of COCO files by subset, got \['pose.json'\]"),
        (dict(subsets=dict(all='pose.json')), "must not contain 'all'"),
        (dict(out_dir=__file__), 'out_dir must be a folder, got the file'),
        (dict(average='points'), "got 'points'"),
        (dict(thresholds=()), r'got \(\)'),
        (dict(thresholds=(0.1, 0)), r'got \(0.1, 0\)'),
        (dict(thresholds=0.08), 'thresholds must be a list .*got 0.08'),
        (dict(thresholds=(0.1, np.nan)), r'thresholds\[1\] must be .*got nan'),
        (dict(norm=5), 'got 5'),
        (dict(bins=2.5), 'bins must be .*got 2.5'),
        (dict(jitter=True, one_euro=30), 'must be a dict, got 30'),
        (dict(jitter=True, one_euro=dict(fps=30)), 'frame_rate, cutoff, beta, got fps'),
        (dict(jitter=True, one_euro=dict(frame_rate=0)), 'frame_rate .*positive, got 0'),
    ],
)
def test_unfit_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        METRICS.build(dict(type='FaceLandmarkMetric', **arguments))


def test_a_data_set_of_other_landmarks_is_named(tmp_path):
    """Before the end of the test: the second face, whose prediction is missing, is not read."""
    truth, meta = np.zeros((98, 2)), dict(dataset_name='300w', num_keypoints=68)
    metric = METRICS.build(dict(type='FaceLandmarkMetric', out_dir=str(tmp_path)))
    metric.dataset_meta = meta
    with pytest.raises(ValueError, match='300w has 68 landmarks, got 98'):
        metric.process(None, [sample(truth, truth).to_dict(), {}])


@pytest.mark.parametrize(
    ('faces', 'norm', 'message'),
    [
        ([sample(FACE, FACE[:3])], (0, 1), 'faces.jpg: expected 4 predicted landmarks, got 3'),
        ([sample(FACE, FACE)], (0, 4), 'must name two of the 4 landmarks'),
        ([sample(FACE, FACE)], ('left', 0), 'must name two of the 4 landmarks'),
        ([sample(FACE, FACE)], ('left', 'ear'), "'left', 'right', 'nose', 'chin'"),
        ([sample(FACE, FACE)], 'interocular', r'known for \[68, 98\] landmarks, got 4'),
        ([], 'box', 'no face'),
    ],
)
def test_unfit_data(tmp_path, faces, norm, message):
    with pytest.raises(ValueError, match=message):
        evaluate(faces, tmp_path, norm=norm)
