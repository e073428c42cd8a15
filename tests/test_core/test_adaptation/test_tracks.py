import pytest

from mmpose_addons_core.adaptation import shares_of, tracks_of


def test_unsorted_frames_and_single_images():
    videos = ['a', 'b', None, 'a', 'b', None, 'a']
    frames = [30, 1, None, 10, 0, None, 20]
    assert tracks_of(videos, frames) == [[3, 6, 0], [4, 1], [2], [5]]


def test_video_of_one_frame_needs_no_number():
    assert tracks_of(['a'], [None]) == [[0]]


@pytest.mark.parametrize('frames', [[1, 1], [None, 2]])
def test_unclear_order(frames):
    with pytest.raises(ValueError, match="each frame of video 'a' needs a frame number"):
        tracks_of(['a', 'a'], frames)


def test_every_sample_is_in_one_share_and_tracks_stay_whole(rng):
    lengths = rng.integers(1, 30, 50)
    ends = lengths.cumsum()
    tracks = [list(range(end - length, end)) for end, length in zip(ends, lengths, strict=True)]
    shares = shares_of(tracks, 8)
    flat = [[sample for batch in share for sample in batch] for share in shares]
    assert [sample for share in flat for sample in share] == list(range(ends[-1]))
    assert max(len(batch) for share in shares for batch in share) == 8
    for track in tracks:
        assert sum(set(track) <= set(share) for share in flat) == 1


def test_single_images_fill_batches():
    assert shares_of([[i] for i in range(70)], 32)[:2] == [
        [list(range(32))],
        [list(range(32, 64))],
    ]


def test_bad_batch_size():
    with pytest.raises(ValueError, match='batch_size must be at least 1, got 0'):
        shares_of([[0]], 0)
