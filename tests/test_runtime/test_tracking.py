import numpy as np
import pytest

from mmpose_addons_core.tracking.one_euro import OneEuroFilter, PoseSmoother
from mmpose_addons_runtime.errors import ModelError
from mmpose_addons_runtime.metadata import KeypointMetadata
from mmpose_addons_runtime.people import People
from mmpose_addons_runtime.tracking import Tracker, tracker_of

SIGMAS = [0.05] * 5


def people_at(*corners):
    """People 20 x 40 px, five keypoints in each box."""
    corners = np.array(corners, np.float32).reshape(-1, 2)
    inside = np.array([[5, 5], [15, 5], [10, 20], [5, 35], [15, 35]], np.float32)
    return People(
        keypoints=corners[:, None] + inside,
        keypoint_scores=np.ones((len(corners), 5), np.float32),
        bboxes=np.hstack((corners, corners + [20, 40])).astype(np.float32),
        bbox_scores=np.ones(len(corners), np.float32),
        pose_scores=np.ones(len(corners), np.float32),
        box_index=np.arange(len(corners)),
    )


@pytest.mark.parametrize('by', ['oks', 'iou'])
def test_numbers_stay_with_people(by):
    tracker = Tracker(by, patience=2, sigmas=SIGMAS)
    update = tracker.update
    assert update(people_at((0, 0), (50, 0))).tolist() == [0, 1]
    assert update(people_at((51, 1), (1, 0))).tolist() == [1, 0]  # another order
    assert update(people_at((52, 1), (100, 0), (2, 1))).tolist() == [1, 2, 0]
    assert update(people_at()).tolist() == []
    assert update(people_at((101, 0))).tolist() == [2]  # was out of sight for a frame
    assert update(people_at((3, 1))).tolist() == [0]
    for _ in range(3):
        update(people_at())
    assert update(people_at((3, 1))).tolist() == [3]  # too long


def test_two_people_share_no_number():
    """Both new ones resemble the old one most; the sum of similarities decides."""
    tracker = Tracker('iou', threshold=0.1)
    tracker.update(people_at((0, 0), (12, 0)))
    assert sorted(tracker.update(people_at((10, 0), (11, 0))).tolist()) == [0, 1]


def test_keypoints_without_score_do_not_count():
    tracker = Tracker('oks', threshold=0.9, sigmas=SIGMAS)
    tracker.update(people_at((0, 0)))
    moved = people_at((0, 0))
    moved.keypoints[0, 0] += 300
    moved.keypoint_scores[0, 0] = 0
    assert tracker.update(moved).tolist() == [0]


def test_mistakes():
    with pytest.raises(ValueError, match="'colour'"):
        Tracker('colour')
    with pytest.raises(ValueError, match='sigmas'):
        Tracker('oks')
    without = KeypointMetadata(('nose', 'tail'), (), (0, 1), ())
    for by, smoothed in (('oks', False), (None, True)):
        with pytest.raises(ModelError, match='dataset_info has none; choose --track iou'):
            tracker_of(by, smoothed, without)
    assert tracker_of('iou', True, without).by == 'iou'
    assert tracker_of(None, False, without) is None
    smooth = OneEuroFilter()
    smooth(np.zeros(2), 1.0)
    with pytest.raises(ValueError, match=r'got 1\.0 s after 1\.0 s'):
        smooth(np.zeros(2), 1.0)


def test_one_euro_is_calm_when_still_and_follows_when_moving(rng):
    times = np.arange(60) / 30
    jitter = rng.normal(0, 1, (60, 1))
    smooth = OneEuroFilter(cutoff=1.0, beta=0.0)
    still = np.array([smooth(value, time) for value, time in zip(jitter, times, strict=True)])
    assert still[20:].std() < 0.5 * jitter[20:].std()

    def lag(beta):
        smooth = OneEuroFilter(cutoff=1.0, beta=beta)
        return [100 * time - smooth(np.float64(100 * time), time) for time in times][-1]

    assert lag(1.0) < 0.1 * lag(0.0)


def test_smoothing_does_not_depend_on_the_persons_size(rng):
    steps = rng.normal(0, 1, (10, 1, 5, 2)).cumsum(0) + 20
    box = np.array([[0, 0, 20, 40]], np.float32)

    def run(scale):
        smoother = PoseSmoother()
        track = np.array([4])
        return [
            smoother(track, step * scale, box * scale, time / 10)
            for time, step in enumerate(steps)
        ]

    np.testing.assert_allclose(np.multiply(run(1), 3), run(3), rtol=1e-6)
    # a track that was away starts anew
    smoother = PoseSmoother(patience=0.5)
    smoother(np.array([0]), steps[0], box, 0.0)
    np.testing.assert_allclose(smoother(np.array([0]), steps[9], box, 1.0), steps[9])
