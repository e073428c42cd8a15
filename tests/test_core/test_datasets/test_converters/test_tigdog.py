"""TigDog's converter on files in TigDog's own layout."""

import json

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner
from mmpose.registry import DATASETS
from PIL import Image
from scipy.io import loadmat, savemat

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.converters import ConversionError, convert_tigdog
from mmpose_addons_core.datasets.converters.tigdog import read_frames
from mmpose_addons_core.keypoints.animal18 import KEYPOINTS

# shot id, first and last frame; the shot 12 has no landmarks
RANGES = [(30, 101, 103), (12, 1, 40), (7, 200, 201), (8, 300, 301), (9, 5, 5)]
WIDTH, HEIGHT = 320, 180


def write_landmarks(path, records):
    """One cell a frame, in each a struct of two fields."""
    cells = np.empty((len(records), 1), object)
    for i, (positions, visible) in enumerate(records):
        cells[i, 0] = dict(positions=positions, visibility=visible)
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, dict(landmarks=cells))


def record(shot, number, visible_joints=18):
    """Joint j at x = 10 + 10 j + shot, y = 20 + 5 j + number % 100."""
    joint = np.arange(19.0)
    positions = np.stack((10 + 10 * joint + shot, 20 + 5 * joint + number % 100), 1)
    visible = (joint < visible_joints).astype(np.uint8)
    positions[visible == 0] = 0
    return positions, visible[:, None]


@pytest.fixture
def root(tmp_path):
    root = tmp_path / 'behaviorDiscovery2.0'
    for animal in ('horse', 'tiger'):
        (root / 'ranges' / animal).mkdir(parents=True)
        savemat(root / 'ranges' / animal / 'ranges.mat', dict(ranges=np.array(RANGES)))
        (root / animal).mkdir()
        for shot, first, last in RANGES:
            if shot == 12:
                continue
            numbers = range(first, last + 1)
            # the last frame of the shot 30 shows too few joints
            counts = [9 if (shot, n) == (30, 103) else 10 + n % 9 for n in numbers]
            write_landmarks(
                root / 'landmarks' / animal / f'{shot}.mat',
                [record(shot, n, c) for n, c in zip(numbers, counts, strict=True)],
            )
            for number in numbers:
                image = Image.new('RGB', (WIDTH, HEIGHT), (number % 256, 90, 30))
                image.save(root / animal / f'{number:08d}.jpg')
    return root


def load(files):
    return {split: json.loads(file.read_text()) for split, file in files.items()}


def names_of(data):
    return [image['file_name'] for image in data['images']]


def test_the_written_layout_is_the_described_one(root):
    landmarks = loadmat(root / 'landmarks/horse/30.mat')['landmarks']
    positions, visible = record(30, 102, 10 + 102 % 9)
    np.testing.assert_array_equal(landmarks[1][0][0][0][0], positions)
    np.testing.assert_array_equal(landmarks[1][0][0][0][1], visible)


def test_published_split_files_point_into_all_labelled_frames(root, tmp_path):
    # in the order of ranges.mat: 30/101 30/102 30/103 7/200 7/201 8/300 8/301 9/5
    split_dir = tmp_path / 'splits'
    split_dir.mkdir()
    np.save(split_dir / 'train_idxs_by_video.npy', np.array([0, 1, 5, 6]))
    np.save(split_dir / 'valid_idxs_by_video.npy', np.array([3, 4, 7]))
    data = load(convert_tigdog(root, 'horse', split_dir=split_dir))
    assert names_of(data['train']) == [
        f'horse/{number:08d}.jpg' for number in (101, 102, 300, 301)
    ]
    assert names_of(data['val']) == [f'horse/{number:08d}.jpg' for number in (200, 201, 5)]


@pytest.mark.parametrize('animal', ['horse', 'tiger'])
def test_values_of_a_record(root, animal):
    data = load(convert_tigdog(root, animal))
    both = [*data['train']['annotations'], *data['val']['annotations']]
    assert len(both) == 7  # of 8, one shows 9 joints only
    (ann,) = (ann for ann in both if ann['frame_id'] == 101)
    count = 10 + 101 % 9
    order = [*range(18)]
    if animal == 'tiger':
        order = [0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 12, 13, 8, 9, 10, 11]
    points = np.array(ann['keypoints']).reshape(18, 3)
    for name, joint, point in zip(KEYPOINTS, order, points, strict=True):
        seen = joint < count
        expected = [40 + 10 * joint, 21 + 5 * joint, 2] if seen else [0, 0, 0]
        assert point.tolist() == expected, name
    assert ann['num_keypoints'] == count
    assert ann['bbox'] == [40, 21, 10 * (count - 1), 5 * (count - 1)]
    assert ann['area'] == ann['bbox'][2] * ann['bbox'][3]
    assert ann['video_id'] == 30
    images = {i['id']: i for d in data.values() for i in d['images'] if i['frame_id'] == 101}
    assert images[ann['image_id']] == dict(
        id=ann['image_id'],
        file_name=f'{animal}/00000101.jpg',
        width=WIDTH,
        height=HEIGHT,
        video_id=30,
        frame_id=101,
    )


def test_drawn_split_is_by_video_and_repeats(root):
    first = load(convert_tigdog(root, 'horse', seed=3))
    videos = [{i['video_id'] for i in first[split]['images']} for split in ('train', 'val')]
    assert videos[0] | videos[1] == {30, 7, 8, 9}
    assert not videos[0] & videos[1]
    assert len(videos[1]) == 1
    assert load(convert_tigdog(root, 'horse', seed=3)) == first
    drawn = {
        load(convert_tigdog(root, 'horse', seed=seed))['val']['images'][0]['video_id']
        for seed in range(8)
    }
    assert len(drawn) > 1


def test_files_pass_the_check_and_load(root):
    for file in convert_tigdog(root, 'tiger').values():
        report = check_coco_keypoints(file, root, 'decode', num_keypoints=18, evaluation=True)
        assert not report.problems, report.problems
        dataset = DATASETS.build(
            dict(
                type='CCSSLAnimalDataset',
                ann_file=str(file),
                data_prefix=dict(img=str(root)),
                test_mode=True,
            )
        )
        info = dataset.get_data_info(0)
        assert info['keypoints'].shape == (1, 18, 2)
        assert {'video_id', 'frame_id'} < {*info['raw_ann_info']}


@pytest.mark.slow
def test_a_config_trains_and_tests_on_converted_files(root, repo, tmp_path):
    convert_tigdog(root, 'horse')
    config = Config.fromfile(
        repo / 'configs/animal_2d_keypoint/ccssl/horse'
        '/td-hm_hourglass-s4_1xb6-100e_tigdog-horse-256x256.py'
    )
    config.work_dir = str(tmp_path / 'work')
    config.train_cfg.update(max_epochs=1, val_interval=1)
    config.model.backbone.update(num_stacks=1, feat_channels=16)
    config.model.head.num_stages = 1
    for part in ('train', 'val', 'test'):
        loader = config[f'{part}_dataloader']
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
        loader.dataset.data_root = str(root)
    runner = Runner.from_cfg(config)
    runner.train()
    metrics = runner.test()
    names = ['PCK', 'PCK_points', 'PCK_box', 'PCK_box_points']
    assert {f'animal/{name}' for name in names} <= {*metrics}
    assert all(0 <= value <= 1 for value in metrics.values())


def broken_cell(root):
    cells = np.empty((2, 1), object)
    cells[:, 0] = [np.zeros(3), np.zeros(3)]
    savemat(root / 'landmarks/horse/7.mat', dict(landmarks=cells))


def visible_nan(root):
    positions, visible = record(9, 5)
    positions[4, 1] = np.nan
    write_landmarks(root / 'landmarks/horse/9.mat', [(positions, visible)])


def of_17_joints(root):
    positions, visible = record(9, 5)
    write_landmarks(root / 'landmarks/horse/9.mat', [(positions[:17], visible[:17])])


def one_frame_less(root):
    write_landmarks(root / 'landmarks/horse/8.mat', [record(8, 300)])


def save_ranges(root, ranges):
    savemat(root / 'ranges/horse/ranges.mat', dict(ranges=np.array(ranges)))


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (broken_cell, r'7\.mat: frame 0 must be a struct of positions and visibility, got '),
        (visible_nan, r'9\.mat: frame 0, visible joint 4 must be finite, got \[59\.0, nan\]'),
        (of_17_joints, r'9\.mat: frame 0 must have positions .* got \(17, 2\)'),
        (one_frame_less, r"8\.mat: 'landmarks' must have 2 frames as in ranges\.mat, got 1"),
        (
            lambda root: (root / 'landmarks/horse/8.mat').write_bytes(b'MATLAB' * 40),
            r'8\.mat: not a readable MATLAB file',
        ),
        (
            lambda root: savemat(root / 'landmarks/horse/8.mat', dict(other=1)),
            r"8\.mat: no variable 'landmarks', got \['other'\]",
        ),
        (
            lambda root: (root / 'ranges/horse/ranges.mat').unlink(),
            r'ranges\.mat: no such file',
        ),
        (lambda root: save_ranges(root, [[7, 200]]), r'ranges\.mat: .* got shape \(1, 2\)'),
        (
            lambda root: save_ranges(root, [[7, 201, 200]]),
            r'ranges\.mat: row 0 .* got shot 7, frames 201 to 200',
        ),
        (
            lambda root: save_ranges(root, [[7, 200, 201], [7, 200, 201]]),
            r'ranges\.mat: row 1 must have a new shot .* got shot 7',
        ),
        (
            lambda root: save_ranges(root, [[12, 1, 2]]),
            r'landmarks/horse: no landmarks of the 1 shots',
        ),
        (
            lambda root: save_ranges(root, [[7, 200, 201]]),
            r'horse_train\.json: no image of horse is left for train',
        ),
        (
            lambda root: (root / 'horse/00000201.jpg').unlink(),
            r'horse/00000201\.jpg: No such file',
        ),
        (
            lambda root: (root / 'horse/00000201.jpg').write_bytes(b''),
            r'horse/00000201\.jpg: cannot identify',
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(root, tmp_path, damage, message):
    damage(root)
    with pytest.raises(ConversionError, match=message):
        convert_tigdog(root, 'horse', tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('train', 'valid', 'message'),
    [
        ([0, 8], [1], r'train_idxs_by_video\.npy: entry 1 must be from 0 to 7, got 8'),
        ([0, -1], [1], r'entry 1 must be from 0 to 7, got -1'),
        ([0, 1], [2, 1], r'valid_.*entry 1 .* not be in train_idxs_by_video\.npy, too; got 1'),
        ([0.5], [1], r'list of whole numbers, got float64 of shape \(1,\)'),
        ([0], None, r'valid_idxs_by_video\.npy: No such file'),
        ([0], np.array([{}]), r'valid_idxs_by_video\.npy: not a readable \.npy file'),
    ],
)
def test_bad_split_files_are_named(root, tmp_path, train, valid, message):
    np.save(tmp_path / 'train_idxs_by_video.npy', train)
    if valid is not None:
        np.save(tmp_path / 'valid_idxs_by_video.npy', valid, allow_pickle=True)
    with pytest.raises(ConversionError, match=message):
        convert_tigdog(root, 'horse', split_dir=tmp_path)


def test_frames_keep_the_order_of_the_ranges(root):
    frames = read_frames(root, 'horse')
    assert [(f.shot, f.number) for f in frames] == [
        (30, 101),
        (30, 102),
        (30, 103),
        (7, 200),
        (7, 201),
        (8, 300),
        (8, 301),
        (9, 5),
    ]
    assert [f.used for f in frames].count(False) == 1


def test_command_line(root, run_command, tmp_path):
    command = ['tigdog', root, '--out', tmp_path / 'out']
    status, _, errors = run_command(*command)
    assert status == 0, errors
    assert sorted(file.name for file in (tmp_path / 'out').iterdir()) == [
        f'{animal}_{split}.json' for animal in ('horse', 'tiger') for split in ('train', 'val')
    ]
    (root / 'ranges/tiger/ranges.mat').unlink()
    status, _, errors = run_command(*command)
    assert status == 2
    assert 'ranges.mat: no such file' in errors
