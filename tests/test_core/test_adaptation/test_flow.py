import cv2
import numpy as np
import pytest

from mmpose_addons_core.adaptation import Flow, FlowTracks


def texture(rng, size=128):
    return cv2.GaussianBlur(rng.integers(0, 256, (size, size), np.uint8), (0, 0), 2)


def shifted(frame, x, y):
    matrix = np.float32([[1, 0, x], [0, 1, y]])
    return cv2.warpAffine(frame, matrix, frame.shape[::-1], borderMode=cv2.BORDER_REFLECT)


@pytest.fixture
def points(rng):
    return rng.uniform(40, 88, (6, 2))


def test_follows_a_shift(rng, points):
    frame = texture(rng)
    followed, found = Flow().follow(frame, shifted(frame, 3.3, -2.1), points)
    assert found.all()
    np.testing.assert_allclose(followed - points, [[3.3, -2.1]] * 6, atol=0.1)


@pytest.mark.parametrize(('shift', 'expected'), [(7, True), (8, False)])
def test_gate_is_a_share_of_the_frame(rng, points, shift, expected):
    """15 of 256 px are 7.5 of 128 px."""
    frame = texture(rng)
    _, found = Flow().follow(frame, shifted(frame, shift, 0), points)
    assert (found == expected).all()


def test_the_way_back_finds_what_was_covered(rng, points):
    frame = texture(rng)
    now = shifted(frame, 2, 0)
    covered = points[0].round().astype(int)
    other = texture(rng)
    x, y = covered
    now[y - 14 : y + 14, x - 14 : x + 14] = other[y - 14 : y + 14, x - 14 : x + 14]
    apart = np.array([p for p in points if np.abs(p - points[0]).max() > 32] + [points[0]])
    _, found = Flow(forward_backward_threshold=0.5).follow(frame, now, apart)
    assert found[:-1].all()
    assert not found[-1]


def test_a_caller_may_reuse_its_arrays(rng, points):
    """As PseudoLabeller, which turns the labels of a frame into px of the image in place."""
    frame = texture(rng)
    tracks = FlowTracks(Flow())
    labels, confidence = points.copy(), np.full(6, 0.8)
    tracks.step('a', frame, labels, confidence)
    labels += 30
    confidence[:] = 0
    followed, kept, flows = tracks.step('a', shifted(frame, 3, 0), points * 0, np.zeros(6))
    assert flows.all()
    np.testing.assert_allclose(followed - points, [[3, 0]] * 6, atol=0.1)
    np.testing.assert_allclose(kept, 0.72)


def test_confidence_decays_frame_by_frame(rng, points):
    frame = texture(rng)
    tracks = FlowTracks(Flow())
    confidence = np.full(6, 0.8)
    _, first, flows = tracks.step('a', frame, points, confidence)
    assert not flows.any()
    unsure = np.full(6, 0.01)
    for step in range(1, 4):
        labels, kept, flows = tracks.step('a', shifted(frame, step, 0), points * 0, unsure)
        assert flows.all()
        np.testing.assert_allclose(kept, first * 0.9**step)
        np.testing.assert_allclose(labels - points, [[step, 0]] * 6, atol=0.2)
    # a sure prediction takes over again
    labels, kept, flows = tracks.step('a', frame, points, np.full(6, 0.7))
    assert not flows.any()
    np.testing.assert_array_equal(labels, points)


def test_tracks_do_not_mix(rng, points):
    one, two = texture(rng), texture(rng)
    tracks, alone = FlowTracks(Flow()), FlowTracks(Flow())
    weak, sure = np.full(6, 0.1), np.full(6, 0.9)
    tracks.step('a', one, points, sure)
    tracks.step('b', two, points + 5, sure)
    alone.step('b', two, points + 5, sure)
    moved = shifted(two, 1, 1)
    for mixed, single in zip(
        tracks.step('b', moved, points, weak), alone.step('b', moved, points, weak), strict=True
    ):
        np.testing.assert_array_equal(mixed, single)
    tracks.forget()
    assert not tracks.step('a', one, points, weak)[2].any()


def test_another_size_begins_anew(rng, points):
    tracks = FlowTracks(Flow())
    tracks.step('a', texture(rng), points, np.full(6, 0.9))
    assert not tracks.step('a', texture(rng, 64), points, np.full(6, 0.1))[2].any()


@pytest.mark.parametrize('bad', [dict(window=1), dict(max_displacement=0), dict(decay=1.5)])
def test_bad_settings(bad):
    with pytest.raises(ValueError, match='expected window'):
        Flow(**bad)
