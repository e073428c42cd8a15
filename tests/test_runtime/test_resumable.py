"""infer by parts: the same files as in one go, and nothing is done twice."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from helpers.brightness_network import BrightnessNetwork
from helpers.media import write_video
from helpers.part_runs import Run, files_of
from helpers.poses import random_image
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.jobs import run_here
from mmpose_addons_runtime.sources import find_sources, split_sources


@pytest.fixture
def inputs(rng, tmp_path, monkeypatch):
    """70 images, a video, a file that is no image, two more images."""
    monkeypatch.chdir(tmp_path)
    Path('many').mkdir()
    for number in range(70):
        cv2.imwrite(f'many/{number}.png', random_image(rng, 40, 30))
    write_video('clip.mp4', [random_image(rng, 48, 64) for _ in range(5)])
    Path('broken.png').write_bytes(b'\x89PNG\r\n\x1a\n')
    Path('more').mkdir()
    for number in range(2):
        cv2.imwrite(f'more/{number}.png', random_image(rng, 40, 30))
    return ['many', 'clip.mp4', 'broken.png', 'more']


@pytest.mark.parametrize('options', [{}, dict(smooth=True), dict(videos=True)])
def test_the_same_files_as_at_once(inputs, options):
    one, two = Run(inputs, 'one', **options), Run(inputs, 'two', **options)
    first, second = CollectedPredictions(one.sources), CollectedPredictions(two.sources)
    before, after = one.at_once(collected=first), two.in_parts(collected=second)
    same = (
        'people',
        'frames',
        'total',
        'empty',
        'lost',
        'failed',
        'bits',
        'stopped',
        'exit_code',
    )
    assert {name: getattr(after, name) for name in same} == {
        name: getattr(before, name) for name in same
    }
    assert (before.frames, before.exit_code, len(before.lost)) == (77, 3, 1)
    assert one.network.batches == two.network.batches
    assert files_of('one') == files_of('two')
    for clip, other in zip(first.clips, second.clips, strict=True):
        assert clip.times == other.times
        assert clip.poses.keys() == other.poses.keys()
        for poses, others in zip(clip.poses.values(), other.poses.values(), strict=True):
            assert str(poses) == str(others)


def test_ids_count_frames_that_cannot_be_read(inputs):
    Run(inputs, 'out').in_parts()
    ids = [result['image_id'] for result in json.loads(Path('out/results.json').read_text())]
    assert ids == [*range(75), 76, 77]


def test_a_second_start_does_what_is_missing(inputs):
    Run(inputs, 'whole').in_parts()
    stop = StopRequest()
    run = Run(inputs, 'out')

    def stopped(parts, advance):
        for number, report in enumerate(run_here(run.job(), parts, advance, stop)):
            if number == 1:
                stop.signal = 15
            yield report

    report = run.in_parts(run=stopped)
    assert (report.frames, report.exit_code, report.stopped) == (70, 143, 'SIGTERM')
    assert not Path('out/results.json').exists()

    again = Run(inputs, 'out')
    report = again.in_parts()
    assert again.said == ['2 of 4 parts of the run are done already']
    assert sum(again.network.batches) == 7
    assert (report.frames, report.people, report.exit_code) == (77, 77, 3)
    assert files_of('out') == files_of('whole')

    third = Run(inputs, 'out')
    assert third.in_parts().frames == 77
    assert third.network.batches == []
    assert files_of('out') == files_of('whole')


def test_what_has_changed_is_done_again(rng, inputs):
    Run(inputs, 'out').in_parts()
    cv2.imwrite('more/1.png', random_image(rng, 40, 30))
    changed = Run(inputs, 'out')
    changed.in_parts()
    assert sum(changed.network.batches) == 2
    assert changed.said[1] == '1 parts of earlier runs with other files or options were removed'

    Path('out/visualizations/clip_000003.jpg').unlink()
    lost = Run(inputs, 'out')
    lost.in_parts()
    assert sum(lost.network.batches) == 5
    assert Path('out/visualizations/clip_000003.jpg').is_file()

    other = Run(inputs, 'out', keypoint_threshold=0.5)
    other.in_parts()
    assert sum(other.network.batches) == 77


def test_a_damaged_result_is_done_again(inputs):
    run = Run(inputs[1:2], 'out')
    run.in_parts()
    file = run.store.file(range(0, 1))
    about = json.loads(file.read_text())
    wrong = [
        json.dumps(about | {name: value}).encode()
        for name, value in (('frames', 5), ('frames', 'abc'), ('frames', [[]]), ('written', 3))
    ]
    for content in (b'', b'{"frames": ', b'[]', b'{"other": 1}', *wrong):
        file.write_bytes(content)
        again = Run(inputs[1:2], 'out')
        assert again.in_parts().frames == 5
        assert sum(again.network.batches) == 5


def test_an_error_in_the_network(inputs):
    run = Run(inputs, 'out')
    error = RuntimeError('no memory')

    def fails(crops):
        raise error

    run.network = fails
    fails.geometry, fails.metadata = BrightnessNetwork.geometry, BrightnessNetwork.metadata
    report = run.in_parts()
    assert (report.stopped, report.error, report.exit_code) == (
        'RuntimeError: no memory',
        error,
        1,
    )


def test_parts_end_where_files_change(inputs):
    sources, _ = find_sources(inputs)
    parts = split_sources(sources)
    assert [len(part) for part in parts] == [64, 6, 1, 3]
    assert [len(part) for part in split_sources(sources, True)] == [70, 1, 1, 2]
    assert np.concatenate([list(part) for part in parts]).tolist() == list(range(74))
