"""A network of 68 face landmarks as an ONNX file, on an image of several faces with boxes."""

import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmpose.apis import inference_topdown

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from mmpose_addons.apis import PosePipeline
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons.export import PoseGraph, export_onnx
from mmpose_addons.visualization import draw_head_axes
from mmpose_addons_core.faces import face_layout, head_pose
from mmpose_addons_runtime.frames import InputError
from mmpose_addons_runtime.given_boxes import read_boxes
from mmpose_addons_toys.faces import render_face

CONFIG = (
    'configs/face_2d_keypoint/wing/300w/'
    'td-reg_mobilenetv2_pixelwing-heatmap-8xb64-210e_300w-128x128.py'
)
PLACES = [(10, 20), (150, 5), (80, 140)]  # of the faces' top left corners
SIZE = 128


def face_network(repo):
    """The config's network; without training it finds the template, moved a little."""
    config = Config.fromfile(repo / CONFIG)
    config.model.backbone.pop('init_cfg')
    torch.manual_seed(0)
    model = load_pose_model(config, None, 'cpu')
    template = face_layout(68).template[:, :2]
    mean = (template - template.min(0)) / np.ptp(template, axis=0) * 0.7 + 0.15
    with torch.no_grad():
        model.head.fc.bias.copy_(torch.from_numpy(mean).float().flatten())
        model.head.fc.weight.mul_(0.1)
    return model.eval()


@pytest.fixture
def faces(rng):
    """An image of three faces and their boxes (3, 4)."""
    image = rng.integers(0, 255, (280, 300, 3), dtype=np.uint8)
    boxes = []
    for index, (x, y) in enumerate(PLACES):
        face = render_face(seed=0, index=index, size=SIZE, landmarks=68)
        image[y : y + SIZE, x : x + SIZE] = face.image
        left, top, width, height = face.annotations[0]['bbox']
        boxes.append([left + x, top + y, left + x + width, top + y + height])
    return image, np.array(boxes, dtype=np.float32)


def test_several_faces_with_given_boxes(repo, tmp_path, faces):
    image, boxes = faces
    model = face_network(repo)
    file = tmp_path / 'face.onnx'
    export_onnx(PoseGraph(model, decode='codec'), model.dataset_meta, file, None)
    nodes = file.read_bytes()
    assert b'auxiliary' not in nodes  # the branch of the training is not in the file

    (found,) = PosePipeline(file, device='cpu', batch_size=2)(image, boxes)
    (expected,) = PosePipeline(model, device='cpu', flip_test=False)(image, boxes)
    keypoints = found.pred_instances.keypoints
    assert keypoints.shape == (3, 68, 2)
    np.testing.assert_allclose(keypoints, expected.pred_instances.keypoints, atol=0.05)
    np.testing.assert_array_equal(found.pred_instances.bboxes, boxes)
    for points, box in zip(keypoints, boxes, strict=True):
        inside = (points > box[:2] - 30) & (points < box[2:] + 30)
        assert inside.all()

    # each face has the landmarks that it has alone
    for face, box in enumerate(boxes):
        (alone,) = PosePipeline(file, device='cpu')(image, box[None])
        np.testing.assert_allclose(
            alone.pred_instances.keypoints[0], keypoints[face], atol=1e-3
        )

    pose = head_pose(keypoints, image_size=image.shape[1::-1])
    assert np.abs(pose.angles).max() < 45
    drawn = draw_head_axes(image, pose)
    changed = (drawn != image).any(-1)
    tips = keypoints[:, 30].round().astype(int)  # axes start at the tip of the nose
    assert all(changed[y - 8 : y + 9, x - 8 : x + 9].any() for x, y in tips)


def test_infer_takes_the_boxes_of_annotations(repo, tmp_path, faces, run_command):
    image, boxes = faces
    model = face_network(repo)
    file = tmp_path / 'face.onnx'
    export_onnx(PoseGraph(model, decode='codec'), model.dataset_meta, file, None)
    (tmp_path / 'photos').mkdir()
    for name in ('a.png', 'b.png'):
        cv2.imwrite(str(tmp_path / 'photos' / name), image)
    annotations = [
        dict(id=number, image_id=8, bbox=[x1, y1, x2 - x1, y2 - y1])
        for number, (x1, y1, x2, y2) in enumerate(boxes.tolist())
    ]
    annotations.append(dict(id=3, image_id=8, bbox=[0, 0, 9, 9], iscrowd=1))
    images = [dict(id=8, file_name='a.png'), dict(id=9, file_name='b.png')]
    content = dict(images=images, annotations=annotations)
    (tmp_path / 'boxes.json').write_text(json.dumps(content))
    line = ['infer', tmp_path / 'photos', '--pose', file, '--out', tmp_path / 'out']
    line += ['--save-json', '--ann', tmp_path / 'boxes.json', '--device', 'cpu']
    status, output, errors = run_command(*line, '--ann-boxes')
    assert status == 0, errors
    assert '3 poses in 2 frames (1 without any)' in output

    results = json.loads((tmp_path / 'out/results.json').read_text())
    (expected,) = PosePipeline(file, device='cpu')(image, boxes)
    assert [result['image_id'] for result in results] == [8, 8, 8]
    found = np.array([result['keypoints'] for result in results]).reshape(3, 68, 3)
    np.testing.assert_allclose(
        found[..., :2], expected.pred_instances.keypoints, rtol=0, atol=0.01
    )


@pytest.mark.parametrize('flip', [False, True])
def test_commands_find_what_mmpose_finds(repo, tmp_path, faces, run_command, flip):
    """Config and checkpoint through ``export`` and ``infer``; MMPose in the same boxes."""
    image, boxes = faces
    model = face_network(repo)
    model.cfg.model.test_cfg.flip_test = flip
    model.cfg.dump(tmp_path / 'face.py')
    meta = dict(dataset_meta=model.dataset_meta)
    write_checkpoint(tmp_path / 'face.pth', model.state_dict(), meta)
    cv2.imwrite(str(tmp_path / 'faces.png'), image)
    annotations = [
        dict(id=number, image_id=1, bbox=[x1, y1, x2 - x1, y2 - y1])
        for number, (x1, y1, x2, y2) in enumerate(boxes.tolist())
    ]
    content = dict(images=[dict(id=1, file_name='faces.png')], annotations=annotations)
    (tmp_path / 'boxes.json').write_text(json.dumps(content))

    names = [tmp_path / f'face.{ending}' for ending in ('py', 'pth', 'onnx')]
    line = ['export', *names, '--decode', '--dynamic-batch'] + ['--flip-test'] * flip
    status, _, errors = run_command(*line)
    assert status == 0, errors
    line = [
        'infer',
        tmp_path / 'faces.png',
        '--pose',
        names[2],
        '--device',
        'cpu',
        '--save-json',
    ]
    line += ['--ann', tmp_path / 'boxes.json', '--ann-boxes', '--out', tmp_path / 'out']
    status, _, errors = run_command(*line)
    assert status == 0, errors

    results = json.loads((tmp_path / 'out/results.json').read_text())
    found = np.array([result['keypoints'] for result in results]).reshape(3, 68, 3)[..., :2]
    model.test_cfg.flip_test = flip
    samples = inference_topdown(model, str(tmp_path / 'faces.png'), boxes)
    expected = np.concatenate([sample.pred_instances.keypoints for sample in samples])
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.05)
    # the network sees the faces: it does not find the same landmarks in each box
    shares = (found - boxes[:, None, :2]) / (boxes[:, 2:] - boxes[:, :2])[:, None]
    assert np.ptp(shares, axis=0).max() > 0.01


def test_boxes_that_are_none_are_named(tmp_path):
    file = tmp_path / 'boxes.json'
    for box, message in (([1, 2, 3], 'must be .*width, height'), ([1, 2, 0, 4], 'is 0 x 4')):
        records = [dict(id=5, image_id=1, bbox=box)]
        file.write_text(json.dumps(dict(images=[dict(id=1)], annotations=records)))
        with pytest.raises(InputError, match=f'annotation 5: bbox .*{message}'):
            read_boxes(file)
