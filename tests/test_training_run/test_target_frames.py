"""Frames of videos that cannot be read to their end."""

import json

import pytest

from helpers.media import break_frame, cut, moving_images, write_video
from mmpose_addons.training_run.target_frames import write_target
from mmpose_addons_runtime.sources import find_sources

COUNT = 12


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / 'new.avi', moving_images(COUNT, 160, 120))


def picked(video, count):
    """Names of the picked frames, and messages on those that cannot be read."""
    target = video.with_name('target')
    lost = write_target(find_sources([video])[0], target, count)
    images = json.loads((target / 'frames.json').read_text())['images']
    return [image['file_name'] for image in images], [text for _, text in lost]


def test_a_cut_video_is_named_with_its_frames(video):
    cut(video, 0.5)
    names, lost = picked(video, COUNT)
    (line,) = lost
    start, _, cause = line.partition(' cannot be read: ')
    first, last = 3, COUNT - 1
    read = len(names)
    assert first <= read < COUNT
    assert start == f'{video}: frames {read} to {last} of {COUNT}'
    assert cause
    assert names == [f'new/{number:06}.jpg' for number in range(read)]
    assert json.loads((video.with_name('target') / 'left_out.json').read_text()) == [
        [COUNT - read, line]
    ]


def test_a_broken_frame_is_named_if_others_follow_the_last_that_is_wanted(video):
    break_frame(video, 5)
    names, lost = picked(video, 2)  # the last candidate is frame 11 - 1
    assert len(names) == 2
    (line,) = lost
    assert picked(video, 2)[1] == lost  # as a run that goes on has them
    assert line.startswith(f'{video}: frame 5 of {COUNT} cannot be read: ')
    assert not line.endswith(': ')


def test_a_file_without_a_count_of_frames_says_where_it_ends(tmp_path):
    video = write_video(tmp_path / 'new.mkv', moving_images(COUNT, 160, 120))
    cut(video, 0.5)
    lost = picked(video, COUNT)[1]
    assert len(lost) == 1
    assert lost[0].startswith(f'{video}: ')
    assert 'cut off at' in lost[0]
