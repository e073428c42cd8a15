"""Work on a local Ray cluster of two workers, one of which is killed."""

import os
from functools import partial
from pathlib import Path

import cv2
import pytest

from helpers import brightness_network
from helpers.brightness_network import KilledDetector, bright_boxes, killed_pipeline
from helpers.media import moving_images, write_video
from helpers.part_runs import Run, files_of
from mmpose_addons_runtime.detect_batches import batches_of, find_here, find_on_cluster
from mmpose_addons_runtime.errors import ModelError
from mmpose_addons_runtime.on_ray import Cluster, joined_cluster, ray_runner

pytestmark = pytest.mark.slow
ray = pytest.importorskip('ray')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Workers find the modules of the tests, and start here."""
    paths = [
        str(Path(brightness_network.__file__).parents[1]),
        os.environ.get('PYTHONPATH', ''),
    ]
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join(paths))
    monkeypatch.chdir(tmp_path)


def test_videos_images_and_segments(folder):
    """A segment of a long video is done again, and the results are those of one process."""
    write_video(Path('long.avi'), moving_images(130), 1)
    write_video(Path('short.avi'), moving_images(5))
    cv2.imwrite('image.png', moving_images(1)[0])
    inputs = ['long.avi', 'short.avi', 'image.png']
    Run(inputs, 'one', smooth=True).at_once()
    run = Run(inputs, 'two', smooth=True)
    job = run.job()
    job.make_pipeline = killed_pipeline
    with ray_runner(Cluster(workers=2), job) as runner:
        report = run.in_parts(run=runner)
    assert not ray.is_initialized()
    assert Path('killed').exists()
    assert (report.frames, report.exit_code, report.stopped) == (136, 0, '')
    assert run.said == []
    assert files_of('one') == files_of('two')


def test_boxes_of_a_detector(folder):
    images = moving_images(150)
    for number, image in enumerate(images):
        cv2.imwrite(f'{number}.png', image)
    Path('7.png').write_text('no image')
    records = [dict(id=number + 10, file_name=f'{number}.png') for number in range(150)]
    batches = batches_of(records, 8, lambda image_id: False)
    expected = [image for found in find_here(bright_boxes, Path(), batches) for image in found]
    with joined_cluster(Cluster(workers=2)) as on_cluster:
        rows = [*find_on_cluster(on_cluster, KilledDetector, Path(), batches)]
    assert Path('killed').exists()
    assert len(rows) == 3
    found = {image_id: boxes for row in rows for image_id, boxes in row}
    assert found.keys() == {record['id'] for record in records}
    assert 'not a readable image' in found[17]
    for image_id, boxes in expected:
        there = found[image_id]
        assert there == boxes or [*map(tuple, there)] == boxes


def test_no_cluster_there(monkeypatch):
    def unreachable(*args, **options):
        raise ConnectionError('token refused')

    monkeypatch.setattr(ray, 'init', unreachable)
    message = r'no Ray cluster at auto: token refused; a cluster that asks for a token needs'
    with (
        joined_cluster(Cluster('auto')) as on_cluster,
        pytest.raises(ModelError, match=message),
    ):
        next(on_cluster(partial(print), [1]))
