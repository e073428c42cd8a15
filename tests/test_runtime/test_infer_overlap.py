"""Reading ahead and writing behind change nothing but the time."""

from pathlib import Path

import cv2
import pytest

from helpers.brightness_network import BrightnessNetwork
from helpers.media import comparable, write_video
from helpers.poses import random_image
from mmpose_addons_core.media.video_writer import VideoWriter
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.infer import infer
from mmpose_addons_runtime.output_plan import plan_outputs
from mmpose_addons_runtime.sources import find_sources
from mmpose_addons_runtime.topdown import TopdownPipeline


@pytest.fixture
def inputs(rng, tmp_path, monkeypatch):
    """Twelve images, the sixth of them broken, and a video."""
    monkeypatch.chdir(tmp_path)
    Path('many').mkdir()
    for number in range(12):
        cv2.imwrite(f'many/{number}.png', random_image(rng, 40, 30))
    Path('many/5.png').write_bytes(b'\x89PNG\r\n\x1a\n')
    write_video('clip.mp4', [random_image(rng, 48, 64) for _ in range(7)])
    return ['many', 'clip.mp4']


def run(inputs, overlap, network=None, videos=False, **more):
    out = Path(f'out{overlap:d}')
    sources, _ = find_sources(inputs)
    plan = plan_outputs(inputs, sources, out, images=not videos, videos=videos)
    collected, done = CollectedPredictions(sources), []
    report = infer(
        sources,
        plan,
        TopdownPipeline(network or BrightnessNetwork()),
        collected=collected,
        advance=done.append,
        overlap=overlap,
        **more,
    )
    files = {
        str(file.relative_to(out)): comparable(file)
        for file in out.rglob('*')
        if file.is_file()
    }
    return report, files, len(done)


@pytest.mark.parametrize('options', [{}, dict(videos=True, track='iou', smooth=True)])
def test_the_same_bytes_and_the_same_report(inputs, options):
    (before, files, done), (after, others, done_after) = (
        run(inputs, overlap, **options) for overlap in (False, True)
    )
    assert files == others
    assert len(files) == (3 if options else 19)
    assert done == done_after == before.frames == after.frames == 18
    assert [lost.message for lost in after.lost] == [lost.message for lost in before.lost]
    assert (after.people, after.empty, after.exit_code) == (before.people, before.empty, 3)


def test_the_encoder_gets_the_same_images(inputs, monkeypatch):
    """None of them changes while it is encoded."""
    write, seen = VideoWriter.write, []

    def noted(writer, image, time):
        before = image.tobytes()
        write(writer, image, time)
        seen.append((before, image.tobytes() == before, time))

    monkeypatch.setattr(VideoWriter, 'write', noted)
    for overlap in (False, True):
        assert run(inputs, overlap, videos=True, track='iou')[0].frames == 18
    assert all(unchanged for _, unchanged, _ in seen)
    assert seen[:18] == seen[18:]


def test_a_run_that_ends_at_the_first_broken_image(inputs):
    (before, files, _), (after, others, _) = (
        run(inputs, overlap, stop_on_error=True) for overlap in (False, True)
    )
    assert files == others
    assert after.frames == before.frames == 5
    assert after.stopped == before.stopped != ''
    assert len(after.lost) == len(before.lost) == 1


def test_an_error_of_the_network_keeps_what_is_done(inputs):
    class Failing(BrightnessNetwork):
        count = 0

        def __call__(self, crops):
            self.count += len(crops)
            if self.count > 8:
                raise RuntimeError('no memory')
            return super().__call__(crops)

    reports = []
    for overlap in (False, True):
        report, files, _ = run(inputs, overlap, Failing())
        assert len(files) == 1 + report.frames
        reports.append(report)
    before, after = reports
    assert after.frames == before.frames > 0
    assert after.stopped == before.stopped == 'RuntimeError: no memory'


def test_nothing_is_read_after_a_stop(inputs):
    stop = StopRequest()
    stop.signal = 15
    report, files, done = run(inputs, True, stop=stop)
    assert (report.frames, done, report.exit_code) == (0, 0, 143)
    assert report.lost == []
    assert [*files] == ['results.json']
