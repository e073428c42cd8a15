"""mmpose-addons infer when something goes wrong: what is done is kept, and the end says it."""

import errno
import json
import os
import signal
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from helpers.media import break_frame, write_video
from helpers.poses import pose_model, random_image
from mmpose_addons import apis
from mmpose_addons.apis import PosePipeline
from mmpose_addons_core.folder_lock import lock_folder
from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_core.media.video_writer import VideoWriteError, VideoWriter
from mmpose_addons_runtime import infer as infer_module
from mmpose_addons_runtime import outputs, results_file
from mmpose_addons_runtime.outputs import Outputs


@pytest.fixture(scope='module')
def pipeline():
    """A small network, which each run would otherwise load for a second."""
    return PosePipeline(pose_model(), device='cpu')


@pytest.fixture
def pose(pipeline, monkeypatch):
    """Config and checkpoint; any will do."""
    monkeypatch.setattr(apis, 'PosePipeline', lambda *_, **__: pipeline)
    return ['pose.py', 'pose.pth']


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """A folder of twelve images."""
    monkeypatch.chdir(tmp_path)
    Path('photos').mkdir()
    for number in range(12):
        cv2.imwrite(f'photos/{number}.png', random_image(rng))
    return tmp_path


@pytest.fixture
def infer(run_command, pose):
    """Runs the command: exit status, output, last line of the errors, and results."""

    def run(*inputs, out='out'):
        line = [*inputs, '--pose', *pose, '--device', 'cpu', '--save-json', '--out', out]
        status, output, errors = run_command('infer', *line)
        hidden = [file.name for file in Path(out).rglob('.*') if file.is_file()]
        assert hidden == ['.infer_outputs.json']
        results = json.loads(Path(out, 'results.json').read_text())
        return status, output, errors.splitlines(), results

    return run


def test_natural_order_names_and_numbers(folder, infer):
    status, output, errors, results = infer('photos', '--track', 'iou')
    assert (status, errors) == (0, [])
    assert '12 poses in 12 frames' in output
    assert [result['file_name'] for result in results] == [f'photos/{n}.png' for n in range(12)]
    assert [result['image_id'] for result in results] == list(range(12))
    assert {(result['frame_id'], result['track_id']) for result in results} == {(0, 0)}
    assert all('time' not in result for result in results)


def test_broken_images_are_passed_over_and_named(folder, infer):
    Path('photos/3.png').write_bytes(Path('photos/3.png').read_bytes()[:300])
    Path('photos/11.png').write_text('broken')
    Path('photos/._4.png').write_text('of macOS')
    status, output, errors, results = infer('photos')
    assert status == 3
    assert '10 poses in 10 of 12 frames' in output
    assert errors[0] == 'infer: 2 frames skipped:'
    assert '3.png is' in errors[1]
    assert '11.png is' in errors[2]
    assert [result['image_id'] for result in results] == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert len(list(Path('out/visualizations').iterdir())) == 10


def test_a_pipe_among_images(folder, infer):
    Path('photos/5.png').unlink()
    os.mkfifo('photos/5.png')
    status, output, errors, _ = infer('photos')
    assert (status, '11 poses in 11 of 12 frames' in output) == (3, True)
    assert errors[1] == '  photos/5.png is a pipe, socket or device, not a file'


def test_stop_at_the_first_broken_image(folder, infer):
    for number in (6, 8):
        Path(f'photos/{number}.png').write_text('broken')
    status, _, errors, results = infer('photos', '--on-error', 'stop')
    assert status == 1
    assert errors[-1].startswith('infer: stopped after 6 of 12 frames: photos/6.png is not a')
    assert len(results) == 6


def test_missing_frames_of_a_video(folder, infer, rng):
    break_frame(write_video(Path('v.avi'), [random_image(rng) for _ in range(6)], rate=25), 2)
    status, _, errors, results = infer('v.avi', '--save-video', '--smooth')
    assert status == 3
    assert 'v.avi: frame 2 is missing' in errors[1]
    assert [result['frame_id'] for result in results] == [0, 1, 3, 4, 5]
    times = [result['time'] for result in results]
    assert times == pytest.approx([0, 0.04, 0.12, 0.16, 0.2])
    written = [frame.time for frame in VideoReader('out/v.mp4').frames(pytest.fail)]
    assert written == pytest.approx(times)


@pytest.mark.parametrize('rate', [196.263, 66.667, 239.911, 90000])
def test_videos_of_odd_rates_and_sizes(folder, infer, rng, rate):
    images = [random_image(rng, 161, 121) for _ in range(3)]
    write_video(Path('v.avi'), images, rate)
    status, _, errors, _ = infer('v.avi', '--save-video')
    assert (status, errors) == (0, [])
    frames = list(VideoReader('out/v.mp4').frames(pytest.fail))
    given = [frame.time for frame in VideoReader('v.avi').frames(pytest.fail)]
    assert [frame.time for frame in frames] == pytest.approx(given, rel=1e-4)
    assert [frame.image.shape for frame in frames] == [(121, 161, 3)] * 3


def test_time_stamps_of_a_changing_rate(folder, infer, rng):
    times = [0, 0.04, 0.5, 0.54, 1.2]
    write_video(Path('v.mkv'), [random_image(rng) for _ in times], times=times)
    _, _, _, results = infer('v.mkv', '--save-video', '--smooth')
    assert [result['time'] for result in results] == pytest.approx(times, abs=1e-3)
    written = [frame.time for frame in VideoReader('out/v.mp4').frames(pytest.fail)]
    assert written == pytest.approx(times, abs=1e-3)


@pytest.mark.parametrize(('number', 'code'), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize('video', [False, True])
def test_signals(folder, infer, monkeypatch, number, code, video):
    """What was done before the signal is there, in files that are whole.

    The thread that draws may begin the next frame before the main thread sees the signal.
    """
    drawn, done = infer_module.drawn_frame, []

    def interrupted(*arguments):
        done.append(1)
        if len(done) == 5:
            os.kill(os.getpid(), number)
            time.sleep(0.1)
        return drawn(*arguments)

    monkeypatch.setattr(infer_module, 'drawn_frame', interrupted)
    status, _, errors, results = infer('photos', *(['--save-video'] if video else []))
    assert status == code
    reason = {130: 'Ctrl-C', 143: 'SIGTERM'}[code]
    count = len(done)
    assert count in (5, 6)
    assert errors[-1] == f'infer: stopped after {count} of 12 frames: {reason}'
    assert len(results) == count
    if video:
        assert len(list(VideoReader('out/photos.mp4').frames(pytest.fail))) == count
    else:
        assert len(list(Path('out/visualizations').iterdir())) == count


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_for_images(folder, infer, monkeypatch):
    write = Path.write_bytes
    monkeypatch.setattr(
        Path,
        'write_bytes',
        lambda path, data: full() if '7' in path.name[-6:] else write(path, data),
    )
    status, _, errors, results = infer('photos')
    assert status == 1
    assert errors[-1] == (
        'infer: stopped after 7 of 12 frames: out/visualizations/7.jpg cannot be written: '
        'No space left on device'
    )
    assert len(results) == 8  # that of the image which could not be written as well


def test_a_full_disk_for_results(folder, infer, monkeypatch):
    write = os.write

    def limited(file, data):
        if os.lseek(file, 0, os.SEEK_CUR) + len(data) > 4000:
            full()
        return write(file, data)

    monkeypatch.setattr(results_file.os, 'write', limited)
    status, _, errors, results = infer('photos', '--no-visualizations')
    assert status == 1
    assert 'out/results.json cannot be written: No space left on device' in errors[-1]
    assert 0 < len(results) < 12
    assert errors[-1].startswith(f'infer: stopped after {len(results)} of 12 frames')


def test_a_disk_that_is_full_from_the_start(folder, pose, run_command, monkeypatch):
    monkeypatch.setattr(results_file.os, 'write', full)
    line = ['photos', '--pose', *pose, '--device', 'cpu', '--save-json', '--out', 'out']
    status, _, errors = run_command('infer', *line)
    assert status == 1
    assert errors.splitlines()[-1] == (
        'infer: stopped after 0 of 12 frames: out/results.json cannot be written: '
        'No space left on device'
    )
    assert [file.name for file in Path('out').iterdir()] == ['.infer_outputs.json']


def test_an_output_folder_that_is_a_file(folder, pose, run_command):
    Path('out').write_text('mine')
    line = ['photos', '--pose', *pose, '--device', 'cpu', '--save-json', '--out', 'out']
    status, _, errors = run_command('infer', *line)
    assert status == 2
    assert errors == 'infer: out: is a file, a folder is needed\n'
    assert Path('out').read_text() == 'mine'


class BrokenEncoder(VideoWriter):
    def write(self, image, time):
        if self.written == 2:
            raise VideoWriteError(f'{self.target} cannot be written: the encoder fails')
        super().write(image, time)


def test_an_encoder_that_fails_does_not_take_the_results_along(folder, infer, monkeypatch):
    monkeypatch.setattr(outputs, 'VideoWriter', BrokenEncoder)
    status, output, errors, results = infer('photos', '--save-video')
    assert status == 1
    assert '12 poses in 12 frames' in output
    assert errors == ['infer: not written: out/photos.mp4 cannot be written: the encoder fails']
    assert len(results) == 12
    assert len(list(VideoReader('out/photos.mp4').frames(pytest.fail))) == 2


def test_an_unexpected_error_keeps_what_is_done(folder, infer, monkeypatch):
    add, done = Outputs.add_image, []

    def failing(*arguments):
        done.append(1)
        if len(done) == 4:
            raise RuntimeError('out of memory')
        add(*arguments)

    monkeypatch.setattr(Outputs, 'add_image', failing)
    status, _, errors, results = infer('photos')
    assert status == 1
    assert errors[-1] == 'infer: stopped after 3 of 12 frames: RuntimeError: out of memory'
    assert any('Traceback' in line for line in errors)
    assert len(results) == 4


def test_pages_and_animations(folder, infer, rng):
    images = [random_image(rng) for _ in range(3)]
    cv2.imwritemulti('pages.tif', images)
    first, *others = map(Image.fromarray, images)
    first.save('a.gif', save_all=True, append_images=others, duration=[200, 100, 100])
    status, _, _, results = infer('pages.tif', 'a.gif')
    assert status == 0
    assert [(result['file_name'], result['frame_id']) for result in results] == [
        (name, number) for name in ('pages.tif', 'a.gif') for number in range(3)
    ]
    assert [result.get('time') for result in results] == [None] * 3 + [0, 0.2, 0.3]
    assert (
        sorted(file.name for file in Path('out/visualizations').iterdir())[0] == 'a_000000.jpg'
    )
    status, _, _, _ = infer('a.gif', '--save-video', out='out2')
    times = [frame.time for frame in VideoReader('out2/a.mp4').frames(pytest.fail)]
    assert times == pytest.approx([0, 0.2, 0.3])


def test_the_depth_of_16_bit_files_is_said(folder, infer, rng):
    grey = random_image(rng)[..., 0]
    grey[0, 0] = 255
    cv2.imwrite('deep.png', grey.astype(np.uint16) << 4)
    status, _, errors, _ = infer('deep.png')
    assert status == 0
    assert 'deep.png (12 bits)' in errors[0]
    drawn = cv2.imread('out/visualizations/deep.jpg')
    assert drawn.mean() == pytest.approx(grey.mean(), abs=20)


def test_two_runs_into_one_folder(folder, pose, run_command):
    with lock_folder('out'):
        status, _, errors = run_command(
            *('infer', 'photos', '--pose', *pose, '--device', 'cpu', '--out', 'out')
        )
    assert status == 2
    assert 'is in use by' in errors
    assert not Path('out/visualizations').exists()


def test_a_stream_that_does_not_answer(folder, pose, run_command):
    line = ['rtsp://127.0.0.1:9/x', '--pose', *pose, '--device', 'cpu', '--out', 'out']
    status, output, errors = run_command('infer', *line)
    assert status == 3
    assert 'stream rtsp://127.0.0.1:9/x cannot be opened: Connection refused' in errors
    assert '0 poses' in output


def test_handed_inputs(cases, tmp_path, monkeypatch, pose, run_command):
    """One output an input, never over an input; the exit code tells of what is skipped."""

    def run(folder, *inputs, code, lines=()):
        monkeypatch.chdir(cases / folder)
        out = tmp_path / 'out' / folder / str(len(inputs))
        line = [*inputs, '--pose', *pose, '--device', 'cpu', '--save-json', '--out', out]
        status, output, errors = run_command('infer', *line)
        assert status == code, errors
        assert all(line in output + errors for line in lines)
        return json.loads((out / 'results.json').read_text()), out

    results, out = run('same_names', 'cam1', 'cam2', '--ann', 'ann.json', code=0)
    assert [result['image_id'] for result in results] == [100, 101, 102, 200, 201, 202]
    assert len(list((out / 'visualizations').rglob('*.jpg'))) == 6
    _, out = run('output_over_input', 'a/clip.mp4', 'b/clip.mp4', '--save-video', code=0)
    counts = [
        len(list(VideoReader(out / name).frames(pytest.fail)))
        for name in ('clip.mp4', 'clip_2.mp4')
    ]
    assert counts == [20, 5]
    results, _ = run(
        *('cut_videos', 'cut.avi', 'bad20.avi'),
        code=3,
        lines=['cut.avi: frames 20 to 39 are missing', 'bad20.avi: frame 19 is missing'],
    )
    assert len(results) == 59
    results, _ = run(
        'broken_pictures', 'photos', 'many', 'half', code=3, lines=['z.jpg is not']
    )
    assert len(results) == 15
    results, out = run('not_utf8_names', '.', code=0)
    assert os.listdir(os.fsencode(out / 'visualizations')).count(b'caf\xe9.jpg') == 1
    assert [os.fsencode(result['file_name']) for result in results] == [
        b'a.jpg',
        b'caf\xe9.jpg',
    ]
    names = ['f196.263', 'f239.76', 'f1000']
    run('frame_rates', *(f'{name}.avi' for name in names), '--save-video', code=0)


@pytest.mark.parametrize(
    ('options', 'name'),
    [
        ([], 'visualizations/7.jpg'),
        (['--save-video'], 'photos.mp4'),
        (['--save-as', 'csv', '--no-visualizations'], 'predictions.csv'),
    ],
)
def test_files_of_the_user_are_not_replaced(folder, pose, run_command, options, name):
    own = Path('out', name)
    own.parent.mkdir(parents=True)
    own.write_text('by hand')
    line = ['infer', 'photos', '--pose', *pose, '--device', 'cpu', '--out', 'out', *options]
    status, _, errors = run_command(*line)
    assert (status, errors) == (2, f'infer: {own} exists; --force overwrites it\n')
    assert own.read_text() == 'by hand'
    assert len([*Path('out').rglob('*.*')]) == 1
    assert run_command(*line, '--force')[0] == 0
    assert own.read_bytes() != b'by hand'
    assert run_command(*line)[0] == 0
