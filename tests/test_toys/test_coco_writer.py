"""Data sets on disk: readable by COCO's tools, whole or absent, reused, the same."""

import hashlib
import json

import cv2
import numpy as np
import pytest
from mmpose.registry import DATASETS
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from helpers.commands import run_command
from mmpose_addons_toys import RenderedImage, ToyDataError, make_toy_people, write_dataset

from .conftest import IMAGES, SEED

CATEGORY = {'id': 1, 'name': 'dot', 'keypoints': ['middle'], 'skeleton': []}


def dot(seed: int, index: int, size: int) -> RenderedImage:
    """Return a uniform image."""
    annotation = {'keypoints': [1.0, 2.0, 2], 'bbox': [0, 0, 4, 4], 'area': 9.0}
    return RenderedImage(np.full((size, size, 3), seed + index, np.uint8), [annotation])


def write_dots(out, **settings) -> bool:
    return write_dataset(
        out, 'dots', dot, CATEGORY, **{'images': 5, 'val_fraction': 0.4} | settings
    )


def digest(folder) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


@pytest.mark.parametrize(('part', 'images'), [('train', 18), ('val', 6)])
def test_pycocotools_reads_and_scores_it(toy_people, part, images):
    coco = COCO(toy_people / 'annotations' / f'people_{part}.json')
    assert len(coco.imgs) == images
    for info in coco.imgs.values():
        image = cv2.imread(str(toy_people / 'images' / part / info['file_name']))
        assert image.shape == (info['height'], info['width'], 3)
    truth = list(coco.anns.values())
    assert {annotation['image_id'] for annotation in truth} == set(coco.imgs)
    found = [
        {key: annotation[key] for key in ('image_id', 'category_id', 'keypoints')}
        | {'score': 1}
        for annotation in truth
    ]
    evaluation = COCOeval(coco, coco.loadRes(found), 'keypoints')
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert evaluation.stats[0] == 1  # AP of the truth itself


@pytest.mark.parametrize('part', ['train', 'val'])
def test_mmpose_reads_it(toy_people, part):
    dataset = DATASETS.build(
        dict(
            type='CocoDataset',
            data_root=str(toy_people),
            ann_file=f'annotations/people_{part}.json',
            data_prefix=dict(img=f'images/{part}/'),
            test_mode=part == 'val',
            pipeline=[dict(type='mmpose.LoadImage')],
        )
    )
    people = json.loads((toy_people / 'annotations' / f'people_{part}.json').read_text())
    assert len(dataset) == len(people['annotations'])  # none is left out as invalid
    for sample, truth in zip(dataset, people['annotations'], strict=True):
        assert sample['img'].shape == (256, 256, 3)
        flat = np.array(truth['keypoints'], np.float32).reshape(1, 17, 3)
        np.testing.assert_array_equal(sample['keypoints'], flat[..., :2])
        np.testing.assert_array_equal(sample['keypoints_visible'], flat[..., 2] > 0)


def test_the_parts_share_no_image_and_no_id(toy_people):
    train, val = (
        COCO(toy_people / 'annotations' / f'people_{part}.json') for part in ('train', 'val')
    )
    assert not set(train.imgs) & set(val.imgs)
    names = [{info['file_name'] for info in part.imgs.values()} for part in (train, val)]
    assert not names[0] & names[1]


def test_two_workers_of_another_process_give_the_same_bytes(toy_people, tmp_path, repo):
    out = tmp_path / 'again'
    command = ['python', repo / 'tools' / 'make_toy_data.py', 'people', '--out', out]
    command += ['--images', IMAGES, '--seed', SEED, '--val-fraction', 0.25, '--workers', 2]
    log = tmp_path / 'log.txt'
    assert run_command(*command, output=log) == 0, log.read_text()
    assert digest(out) == digest(toy_people)
    assert {path.name for path in tmp_path.iterdir()} == {'again', 'log.txt'}


def test_the_same_data_set_is_reused(toy_people):
    before = [path.stat().st_mtime_ns for path in sorted(toy_people.rglob('*'))]
    assert not make_toy_people(toy_people, IMAGES, SEED, val_fraction=0.25)
    assert [path.stat().st_mtime_ns for path in sorted(toy_people.rglob('*'))] == before


@pytest.mark.parametrize(
    'change', [{'images': 6}, {'seed': 1}, {'size': 80}, {'val_fraction': 0.2}, {'version': 2}]
)
def test_another_data_set_is_not_overwritten_unless_forced(tmp_path, change):
    out = tmp_path / 'dots'
    assert write_dots(out)
    first = digest(out)
    with pytest.raises(ToyDataError, match='got another: '):
        write_dots(out, **change)
    assert digest(out) == first
    assert write_dots(out, **change, force=True)
    assert digest(out) != first
    assert [path.name for path in tmp_path.iterdir()] == ['dots']


@pytest.mark.parametrize('force', [False, True])
def test_foreign_folders_are_never_touched(tmp_path, force):
    (tmp_path / 'thesis.txt').write_text('precious')
    with pytest.raises(ToyDataError, match=r'without a readable toy\.json'):
        write_dots(tmp_path, force=force)
    assert (tmp_path / 'thesis.txt').read_text() == 'precious'


def test_an_empty_folder_is_taken(tmp_path):
    assert write_dots(tmp_path / 'a' / 'b')
    (tmp_path / 'c').mkdir()
    assert write_dots(tmp_path / 'c')
    assert digest(tmp_path / 'c') == digest(tmp_path / 'a' / 'b')


@pytest.mark.parametrize('error', [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_nothing_behind(tmp_path, error):
    def broken(seed, index, size):
        if index == 3:
            raise error
        return dot(seed, index, size)

    with pytest.raises(error):
        write_dataset(tmp_path / 'dots', 'dots', broken, CATEGORY, images=5)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'images': 0}, 'images=0'),
        ({'seed': -1}, 'seed=-1'),
        ({'size': 8}, 'size=8'),
        ({'workers': 0}, 'workers=0'),
        ({'val_fraction': 1.0}, 'val_fraction < 1, got 1.0'),
        ({'images': 1, 'val_fraction': 0.9}, 'at least one training image, got images=1'),
    ],
)
def test_arguments_out_of_range_are_named(tmp_path, settings, message):
    with pytest.raises(ToyDataError, match=message):
        write_dots(tmp_path / 'dots', **settings)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(ToyDataError, match=str(tmp_path / 'file')):
        write_dots(tmp_path / 'file')
    with pytest.raises(FileExistsError, match=str(tmp_path / 'file')):
        write_dots(tmp_path / 'file' / 'dots')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ((), 'SUBJECT'),
        (('people', '--images', '3'), '--out'),
        (('unicorns', '--out', 'x', '--images', '3'), 'unicorns'),
        (('people', '--out', '{tmp}/x', '--images', '0'), 'images=0'),
        (('people', '--out', '{tmp}', '--images', '3'), 'without a readable toy.json'),
    ],
)
def test_the_command_answers_mistakes_in_one_line(tmp_path, run_command, arguments, message):
    (tmp_path / 'file').write_text('')
    line = [argument.format(tmp=tmp_path) for argument in arguments]
    status, _, errors = run_command('toy', *line)
    assert status == 2
    assert message in errors


def test_the_command_says_what_it_did(tmp_path, run_command):
    arguments = ['people', '--out', str(tmp_path / 'x'), '--images', '2', '--workers', '1']
    for answer in ('2 images (people) in', 'already exists'):
        status, out, _ = run_command('toy', *arguments)
        assert status == 0
        assert answer in out
