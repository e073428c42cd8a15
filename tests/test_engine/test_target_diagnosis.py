"""Which frames of a target set are diagnosed."""

import numpy as np
import pytest

from mmpose_addons.engine.target_diagnosis import _chosen


@pytest.mark.parametrize(
    ('lengths', 'videos', 'frames'),
    [
        ([8] * 125, 25, 8),  # whole short videos
        ([1000] * 5, 5, 40),
        ([600] * 10, 10, 20),
        ([100] * 20, 20, 10),
        ([1] * 900, 200, 1),
        ([1] * 100 + [1000], 101, 100),  # images, and one video fills up
        ([3, 4], 2, 4),  # less than asked for
    ],
)
def test_frames_are_of_many_videos(lengths, videos, frames):
    ends = np.cumsum(lengths)
    tracks = [list(range(end - n, end)) for n, end in zip(lengths, ends, strict=True)]
    chosen = _chosen(tracks, 200)
    counts = np.bincount(np.searchsorted(ends, chosen, side='right'))
    assert len(chosen) == len({*chosen}) == min(200, sum(lengths))
    assert (counts > 0).sum() == videos
    assert counts.max() == frames
    steps = np.diff(chosen)
    assert (steps == 1).sum() >= len(chosen) - videos  # successive frames, for the flow
