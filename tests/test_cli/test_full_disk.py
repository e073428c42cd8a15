"""A disk that is full ends every command that writes with one line: file and true reason."""

import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from mmengine.config import Config

from helpers import label_projects
from helpers.coco_files import people_apart, write_data, write_images
from helpers.poses import pose_config, pose_model
from mmpose_addons.apis import PosePipeline
from mmpose_addons.checkpoints import write_checkpoint

PLACE = 60  # bytes of a file
# of commands that also write temporary files
MORE = dict(export=30_000, sheet=15_000, infer=500)

COMMANDS = {
    'check-data': ['people.json', '--json', 'out/a.json'],
    'sheet': ['people.json', 'results.json', '--images', '.', '--out', 'out/a.png'],
    'edit-checkpoint': ['pose.pth', '--out', 'out/a.pth'],
    'dataset-info': ['people.json', '--out', 'out/a.py'],
    'unlabelled-frames': ['frames', '--out', 'out/a.json'],
    'frames-to-label': ['frames.json', '--images', '.', '--like', 'people.json']
    + ['--out', 'out/a.json'],
    'animal-boxes': ['animals.json', '--species', 'person', '--out', 'out/a.json'],
    'import': ['project', '--out', 'out/a'],
    'toy': ['people', '--out', 'out/a', '--images', '2', '--size', '64', '--workers', '1'],
    'plot-ced': ['errors.csv', '--out', 'out/a.png'],
    'infer': ['1.jpg', '--pose', 'pose.py', 'pose.pth', '--out', 'out', '--save-json']
    + ['--device', 'cpu'],
    'export': ['pose.py', 'pose.pth', 'out/a.onnx'],
}
FORMATS = ['dlc', 'slp', 'lightning-pose', 'csv']


@pytest.fixture(scope='module')
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp('inputs')
    data = people_apart()
    write_images(folder, data)
    write_data(folder, data)
    points = [
        {key: person[key] for key in ('image_id', 'category_id', 'keypoints')} | dict(score=0.5)
        for person in data['annotations']
    ]
    write_data(folder, points, 'results.json')
    write_data(folder, data, 'frames.json')
    for person in data['annotations']:
        person['bbox'] = [1, 1, 40, 40]
    write_data(folder, data, 'animals.json')
    (folder / 'frames').mkdir()
    write_images(folder / 'frames', data)
    label_projects.deeplabcut(folder / 'project', dict(video=label_projects.labels(3)))
    (folder / 'errors.csv').write_text('subset,nme,share\n' + 'all,0.05,1\n' * 20)
    config = pose_config()
    Config(dict(config)).dump(folder / 'pose.py')
    write_checkpoint(folder / 'pose.pth', pose_model(config).state_dict(), {})
    return folder


@contextmanager
def full_disk(place):
    """Files of this process take at most this many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (place, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def run(inputs, tmp_path, monkeypatch, run_command):
    """Runs a command on a full disk: exit status and errors. It leaves nothing behind."""
    for file in inputs.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    Path('out').mkdir()
    pipeline = PosePipeline(pose_model(), device='cpu')  # reading a config writes a copy of it
    monkeypatch.setattr('mmpose_addons.apis.PosePipeline', lambda *_, **__: pipeline)

    def run(command, *more):
        with full_disk(MORE.get(command, PLACE)):
            status, _, errors = run_command(command, *COMMANDS[command], *more)
        assert status == 1, errors
        assert [file.name for file in Path('out').rglob('.[!i]*')] == []
        assert 'Traceback' not in errors
        return errors

    return run


@pytest.mark.parametrize('command', COMMANDS)
def test_the_line_names_file_and_reason(run, command):
    errors = run(command)
    (line,) = [line for line in errors.splitlines() if 'File too large' in line]
    assert 'out' in line.split('File too large')[0]


@pytest.mark.parametrize('name', FORMATS)
def test_formats_of_infer(run, name):
    errors = run('infer', '--no-visualizations', '--save-as', name)
    assert f'--save-as {name}: out' in errors
    assert 'File too large' in errors
