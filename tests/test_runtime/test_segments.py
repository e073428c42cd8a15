"""Long videos by segments: the same files as in one process, and nothing is done twice."""

from pathlib import Path

import numpy as np
import pytest

from helpers.media import break_frame, moving_images, write_video
from helpers.part_runs import Run, files_of
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.jobs import run_here
from mmpose_addons_runtime.segments import split_part

FRAMES = 150
"""Of a video with a frame a second, of which each minute is a segment."""


@pytest.fixture
def long_video(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_video(Path('long.avi'), moving_images(FRAMES), 1, 'mjpeg')


def boxes_by_batch(images):
    """Two boxes an image, which depend on all images of the batch, as rounding may."""
    shift = float(np.mean([image.mean() for image in images])) / 25 + len(images) / 8
    boxes = np.array([[shift, 2, 30, 40], [20 + shift, 4, 60, 44]], np.float32)
    scores = np.array([0.9, 0.8], np.float32)
    return [
        (boxes[: 1 + (image[0, 0, 0] > 100)], scores[: 1 + (image[0, 0, 0] > 100)])
        for image in images
    ]


@pytest.mark.parametrize(
    'options', [{}, dict(images=False, smooth=True), dict(videos=True, track='iou')]
)
def test_the_same_files_as_at_once(long_video, options):
    runs = [Run(['long.avi'], out, boxes_by_batch, **options) for out in ('one', 'two')]
    collected = [CollectedPredictions(run.sources) for run in runs]
    before = runs[0].at_once(collected=collected[0])
    after = runs[1].in_parts(collected=collected[1])
    names = 'people', 'frames', 'total', 'empty', 'lost', 'failed', 'bits', 'exit_code'
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert (after.frames, after.exit_code, runs[1].said) == (FRAMES, 0, [])
    assert files_of('two') == files_of('one')
    assert str(collected[1].clips[0].poses) == str(collected[0].clips[0].poses)
    assert collected[1].clips[0].times == collected[0].clips[0].times
    assert runs[1].network.batches == runs[0].network.batches
    assert not [*Path('two').rglob('*.npz')]


def test_a_second_start_does_the_segments_that_are_missing(long_video):
    Run(['long.avi'], 'one').at_once()
    run, stop = Run(['long.avi'], 'two'), StopRequest()

    def stopped(units, advance):
        for number, report in enumerate(run_here(run.job(), units, advance, stop)):
            if number == 1:
                stop.signal = 15
            yield report

    report = run.in_parts(run=stopped)
    assert (report.frames, report.stopped, report.exit_code) == (0, 'SIGTERM', 143)
    again = Run(['long.avi'], 'two')
    assert again.in_parts().exit_code == 0
    assert again.said == ['2 of 3 segments of long videos are done already']
    assert sum(again.network.batches) == FRAMES - 120
    assert files_of('two') == files_of('one')


def test_the_joining_alone_is_done_again(long_video):
    run = Run(['long.avi'], 'two', smooth=True)
    job = run.job()
    for segment in split_part(run.parts[0], run.sources):
        assert not job.do(segment, run.pipeline).stopped
    again = Run(['long.avi'], 'two', smooth=True)
    report = again.in_parts()
    assert (report.people, report.frames, again.network.batches) == (FRAMES, FRAMES, [])


@pytest.mark.parametrize('frame', [30, 100])
def test_a_broken_video_is_done_as_a_whole(long_video, frame):
    break_frame(long_video, frame)
    one, two = Run(['long.avi'], 'one'), Run(['long.avi'], 'two')
    before, after = one.at_once(), two.in_parts()
    assert (after.lost, after.frames, after.exit_code) == (before.lost, FRAMES - 1, 3)
    assert files_of('two') == files_of('one')
    assert two.said[0].startswith('long.avi cannot be split exactly, and is done as a whole: ')
    assert two.network.batches[-len(one.network.batches) :] == one.network.batches


def test_a_video_that_was_done_as_a_whole_is_not_split_again(long_video):
    break_frame(long_video, 30)
    run, stop = Run(['long.avi'], 'out'), StopRequest()

    def stopped(units, advance):
        yield from run_here(run.job(), units, advance, stop)
        stop.signal = 15

    assert run.in_parts(run=stopped).exit_code == 143
    again = Run(['long.avi'], 'out')
    assert again.in_parts().exit_code == 3
    assert sum(again.network.batches) == FRAMES - 1


def test_segments_that_were_damaged_or_have_other_frames(long_video):
    Run(['long.avi'], 'one').at_once()
    run = Run(['long.avi'], 'two')
    job = run.job()
    segments = split_part(run.parts[0], run.sources)
    for segment in segments:
        job.do(segment, run.pipeline)
    files = sorted(Path('two').rglob('*.npz'))
    files[0].write_bytes(files[0].read_bytes()[:-20])
    files[1].write_bytes(files[2].read_bytes())
    again = Run(['long.avi'], 'two')
    assert again.in_parts().exit_code == 0
    assert again.said[0] == '2 of 3 segments of long videos are done already'
    assert 'key frames are not found at their places' in again.said[1]
    assert files_of('two') == files_of('one')


def test_an_error_in_the_network_ends_the_run(long_video):
    run = Run(['long.avi'], 'out')

    class Failing(type(run.network)):
        def __call__(self, crops):
            raise RuntimeError('no memory')

    run.network = Failing()
    report = run.in_parts()
    assert (report.stopped, report.exit_code) == ('RuntimeError: no memory', 1)
    assert not [*Path('out').rglob('*.whole')]
