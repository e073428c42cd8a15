"""Frames that are spread in time and are no near-copies."""

import numpy as np
import pytest

from mmpose_addons_core.training_plan.frame_choice import candidates, choose_frames, share_out


def test_frames_are_spread_in_time(rng):
    points = rng.normal(size=(90, 4))
    chosen = choose_frames(points, 9)
    assert [index // 10 for index in chosen] == list(range(9))


def test_near_copies_are_left_out():
    still = np.zeros((60, 2))
    moved = np.linspace(1, 20, 30)[:, None] * [1, 1]
    chosen = choose_frames(np.concatenate((still, moved)), 9)
    assert sum(index < 60 for index in chosen) == 1
    assert sum(index >= 60 for index in chosen) == 3


def test_of_a_stretch_the_frame_that_differs_most_is_taken():
    assert choose_frames(np.array([[0.0], [1.0], [2.0], [9.0], [1.0], [3.0]]), 2) == [0, 3]


@pytest.mark.parametrize('count', [1, 3, 10])
def test_short_videos(count):
    assert choose_frames(np.zeros((0, 2)), count) == []
    assert choose_frames(np.ones((1, 2)), count) == [0]
    assert candidates(2, count) == [0, 1]


def test_candidates_cover_a_video_evenly():
    found = candidates(1000, 20)
    assert len(found) == 60
    assert set(np.diff(found)) <= {16, 17}
    assert found[0] == 8
    assert found[-1] == 991


def test_shares_are_equal_and_lose_nothing():
    assert share_out([10, 10, 10], 7) == [3, 2, 2]
    assert share_out([1, 100], 20) == [1, 19]
    assert share_out([2, 3], 20) == [2, 3]
