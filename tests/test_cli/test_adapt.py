"""mmpose-addons adapt and train --labelled: from labels and a video to a report."""

import json
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmpose.registry import DATA_SAMPLERS, DATASETS

from helpers.detectors import detector_config
from helpers.labelled_animals import write_labelled, write_tiny_network, write_video
from mmpose_addons.apis import BoxDetector
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.datasets import CropCacheError
from mmpose_addons.datasets.crop_cache.size import CacheSize
from mmpose_addons.training_run.networks import network
from mmpose_addons_cli.main import main
from mmpose_addons_core.choices import ADAPTATION_METHODS, RUN_NETWORKS
from mmpose_addons_core.folder_lock import lock_folder


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """``labelled/``, ``new.avi`` and ``tiny.py``."""
    folder = tmp_path_factory.mktemp('data')
    write_labelled(folder / 'labelled')
    write_video(folder / 'new.avi', folder / 'real')
    write_tiny_network(folder / 'tiny.py')
    return folder


def command(data, out, *more):
    options = ['--labelled', data / 'labelled', '--model', data / 'tiny.py', '--out', out]
    return [str(option) for option in (*options, *more)]


def adapt(data, out, *more):
    unlabelled = ['--unlabelled', data / 'new.avi', '--frames', '6']
    if '--minutes' not in more:
        more = (*more, '--steps', '20')
    return main(['adapt', *command(data, out, *unlabelled, *more)])


def scores_of(out):
    return json.loads((out / 'scores.json').read_text())


def boxes_of(out):
    """Box of each picked frame, by its name."""
    content = json.loads((out / 'target/frames.json').read_text())
    names = {image['id']: image['file_name'] for image in content['images']}
    return {names[a['image_id']]: a['bbox'] for a in content['annotations']}


@pytest.fixture(scope='module')
def run(data, tmp_path_factory):
    """A whole adaptation by CC-SSL."""
    out = tmp_path_factory.mktemp('runs') / 'one'
    assert adapt(data, out) == 0
    return out


def test_a_dry_run_writes_configs_that_build(data, tmp_path, capsys):
    assert adapt(data, tmp_path / 'run', '--dry-run', '--method', 'batchnorm') == 0
    said = capsys.readouterr().out
    assert '12 labelled instances of 18 keypoints' in said
    assert 'the whole frame is the crop' in said
    assert 'left_eye/right_eye' in said
    assert re.search(r'training on labels: 1 epochs of 20 steps of 12 images', said)
    assert not (tmp_path / 'run/network.pth').exists()
    adapted = Config.fromfile(tmp_path / 'run/adapt.py')
    assert adapted.model.type == 'SourceTargetTopdown'
    assert adapted.model.consistency.weight == 0
    assert adapted.model.head.out_channels == 18
    assert adapted.load_from == str(tmp_path / 'run/source.pth')
    assert f'crop cache: {tmp_path / "run/crops"} holds 12 samples in about' in said
    assert not (tmp_path / 'run/crops').exists()
    frames = json.loads((tmp_path / 'run/target/frames.json').read_text())['images']
    assert 2 <= len(frames) <= 6
    assert f'{tmp_path / "run/crops"} holds {len(frames)} samples in about' in said
    names = [frame['file_name'] for frame in frames]
    assert all((tmp_path / 'run/target/frames' / name).is_file() for name in names)


def test_a_run_ends_with_scores_and_a_page(run):
    scores = scores_of(run)
    assert {part: sorted(networks) for part, networks in scores.items()} == {
        'val': ['after', 'before']
    }
    page = (run / 'report.html').read_text()
    assert 'left_eye' in page
    assert 'data:image/jpeg;base64' in page
    assert 'src="http' not in page
    assert f'{scores["val"]["after"]["EPE"]:.1f}' in page
    assert page.index('Best') < page.index('Worst')
    assert page.count('<svg') == 4
    assert 'Pseudo-labels' in page
    assert f'--pose {run / "source.py"} {run / "network.pth"}' in page
    assert (run / 'network.pth').is_file()


def test_labels_that_are_probably_wrong_are_said(run):
    records = json.loads((run / 'adapt/diagnosis.json').read_text())
    assert [record['epoch'] for record in records] == [0, 1]
    # a network of 20 steps sees all joints in the middle
    assert 0 <= records[0]['estimates']['variety'] < 0.5
    assert len(records[0]['warnings']) == 1
    page = (run / 'report.html').read_text()
    says = 'labels are probably wrong: the shapes of poses'
    assert f'<strong>Warning.</strong> Before epoch 0: {says}' in page
    assert f'{records[0]["estimates"]["variety"]:.3g}</td>' in page


def test_images_are_decoded_once_unless_said_otherwise(run, data, tmp_path):
    frames = json.loads((run / 'target/frames.json').read_text())['images']
    assert len([*(run / 'crops').rglob('*.crop')]) == 12 + len(frames)
    assert adapt(data, tmp_path / 'run', '--dry-run', '--no-crop-cache') == 0
    assert Config.fromfile(tmp_path / 'run/source.py').crop_cache is None


def test_a_disk_without_room_for_crops_is_said_before_training(
    data, tmp_path, capsys, monkeypatch
):
    def no_room(*_):
        raise CropCacheError('needs about 9.0 GB more, got 1.0 GB that are free')

    name = 'mmpose_addons.datasets.crop_cache.crop_cache_dataset.announce'
    monkeypatch.setattr(name, no_room)
    assert adapt(data, tmp_path / 'run') == 2
    assert capsys.readouterr().err.endswith(
        'got 1.0 GB that are free; --no-crop-cache trains without it\n'
    )
    # there is room for weights and frames, and for each cache, but not for their sum
    monkeypatch.setattr(name, lambda *_: CacheSize('a line', 1e18))
    assert adapt(data, tmp_path / 'run') == 2
    assert 'GB of it for the crop cache, got' in capsys.readouterr().err
    assert not (tmp_path / 'run/source').exists()
    assert not (tmp_path / 'run/plan.json').exists()


def test_the_network_serves_infer(run, data, tmp_path):
    pose = [str(run / 'source.py'), str(run / 'network.pth')]
    options = ['--pose', *pose, '--out', str(tmp_path / 'poses'), '--save-as', 'csv']
    video = str(data / 'new.avi')
    assert main(['infer', video, *options, '--no-visualizations', '--device', 'cpu']) == 0
    lines = (tmp_path / 'poses/predictions.csv').read_text().splitlines()
    assert len(lines) == 17


def test_the_same_command_goes_on(run, data, capsys):
    before = {file: file.stat().st_mtime_ns for file in run.glob('*/epoch_*.pth')}
    assert before
    (run / 'report.html').unlink()
    assert adapt(data, run) == 0
    said = capsys.readouterr().out
    assert 'goes on with the configs' in said
    assert 'million parameters' in said
    assert (run / 'report.html').is_file()
    assert {file: file.stat().st_mtime_ns for file in run.glob('*/epoch_*.pth')} == before


def test_other_options_need_another_folder(run, data, capsys):
    assert adapt(data, run, '--method', 'mean-teacher') == 2
    assert "run with another method: expected 'cc-ssl'" in capsys.readouterr().err


@pytest.mark.parametrize('changed', ['boxes.json', 'few.json', 'start.pth', 'new.avi', 'few'])
def test_other_contents_need_another_folder(changed, run, data, tmp_path, capsys):
    for file in (data / 'labelled/annotations/val.json', run / 'source.pth', data / 'new.avi'):
        shutil.copy(file, tmp_path)
    few = json.loads((tmp_path / 'val.json').read_text())
    (tmp_path / 'boxes.json').write_text('{"new/000000.jpg": [1, 2, 50, 50]}')
    images = data / 'labelled/images'
    for image in few['images']:
        file = tmp_path / 'few' / image['file_name']
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((images / image['file_name']).read_bytes() + b'x')
    (tmp_path / 'few.json').write_text(json.dumps(few))
    (tmp_path / 'source.pth').rename(tmp_path / 'start.pth')
    words = ['--unlabelled', tmp_path / 'new.avi', '--boxes', tmp_path / 'boxes.json']
    words += ['--few', tmp_path / 'few.json', '--few-images', tmp_path / 'few', '--dry-run']
    words += ['--start', tmp_path / 'start.pth', '--frames', '16', '--steps', '2']
    begin = ['adapt', *command(data, tmp_path / 'run', *words)]
    assert main(begin) == 0
    assert main(begin) == 0  # the same contents
    name = tmp_path / changed
    if changed == 'few':
        changed = f'few/{few["images"][0]["file_name"]}'
        name = f'an image of {tmp_path / "few.json"}'
    content = (tmp_path / changed).read_bytes()
    if changed.endswith('json'):
        content = content.replace(b'50]', b'51]') if changed == 'boxes.json' else content + b' '
    elif changed.endswith('jpg'):
        content = content[:-1] + b'y'
    elif changed.endswith('pth'):
        meta = torch.load(tmp_path / changed, weights_only=False)
        torch.save(dict(meta, epoch=9), tmp_path / changed)
        content = (tmp_path / changed).read_bytes()
    else:
        content += b'more'
    (tmp_path / changed).write_bytes(content)
    capsys.readouterr()
    assert main(begin) == 2
    said = capsys.readouterr().err
    assert said.startswith(f'adapt: {name} has changed since the run in ')
    assert (tmp_path / 'run/target/frames.json').is_file()


def test_damaged_files_of_a_run_are_named(run, data, tmp_path, capsys):
    whole = tmp_path / 'whole'
    shutil.copytree(run, whole)
    run_file = json.loads((whole / 'run.json').read_text())
    (whole / 'run.json').write_text(json.dumps(dict(run_file, out=str(whole))))
    names = ['plan.json', 'time.json', 'scores.json', 'adapt/trained.json']
    for name in [*names, 'tests/val_after/predictions.json']:
        content = (whole / name).read_bytes()
        for damaged in (content[: len(content) // 2], b'12'):
            (whole / name).write_bytes(damaged)
            capsys.readouterr()
            assert adapt(data, whole) == 2
            said = capsys.readouterr().err
            assert said.startswith(f'adapt: {whole / name} is not ')
            assert said.count('\n') == 1
        (whole / name).write_bytes(content)


def test_a_folder_that_another_run_holds(data, tmp_path, capsys):
    with lock_folder(tmp_path / 'run'):
        assert adapt(data, tmp_path / 'run', '--dry-run') == 2
    assert 'run is in use by' in capsys.readouterr().err
    assert not (tmp_path / 'run').joinpath('run.json').exists()


def test_frames_that_cannot_be_read_are_counted(data, tmp_path, capsys):
    new = tmp_path / 'new'
    new.mkdir()
    for number, image in enumerate(sorted((data / 'real/images').rglob('*.jpg'))):
        shutil.copy(image, new / f'{number}.jpg')
    for number in range(7):
        (new / f'{number}.jpg').write_bytes(b'no image')
    (new / 'clip.mp4').write_bytes(b'')
    words = ['--unlabelled', new, '--dry-run', '--steps', '2']
    for _ in range(2):  # the second one goes on
        assert main(['adapt', *command(data, tmp_path / 'run', *words)]) == 3
        said = capsys.readouterr().out
        assert 'adapt: left out: 7 frames that cannot be read: ' in said
        assert 'and 2 more' in said
        assert f'are not read: {new / "clip.mp4"}' in said
    left_out = json.loads((tmp_path / 'run/target/left_out.json').read_text())
    assert len(left_out) == 7
    assert all(str(new / f'{number}.jpg') in left_out[number][1] for number in range(7))


def test_the_mean_teacher_adapts_a_given_network(run, data, tmp_path):
    start = run / 'source.pth'
    out = tmp_path / 'run'
    assert adapt(data, out, '--method', 'mean-teacher', '--start', start) == 0
    assert not (out / 'source').exists()
    scores = scores_of(out)['val']
    assert scores['before'] == scores_of(run)['val']['before']
    assert scores['after'] != scores['before']


def test_a_few_labels_are_a_quarter_of_each_batch(run, data, tmp_path, capsys):
    real = data / 'real'
    few = ['--few', real / 'annotations/animals_train.json']
    few += ['--few-images', real / 'images/train']
    out = tmp_path / 'run'
    assert adapt(data, out, *few, '--start', run / 'source.pth') == 0
    said = capsys.readouterr().out
    assert 'adaptation by mean-teacher' in said
    assert f'a quarter of each batch are the 16 labelled animals of {few[1]}' in said
    assert f'{out / "crops"} holds 16 samples in about' in said
    loader = Config.fromfile(out / 'adapt.py').train_dataloader
    assert loader.batch_size == loader.sampler.batch_size == 12
    dataset = DATASETS.build(loader.dataset)
    sampler = DATA_SAMPLERS.build({**loader.sampler, 'dataset': dataset})
    ends = [len(domain) for domain in dataset.domains.values()]
    batch = np.searchsorted(np.cumsum(ends), [d.index for d in sampler][:12], side='right')
    assert dict(zip(dataset.domains, np.bincount(batch), strict=True)) == dict(
        source=3, few=3, target=6
    )
    logged = next((out / 'adapt').glob('*/vis_data/scalars.json')).read_text()
    assert '"few/loss_kpt"' in logged


def test_a_label_that_is_not_used_is_named_and_not_counted(data, tmp_path, capsys):
    real = data / 'real'
    content = json.loads((real / 'annotations/animals_train.json').read_text())
    content['annotations'][2]['bbox'] = [5, 5, 0, 0]
    few = tmp_path / 'few.json'
    few.write_text(json.dumps(content))
    options = ['--few', few, '--few-images', real / 'images/train', '--dry-run']
    assert adapt(data, tmp_path / 'run', *options) == 0
    said = capsys.readouterr().out
    assert f'a quarter of each batch are the 15 labelled animals of {few}' in said
    name = content['annotations'][2]['id']
    assert f'left out of {few}: 1 of 16 records: annotation {name} (image ' in said
    loader = Config.fromfile(tmp_path / 'run/adapt.py').train_dataloader
    domains = DATASETS.build(loader.dataset).domains
    assert len(domains['few']) == 15


@pytest.mark.parametrize(
    ('option', 'value', 'message'),
    [
        ('--seed', '-1', 'must be a whole number from 0 to 4294967295'),
        ('--seed', '4294967296', 'must be a whole number from 0 to 4294967295'),
        ('--seed', '1.5', 'must be a whole number from 0 to 4294967295'),
        ('--minutes', '0', 'must be a positive number'),
        ('--minutes', 'nan', 'must be a positive number'),
        ('--steps', '0', 'must be a whole number from 1'),
    ],
)
@pytest.mark.parametrize('name', ['adapt', 'train'])
def test_numbers_are_checked(name, option, value, message, data, tmp_path, run_command):
    more = ['--unlabelled', data / 'new.avi'] * (name == 'adapt')
    line = command(data, tmp_path / 'run', *more, option, value)
    status, _, errors = run_command(name, *line)
    assert status == 2
    assert f'{option}: {message}, got {value!r}' in errors
    assert not (tmp_path / 'run').exists()


def test_adapt_needs_two_frames(data, tmp_path, run_command):
    line = command(data, tmp_path / 'run', '--unlabelled', data / 'new.avi', '--frames', '1')
    status, _, errors = run_command('adapt', *line)
    assert status == 2
    assert "--frames: must be a whole number from 2, got '1'" in errors


def test_help_says_what_each_method_does(capsys):
    with pytest.raises(SystemExit):
        main(['adapt', '--help'])
    said = ' '.join(capsys.readouterr().out.split())
    for name, does in ADAPTATION_METHODS.items():
        assert f'{name}: {does}' in said
    for name in RUN_NETWORKS:
        assert network(name, 3, (64, 64))['head']['out_channels'] == 3


def test_learned_and_tested_images_are_different(data, tmp_path, capsys):
    labelled = data / 'labelled'
    for option in ('--test', '--few'):
        assert adapt(data, tmp_path / 'run', f'{option}-images', labelled) == 2
        assert f'{option}-images is the folder of {option}' in capsys.readouterr().err
    both = ['--test', labelled / 'annotations/val.json', '--few', tmp_path / 'few.json']
    shutil.copy(both[1], both[3])
    assert adapt(data, tmp_path / 'run', *both, '--few-images', labelled / 'images') == 2
    assert 'must have different images, got 3 of both, such as ' in capsys.readouterr().err
    assert not (tmp_path / 'run').exists()


def test_train_labelled_needs_no_config(data, tmp_path):
    out = tmp_path / 'run'
    test = ['--test', data / 'labelled/annotations/val.json']
    assert main(['train', *command(data, out, '--steps', '2', *test)]) == 0
    scores = scores_of(out)
    assert [*scores['val']] == ['after']
    assert scores['val'] == scores['test']
    assert (out / 'network.pth').is_file()
    page = (out / 'report.html').read_text()
    assert 'mmpose-addons adapt --labelled' in page
    assert 'Predictions: images of --test' in page


def test_the_time_is_kept_and_said(data, tmp_path, capsys):
    out = tmp_path / 'run'
    begin = time.monotonic()
    assert adapt(data, out, '--minutes', '0.25') == 0
    taken = time.monotonic() - begin
    spent = json.loads((out / 'time.json').read_text())['spent']
    assert 0.5 * taken < spent <= taken + 0.1  # the page is written after it
    assert 'TimedTrainLoop' in (out / 'source.py').read_text()
    said = capsys.readouterr().out
    assert re.search(r'training on labels: [\d.]+ minutes, about \d+ steps of 8 images', said)
    # tests, diagnosis and page have their share of the 15 s
    seconds = [
        float(re.search(r'seconds=([\d.]+)', (out / name).read_text())[1])
        for name in ('source.py', 'adapt.py')
    ]
    assert seconds[0] == pytest.approx(1.5 * seconds[1], abs=0.1)
    assert sum(seconds) < 15


def test_boxes_of_a_file_and_of_a_detector(data, tmp_path, capsys):
    assert adapt(data, tmp_path / 'frames', '--dry-run') == 0
    names = [*boxes_of(tmp_path / 'frames')]
    assert len(names) >= 3
    given = {names[0]: [1, 2, 30, 40], names[1]: [[5, 6, 20, 20]]}
    (tmp_path / 'boxes.json').write_text(json.dumps(given))
    assert adapt(data, tmp_path / 'file', '--boxes', tmp_path / 'boxes.json', '--dry-run') == 0
    assert boxes_of(tmp_path / 'file') == {names[0]: [1, 2, 30, 40], names[1]: [5, 6, 20, 20]}
    said = capsys.readouterr().out
    assert f'left out: {len(names) - 2} of {len(names)} frames, which have no box' in said
    assert 'crops are cut round the boxes' in said

    corners = {name: [40, 40, 60, 60] for name in names}
    (tmp_path / 'boxes.json').write_text(json.dumps(corners))
    assert adapt(data, tmp_path / 'corners', '--boxes', tmp_path / 'boxes.json') == 2
    said = capsys.readouterr().err
    assert said.startswith(f'adapt: {tmp_path / "boxes.json"}: ')
    assert 'fit as [x1, y1, x2, y2]' in said

    detector_config().dump(tmp_path / 'detector.py')
    weights = BoxDetector(detector_config(), None).model.state_dict()
    for name, value in weights.items():
        if 'rtm_cls' in name:
            value.fill_(-20 if name.endswith('bias') else 0)  # no score is high
    write_checkpoint(tmp_path / 'detector.pth', weights, {})
    detector = tmp_path / 'detector.py', tmp_path / 'detector.pth'
    options = ['--boxes', *detector, '--category', '1', '--dry-run']
    assert adapt(data, tmp_path / 'detector', *options) == 2
    said = capsys.readouterr().err
    assert f'--boxes: expected boxes in {len(names)} frames, got none' in said


@pytest.mark.parametrize(
    ('boxes', 'message'),
    [
        ({'new/000000.jpg': [1, 2, 5, float('nan')]}, "the box of 'new/000000.jpg' must be"),
        (
            {'foo.jpg': [1, 2, 5, 5]},
            "such as 'new/000000.jpg', got none; the first name is 'fo",
        ),
        ([], 'must be a JSON object of boxes by file name, got list'),
    ],
)
def test_wrong_boxes_are_named_before_anything_is_written(
    boxes, message, data, tmp_path, capsys
):
    file = tmp_path / 'boxes.json'
    file.write_text(json.dumps(boxes))
    assert adapt(data, tmp_path / 'run', '--boxes', file) == 2
    said = capsys.readouterr().err
    assert said.startswith(f'adapt: {file}')
    assert message in said
    assert not (tmp_path / 'run').exists()


def test_other_keypoints_of_the_test_images_are_named(data, tmp_path, capsys):
    content = json.loads((data / 'labelled/annotations/val.json').read_text())
    names = content['categories'][0]['keypoints']
    names[3], names[4] = names[4], names[3]
    (tmp_path / 'other.json').write_text(json.dumps(content))
    assert adapt(data, tmp_path / 'run', '--test', tmp_path / 'other.json') == 2
    assert f'keypoint 3: expected {names[4]!r}, got {names[3]!r}' in capsys.readouterr().err
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize(
    ('option', 'value', 'message'),
    [
        ('--unlabelled', 'missing.mp4', 'missing.mp4 is missing'),
        ('--labelled', 'nothing', 'is missing: expected a folder of "mmpose-addons import"'),
        ('--model', 'resnet', 'resnet cannot be read as a config'),
        ('--boxes', 'gone.json', "got 'gone.json', which is no file"),
        ('--boxes', 'labels', 'the new frames have no labels'),
        ('--out', 'file.txt', 'file.txt: is a file, a folder is needed'),
    ],
)
def test_mistakes_are_named_before_anything_is_written(
    option, value, message, data, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'file.txt').write_text('mine')
    words = ['--unlabelled', data / 'new.avi', option, value]
    assert main(['adapt', *command(data, Path('run'), *words)]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"lr": 0.1}', 'is not what a run writes there; choose another --out'),
        ('[1]', 'is not what a run writes there; choose another --out'),
        ('{"contents": {}}', 'has not the options of a run; choose another --out'),
        ('{"lr": 0.', 'is not JSON: '),
        ('', 'is not JSON: the file is empty'),
    ],
)
def test_a_folder_of_something_else_is_left_as_it_is(content, message, data, tmp_path, capsys):
    (tmp_path / 'target').mkdir()
    mine = {'run.json': content, 'target/annotations.txt': 'precious', 'thesis.txt': 'x'}
    for name, text in mine.items():
        (tmp_path / name).write_text(text)
    assert adapt(data, tmp_path, '--dry-run') == 2
    assert f'{tmp_path / "run.json"} {message}' in capsys.readouterr().err
    assert {name: (tmp_path / name).read_text() for name in mine} == mine
    assert len(list(tmp_path.iterdir())) == 3


def test_a_start_of_other_keypoints_is_named(run, data, tmp_path, capsys):
    content = torch.load(run / 'source.pth', weights_only=False)
    content['meta']['dataset_meta']['keypoint_id2name'][0] = 'nose'
    torch.save(content, tmp_path / 'other.pth')
    assert adapt(data, tmp_path / 'run', '--start', tmp_path / 'other.pth') == 2
    said = capsys.readouterr().err
    assert f'{tmp_path / "other.pth"}: expected the 18 keypoints of ' in said
    assert "the first difference is keypoint 0: expected 'left_eye', got 'nose'" in said


def test_a_run_that_could_not_begin_can_be_corrected(data, tmp_path, capsys):
    write_checkpoint(tmp_path / 'other.pth', {'fc.weight': torch.ones(2)}, {})
    assert adapt(data, tmp_path / 'run', '--start', tmp_path / 'other.pth') == 2
    assert 'other.pth lacks' in capsys.readouterr().err
    assert not list((tmp_path / 'run').glob('*.py'))
    assert adapt(data, tmp_path / 'run', '--dry-run') == 0
    assert (tmp_path / 'run/adapt.py').is_file()
