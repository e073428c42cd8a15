"""The converter of the synthetic animals on files in their own layout."""

import json

import numpy as np
import pytest
from mmpose.registry import DATASETS
from PIL import Image

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.converters import ConversionError, convert_synthetic_animal
from mmpose_addons_core.datasets.converters.synthetic_animals import JOINTS

COUNT, SIZE = 5, (640, 480)


def vertices(rng):
    """A mesh within the image; all vertices visible."""
    points = np.ones((3299, 3))
    points[:, :2] = rng.uniform((100, 80), (500, 400), (3299, 2))
    return points


@pytest.fixture
def root(tmp_path, rng):
    root = tmp_path / 'synthetic_animal'
    for animal in JOINTS:
        folder = root / f'{animal}_combineds5r5_texture'
        folder.mkdir(parents=True)
        for index in range(COUNT):
            Image.new('RGB', SIZE).save(folder / f'{index:05d}_img.png')
            np.save(folder / f'{index:05d}_kpts.npy', vertices(rng))
            np.save(folder / f'{index:05d}_other.npy', vertices(rng))
    return root


def load(files):
    return {split: json.loads(file.read_text()) for split, file in files.items()}


def mesh_file(root, animal='horse', index=0):
    return root / f'{animal}_combineds5r5_texture/{index:05d}_kpts.npy'


@pytest.mark.parametrize('animal', [*JOINTS])
def test_joints_of_every_animal(root, animal):
    files = convert_synthetic_animal(root, animal)
    data = load(files)
    joints = JOINTS[animal]
    assert [len(data[split]['images']) for split in ('train', 'val')] == [4, 1]
    (ann,) = data['val']['annotations']
    mesh = np.load(mesh_file(root, animal, 4))
    points = np.array(ann['keypoints']).reshape(-1, 3)
    # written with two decimals
    np.testing.assert_allclose(points[:, :2], mesh[joints, :2], atol=0.005)
    assert points[:, 2].tolist() == [2] * len(joints)
    (category,) = data['val']['categories']
    assert len({*category['keypoints']}) == len(joints) == (25 if animal == 'elephant' else 18)
    low, high = mesh[:, :2].min(0), mesh[:, :2].max(0)
    np.testing.assert_allclose(ann['bbox'], [*low, *(high - low)], atol=0.005)
    for file in files.values():
        report = check_coco_keypoints(
            file, root, 'decode', num_keypoints=len(joints), evaluation=True
        )
        assert not report.problems, report.problems


def test_hidden_joints_are_labelled_joints_outside_are_not(root):
    mesh = np.load(mesh_file(root))
    eye, other_eye, chin = JOINTS['horse'][:3]
    mesh[eye, 2] = 0  # hidden
    mesh[other_eye] = (-3, 200, 1)  # outside
    mesh[chin] = (300, 480, 0)  # outside and hidden
    np.save(mesh_file(root), mesh)
    ann = load(convert_synthetic_animal(root, 'horse'))['train']['annotations'][0]
    points = np.array(ann['keypoints']).reshape(18, 3)
    assert points[0, 2] == 1
    assert points[1:3].tolist() == [[0, 0, 0], [0, 0, 0]]
    assert ann['num_keypoints'] == 16
    # the box is clipped to the image
    assert ann['bbox'][0] == 0
    assert ann['bbox'][1] + ann['bbox'][3] == pytest.approx(480, abs=0.01)


def test_published_split_files(root, tmp_path):
    np.save(tmp_path / 'train_idxs.npy', np.array([4, 0]))
    np.save(tmp_path / 'valid_idxs.npy', np.array([2]))
    data = load(convert_synthetic_animal(root, 'tiger', split_dir=tmp_path))
    names = [[i['file_name'] for i in data[split]['images']] for split in ('train', 'val')]
    folder = 'tiger_combineds5r5_texture'
    assert names == [
        [f'{folder}/00004_img.png', f'{folder}/00000_img.png'],
        [f'{folder}/00002_img.png'],
    ]


def test_converted_files_load(root):
    file = convert_synthetic_animal(root, 'sheep')['train']
    dataset = DATASETS.build(
        dict(
            type='CCSSLAnimalDataset', ann_file=str(file), data_prefix=dict(img=str(root) + '/')
        )
    )
    assert len(dataset) == 4
    assert dataset.get_data_info(0)['keypoints'].shape == (1, 18, 2)


def nan_vertex(root):
    mesh = np.load(mesh_file(root))
    mesh[17] = np.nan
    np.save(mesh_file(root), mesh)


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (lambda root: mesh_file(root).unlink(), r'00000_kpts\.npy: No such file'),
        (lambda root: mesh_file(root).write_bytes(b'abc'), r'00000_kpts\.npy: not a readable'),
        (
            lambda root: np.save(mesh_file(root), np.zeros((18, 3))),
            r'00000_kpts\.npy: expected shape \(3299, 3\), got \(18, 3\)',
        ),
        (nan_vertex, r'00000_kpts\.npy: vertex 17 must be finite, got \[nan, nan, nan\]'),
        (
            lambda root: np.save(mesh_file(root), np.full((3299, 3), -5.0)),
            r'00000_kpts\.npy: the animal lies outside the image of 640 x 480 px',
        ),
        (
            lambda root: mesh_file(root).with_name('00000_img.png').write_bytes(b'x'),
            r'00000_img\.png: cannot identify',
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(root, tmp_path, damage, message):
    damage(root)
    with pytest.raises(ConversionError, match=message):
        convert_synthetic_animal(root, 'horse', tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


def test_unknown_animal_and_empty_folder(root, tmp_path):
    with pytest.raises(ConversionError, match="got 'cow'"):
        convert_synthetic_animal(root, 'cow')
    with pytest.raises(ConversionError, match=r'10000 images \*img\.png, got 0'):
        convert_synthetic_animal(tmp_path, 'horse')


def test_command_line(root, run_command, tmp_path):
    command = ['synthetic-animals', root, '--out', tmp_path / 'out']
    status, _, errors = run_command(*command, '--animals', 'horse', 'hound')
    assert status == 0, errors
    assert {file.name for file in (tmp_path / 'out').iterdir()} == {
        f'{animal}_{split}.json' for animal in ('horse', 'hound') for split in ('train', 'val')
    }
    mesh_file(root, 'tiger').unlink()
    status, _, errors = run_command(*command, '--animals', 'tiger')
    assert status == 2
    assert '00000_kpts.npy: No such file' in errors
