import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS

from helpers import tiny_domains
from mmpose_addons.datasets.two_views import TEACHER_IMAGE, TwoViews
from mmpose_addons_core.adaptation import move_points, seeded_rng

LOAD = [dict(type='LoadImage'), dict(type='GetBBoxCenterScale', padding=1.1)]
MOVE = [
    dict(type='RandomFlip', direction='horizontal'),
    dict(type='RandomBBoxTransform', shift_prob=1, scale_factor=(0.7, 1.4), rotate_factor=80),
]


@pytest.fixture
def sample(tmp_path):
    init_default_scope('mmpose')
    folder = tiny_domains.write_domains(tmp_path / 'data')
    source = tiny_domains.config(folder, tmp_path).train_dataloader.dataset.source
    return DATASETS.build(dict(source, pipeline=[])).get_data_info


def pipeline(size, use_udp, moves, found=None):
    affine = dict(type='TopdownAffine', input_size=size, use_udp=use_udp)
    steps = Compose([*LOAD, *moves, affine, dict(type='PackPoseInputs')])
    if found is not None:
        pack = steps.transforms[-1]

        def recorded(results):
            found.append(results['transformed_keypoints'][0])
            return pack(results)

        steps.transforms[-1] = recorded
    return steps


@pytest.mark.parametrize('use_udp', [False, True])
@pytest.mark.parametrize('moved_teacher', [False, True])
def test_points_move_from_view_to_view(sample, use_udp, moved_teacher):
    """As MMPose's own transforms move the keypoints of an image, to a thousandth of a px."""
    found = []
    views = TwoViews(
        pipeline((32, 48), use_udp, MOVE, found),
        pipeline((64, 64), not use_udp, MOVE if moved_teacher else [], found),
    )
    mirrored = []
    for index in range(12):
        found.clear()
        with seeded_rng(index):
            packed = views(sample(index))
        student, teacher = found
        info = packed['data_samples']
        points = move_points(torch.from_numpy(teacher), torch.from_numpy(info.teacher_matrix))
        if info.teacher_mirrored:
            points = points[[1, 0, 2]]
        mirrored.append(info.teacher_mirrored)
        np.testing.assert_allclose(points, student, atol=1e-3)
        assert info.get(TEACHER_IMAGE).shape == (3, 64, 64)
        assert info.get(TEACHER_IMAGE).dtype == packed['inputs'].dtype == torch.uint8
    assert any(mirrored)
    assert not all(mirrored)


def test_image_is_read_once(sample, monkeypatch):
    views = TwoViews(pipeline((32, 32), False, MOVE), pipeline((32, 32), False, []))
    module = 'mmcv.transforms.loading.fileio.get'
    from mmengine import fileio

    paths = []
    get = fileio.get
    monkeypatch.setattr(module, lambda path, **kw: paths.append(path) or get(path, **kw))
    views(sample(0))
    assert len(paths) == 1


def test_views_do_not_share_memory(sample):
    class Black:
        def __call__(self, results):
            results['img'][:] = 0
            return results

    student = pipeline((32, 32), False, [])
    student.transforms.insert(1, Black())
    packed = TwoViews(student, pipeline((32, 32), False, []))(sample(0))
    assert not packed['inputs'].any()
    assert packed['data_samples'].get(TEACHER_IMAGE).any()


def test_pipelines_that_cannot_be_compared(sample):
    good = pipeline((32, 32), False, [])
    with pytest.raises(ValueError, match=r"teacher_pipeline needs a TopdownAffine, got \['L"):
        TwoViews(good, Compose([*LOAD, dict(type='PackPoseInputs')]))
    late = Compose([*LOAD, dict(type='TopdownAffine', input_size=(32, 32)), MOVE[0]])
    with pytest.raises(ValueError, match='pipeline must flip before TopdownAffine, got'):
        TwoViews(late, good)
    between = Compose(
        [*LOAD, dict(type='TopdownAffine', input_size=(32, 32)), MOVE[0], *good.transforms[2:]]
    )
    with pytest.raises(ValueError, match='pipeline must flip before TopdownAffine, got'):
        TwoViews(between, good)
    with pytest.raises(ValueError, match='pipeline must begin with LoadImage'):
        TwoViews(Compose(LOAD[1:]), good)
    upside_down = dict(type='RandomFlip', prob=1.0, direction='vertical')
    with pytest.raises(ValueError, match="flipped horizontally only, got 'vertical'"):
        TwoViews(pipeline((32, 32), False, [upside_down]), good)(sample(0))
