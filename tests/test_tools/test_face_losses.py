"""Losses compared on faces: the crops, the order of the work, a whole small run."""

import json

import cv2
import numpy as np
import pytest
import torch
from mmpose.datasets.transforms import GetBBoxCenterScale, RandomFlip, TopdownAffine

from helpers.dotted_faces import dotted_faces

SIZE = 64


@pytest.fixture(autouse=True)
def real_faces(repo, monkeypatch):
    """The package beside the script."""
    monkeypatch.syspath_prepend(str(repo / 'tools/benchmarks'))


@pytest.fixture
def data(tmp_path, rng):
    return dotted_faces(tmp_path, rng)


@pytest.mark.parametrize('flip', [False, True])
def test_a_crop_is_that_of_mmposes_pipeline(data, flip):
    from real_faces import crops
    from real_faces.faces import read_faces
    from real_faces.training import mirrored_names

    faces = read_faces(data / 'train.json')
    index, swap = 3, mirrored_names()
    shift, scale, angle = (0.1, -0.05), 0.8, 35.0
    moves = crops.Moves(
        torch.tensor([shift]),
        torch.tensor([scale]),
        torch.tensor([angle]),
        torch.tensor([flip]),
    )
    at = torch.tensor([index])
    maps = crops.maps(faces, at, moves, SIZE)
    found = crops.crops(faces, at, maps)[0]
    points = crops.landmarks(faces, at, maps, torch.tensor(swap))[0].numpy()

    box = json.loads((data / 'train.json').read_text())['annotations'][index]['bbox']
    sample = dict(
        img=cv2.imread(str(faces.files[index])),
        bbox=np.array([[box[0], box[1], box[0] + box[2], box[1] + box[3]]]),
        keypoints=faces.landmarks[[index]].double().numpy(),
        keypoints_visible=np.ones((1, 68)),
        flip_indices=swap,
    )
    sample['img_shape'] = sample['img'].shape[:2]
    sample = GetBBoxCenterScale().transform(sample)
    side = sample['bbox_scale'].max()
    sample['bbox_scale'] = np.full((1, 2), side)
    sample = RandomFlip(prob=float(flip), direction='horizontal').transform(sample)
    sample['bbox_center'] = sample['bbox_center'] + np.array([shift]) * side
    sample['bbox_scale'] = sample['bbox_scale'] * scale
    sample['bbox_rotation'] = np.array([angle])
    expected = TopdownAffine((SIZE, SIZE)).transform(sample)

    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (crops.MEAN, crops.STD))
    image = (found * std + mean).numpy().transpose(1, 2, 0)[..., ::-1]
    difference = np.abs(image - expected['img'].astype(float))
    assert difference.mean() < 0.5  # grey levels: OpenCV rounds to integers and to 1/32 px
    assert np.percentile(difference, 99) < 6
    np.testing.assert_allclose(points, expected['transformed_keypoints'][0], atol=0.01)
    back = maps.to_image(maps.to_input(faces.landmarks[at]))
    np.testing.assert_allclose(back, faces.landmarks[at], atol=1e-3)


def test_moves_have_the_spread_of_mmposes():
    from mmpose.datasets.transforms import RandomBBoxTransform
    from real_faces import crops

    moves = crops.random_moves(4000, torch.Generator().manual_seed(0))
    transform = RandomBBoxTransform(scale_factor=(0.75, 1.25), rotate_factor=60)
    shift, scale, angle = transform._get_transform_params(4000)
    pairs = (moves.shift, shift), (moves.scale, scale[:, 0]), (moves.angle, angle)
    for ours, theirs in pairs:
        assert float(ours.std()) == pytest.approx(theirs.std(), rel=0.06)
        assert float(ours.abs().max()) == pytest.approx(np.abs(theirs).max(), rel=0.02)
    assert float(moves.flip.float().mean()) == pytest.approx(0.5, abs=0.03)


def test_second_pass_sees_an_upright_face(data):
    """The boxes and angles of the first pass's landmarks, here the true ones turned by 20."""
    from real_faces import crops, refine
    from real_faces.faces import read_faces

    faces = read_faces(data / 'train.json')
    points = faces.landmarks.double().numpy()
    middle = points.mean(1, keepdims=True)
    turn = np.array([[np.cos(0.35), np.sin(0.35)], [-np.sin(0.35), np.cos(0.35)]])
    turned = (points - middle) @ turn + middle
    angle = refine.eye_line(turned)
    np.testing.assert_allclose(angle - refine.eye_line(points), np.degrees(0.35), atol=1e-4)
    boxes = refine.refined(faces, turned, refine.side_per_extent(faces))
    moves = crops.no_moves(len(faces), 'cpu')
    moves = crops.Moves(moves.shift, moves.scale, torch.from_numpy(angle).float(), moves.flip)
    maps = crops.maps(boxes, torch.arange(len(faces)), moves, SIZE)
    seen = maps.to_input(torch.from_numpy(turned).float()).numpy()
    np.testing.assert_allclose(refine.eye_line(seen), 0, atol=0.01)
    assert seen.min() > 0
    assert seen.max() < SIZE


def test_frames_of_a_clip_stay_together(tmp_path, rng):
    from real_faces.faces import clips, split

    files, truth = [], []
    for clip in range(13):
        colours = rng.integers(0, 255, (4, 4, 3)).astype(np.uint8)
        for frame in range(3 if clip < 8 else 2):  # 2.6 frames a clip
            image = cv2.resize(colours, (60, 60), interpolation=cv2.INTER_NEAREST)
            noise = rng.integers(0, 10, image.shape)
            files.append(tmp_path / f'{clip}_{frame}.png')
            truth.append(clip)
            cv2.imwrite(str(files[-1]), np.clip(image + noise, 0, 255).astype(np.uint8))
    groups = clips(files)
    assert len(set(zip(groups, truth, strict=True))) == 13
    train, validation = split(groups)
    assert sorted([*train, *validation]) == list(range(34))
    assert 7 <= len(validation) <= 9
    assert not {*groups[train]} & {*groups[validation]}


def test_work_follows_from_what_is_done():
    from real_faces.arms import Arm
    from real_faces.schedule import best_rate, left, ready
    from real_faces.store import Task

    arms = {
        'a': Arm('mobilenetv2-128', 'L1'),
        'b': Arm('mobilenetv2-96', 'L1', tuned_by='mobilenetv2-128, L1'),
    }
    arms = {arm.name: arm for arm in arms.values()}
    first, second = arms
    done = {}

    def next_tasks():
        return ready(arms, [*arms], [0, 1], done.get, lambda task: True, (0.1, 0.4))

    def count():
        return left(arms, [*arms], [0, 1], done.get, (0.1, 0.4))

    assert next_tasks() == [Task(first, 0.1, 0), Task(first, 0.4, 0)]
    assert count() == 5
    done[Task(first, 0.1, 0)] = dict(validation=dict(nme=0.5))
    done[Task(first, 0.4, 0)] = dict(validation=dict(nme=0.7))
    assert next_tasks() == [Task(first, 0.025, 0)]  # the best was at the end of the grid
    done[Task(first, 0.025, 0)] = dict(validation=dict(nme=0.6))
    assert best_rate(first, done.get, (0.1, 0.4)) == 0.1
    assert next_tasks() == [
        Task(first, 0.1, 0, test=True),
        Task(first, 0.1, 1),
        Task(second, 0.1, 0),
        Task(second, 0.1, 1),
    ]
    assert count() == 3
    for task in next_tasks():
        done[task] = dict(validation=dict(nme=0.5))
    assert next_tasks() == [
        Task(first, 0.1, 1, test=True),
        Task(second, 0.1, 0, test=True),
        Task(second, 0.1, 1, test=True),
    ]


def test_gradient_is_sorted_by_the_size_of_the_error():
    from real_faces.networks import gradients
    from real_faces.probe import error_bins

    from mmpose_addons.models.losses import PixelWingLoss

    labels = torch.full((1, 4, 2), 50.0)
    errors = torch.tensor([[[0.5, 0.5], [3, 3], [8, 8], [30, 30]]])
    loss = PixelWingLoss(input_size=(100, 100))
    found = error_bins(errors, gradients(loss, labels, labels + errors, 100))
    assert found['coordinates'] == [0.25, 0, 0.25, 0.25, 0, 0.25, 0]
    slopes = np.array([10 / 2.5, 10 / 5, 10 / 10, 1])  # omega / (epsilon + d), 1 beyond omega
    np.testing.assert_allclose(
        np.array(found['gradient'])[[0, 2, 3, 5]], slopes / slopes.sum(), rtol=1e-4
    )
    np.testing.assert_allclose(found['strength'][0], 4 / slopes.mean(), rtol=1e-4)
    assert found['strength'][1] is None
    assert found['median'] == 5.5


@pytest.mark.slow
def test_losses_of_the_two_halves_have_one_scale():
    from mmpose.registry import MODELS
    from real_faces.arms import loss_config
    from real_faces.networks import gradients

    labels = torch.rand(2, 68, 2) * SIZE
    first, second = (
        gradients(
            MODELS.build(loss_config(name, (SIZE, SIZE), False)), labels, labels + 12, SIZE
        )
        for name in ('L1 in px', 'PixelWing')
    )
    torch.testing.assert_close(first, second)


def test_a_small_comparison_runs_and_resumes(data, run_tool, tmp_path):
    out = tmp_path / 'out'
    arguments = [
        *(data, '--out', out, '--device', 'cpu', '--steps', 2, '--batch', 4, '--views', 4),
        *('--seeds', 0, '--rates', '1e-3', '--pool', 'thread'),
        *('--arms', 'shufflenetv2-96, L1', 'shufflenetv2-96, PixelWing, after L1'),
    ]
    status, output, errors = run_tool('face_losses.py', *arguments)
    assert status == 0, errors
    assert output.count('validation NME') == 3
    assert output.count('test NME') == 2
    assert not [*(out / 'weights').rglob('*seed1.pth')]
    text = (out / 'report.md').read_text()
    assert text.count('| shufflenetv2-96, L1 | 0.001 | 1 |') == 4
    result = json.loads(next((out / 'tests').rglob('seed0.json')).read_text())
    assert result['test']['nme'] > 0
    assert result['two_stages']['nme'] > 0
    assert 0 < result['jitter']['jitter_one_euro'] < result['jitter']['jitter']
    assert (out / 'faces_worst.png').exists()

    status, output, _ = run_tool('face_losses.py', *arguments)
    assert status == 0
    assert 'NME' not in output

    (out / 'report.md').unlink()
    arguments[arguments.index('--steps') + 1] = 3
    status, _, errors = run_tool('face_losses.py', *arguments)
    assert status == 2  # runs of another length would be compared with these
    assert 'has results of steps 2; choose another --out for other settings, got 3' in errors
    status, _, errors = run_tool('face_losses.py', *arguments, '--report-only')
    assert status == 0, errors
    assert (out / 'report.md').read_text() == text
