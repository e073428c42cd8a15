"""Both protocols of AnimalPCK, through MMEngine's evaluator."""

from uuid import uuid4

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.logging import MessageHub, MMLogger
from mmengine.runner import Runner
from mmengine.structures import InstanceData, PixelData
from mmpose.codecs import MSRAHeatmap
from mmpose.registry import METRICS
from mmpose.structures import PoseDataSample

from helpers import tiny_domains
from mmpose_addons.evaluation.map_size import heatmap_size_of

SIZE = np.array([64, 64])
NAMES = ['left_eye', 'right_eye', 'chin']


def sample(points, predicted, visible=(1, 1, 1), box=(20, 30, 120, 90), maps=None):
    """A square crop of 1.5 times the box's longer side, 256 px, heatmaps 64 px."""
    box = np.array([box], np.float32)
    side = 1.5 * (box[0, 2:] - box[0, :2]).max()
    result = PoseDataSample(
        metainfo=dict(
            input_center=(box[0, :2] + box[0, 2:]) / 2,
            input_scale=np.array([side, side]),
            input_size=(256, 256),
        ),
        gt_instances=InstanceData(
            keypoints=np.array([points], np.float32),
            keypoints_visible=np.array([visible], np.float32),
            bboxes=box,
        ),
        pred_instances=InstanceData(keypoints=np.array([predicted], np.float32)),
    )
    if maps is not None:
        result.pred_fields = PixelData(heatmaps=torch.from_numpy(maps))
    return result


def evaluate(samples, names=NAMES, flip_indices=None, **arguments):
    evaluator = Evaluator(METRICS.build(dict(type='AnimalPCK', **arguments)))
    evaluator.dataset_meta = dict(keypoint_id2name=dict(enumerate(names)))
    if flip_indices is not None:
        evaluator.dataset_meta['flip_indices'] = flip_indices
    evaluator.process(samples)
    return evaluator.evaluate(len(samples))


POINTS = np.array([[50.0, 60.0], [70.0, 60.0], [90.0, 60.0]])


def test_worked_by_hand():
    """The crop is 150 px wide: a heatmap px is 2.34 px, 0.05 of it are 7.5 px; 0.05 of the
    box are 5 px."""
    predicted = POINTS + [[0, 4], [6, 0], [0, 9]]
    metrics = evaluate([sample(POINTS, predicted)], per_joint=True)
    assert metrics == pytest.approx(
        {
            'animal/PCK': 2 / 3,
            'animal/PCK_points': 2 / 3,
            'animal/PCK/left_eye': 1,
            'animal/PCK/right_eye': 1,
            'animal/PCK/chin': 0,
            'animal/PCK_box': 1 / 3,
            'animal/PCK_box_points': 1 / 3,
            'animal/PCK_box/left_eye': 1,
            'animal/PCK_box/right_eye': 0,
            'animal/PCK_box/chin': 0,
        }
    )


def test_means_over_joints_and_points():
    near, far = POINTS, POINTS + 100
    metrics = evaluate(
        [
            sample(POINTS, near, visible=(1, 1, 0)),
            sample(POINTS, far, visible=(1, 0, 0)),
            sample(POINTS, far, visible=(1, 0, 0)),
        ]
    )
    assert metrics['animal/PCK'] == metrics['animal/PCK_box'] == pytest.approx(2 / 3)
    assert metrics['animal/PCK_points'] == metrics['animal/PCK_box_points'] == 0.5


def test_a_joint_in_the_first_row_of_the_map_counts_only_over_the_box():
    points = POINTS.copy()
    points[0, 1] = 60 - 75 + 0.3 * 150 / 64  # row 0.3 of the map
    metrics = evaluate([sample(points, points + 40)], per_joint=True)
    assert np.isnan(metrics['animal/PCK/left_eye'])
    assert metrics['animal/PCK_box/left_eye'] == 0


@pytest.mark.reference
@pytest.mark.parametrize('with_maps', [True, False])
def test_published_values(reference, with_maps):
    """The published maps, as a network's output and as MMPose decodes them."""
    with np.load(reference / 'ccssl.npz', allow_pickle=False) as values:
        predicted = values['pck_pred_maps'].astype(np.float32)
        targets = values['pck_target_maps'].astype(np.float32)
        mean, *per_joint = values['pck_005_mean_then_per_joint']
    codec = MSRAHeatmap(input_size=(256, 256), heatmap_size=(64, 64), sigma=1)
    box, side = (0, 0, 100, 100), 150

    def image_px(input_px):
        return input_px / 256 * side + 50 - side / 2

    samples = []
    for maps, target in zip(predicted, targets, strict=True):
        peaks, value = codec.decode(target)[0][0], target.max((1, 2))
        # the codec moves a peak by a quarter px; targets are drawn at whole ones
        points = image_px(np.round(peaks / 4) * 4)
        decoded = image_px(codec.decode(maps)[0][0])
        samples.append(
            sample(points, decoded, value > 0, box, maps=maps if with_maps else None)
        )
    names = [f'joint{k}' for k in range(predicted.shape[1])]
    metrics = evaluate(samples, names, per_joint=True)
    assert metrics['animal/PCK'] == pytest.approx(mean, rel=1e-6)
    for name, value in zip(names, per_joint, strict=True):
        assert metrics[f'animal/PCK/{name}'] == pytest.approx(value, rel=1e-6), name


def test_table_in_the_log(caplog):
    logger = MMLogger.get_current_instance()
    logger.setLevel('INFO')
    logger.addHandler(caplog.handler)
    evaluate([sample(POINTS, POINTS, visible=(1, 1, 0))])
    logger.removeHandler(caplog.handler)
    lines = [line for line in caplog.text.splitlines() if line.startswith(('left', 'chin'))]
    assert lines[0].split() == ['left_eye', '1', '1.000', '1', '1.000']
    assert lines[1].split() == ['chin', '0', 'nan', '0', 'nan']


def test_heatmaps_of_another_size_are_named():
    maps = np.zeros((3, 32, 32), np.float32)
    with pytest.raises(ValueError, match=r'heatmap_size=\(64, 64\) px, got \(32, 32\)'):
        evaluate([sample(POINTS, POINTS, maps=maps)], heatmap_size=(64, 64))
    evaluate([sample(POINTS, POINTS, maps=maps)], heatmap_size=(32, 32))


def test_the_size_of_the_heatmaps_is_found():
    data = sample(POINTS, POINTS).to_dict()
    assert heatmap_size_of(data) == (64, 64)  # a quarter of the input
    data = sample(POINTS, POINTS, maps=np.zeros((3, 32, 48), np.float32)).to_dict()
    assert heatmap_size_of(data) == (48, 32)
    hub = MessageHub.get_current_instance()
    hub.update_info('cfg', 'model = dict(head=dict(decoder=dict(heatmap_size=(96, 72))))')
    try:
        assert heatmap_size_of(sample(POINTS, POINTS).to_dict()) == (96, 72)
        hub.update_info('cfg', 'model = dict(type="Other")')
        assert heatmap_size_of(sample(POINTS, POINTS).to_dict()) == (64, 64)
    finally:
        hub.runtime_info.pop('cfg')
    with pytest.raises(ValueError, match='sample with input_size, got none; set heatmap_size'):
        heatmap_size_of({})


def test_the_size_is_found_in_a_run(tmp_path):
    """Maps of half the input: by the run's config, which is no quarter."""
    folder = tiny_domains.write_domains(tmp_path / 'data')
    config = tiny_domains.config(folder, tmp_path / 'run')
    target = config.train_dataloader.dataset.target
    data = dict(target.dataset, test_mode=True, pipeline=target.label_pipeline)
    sampler = dict(type='DefaultSampler', shuffle=False)
    scores = []
    for size in (None, tiny_domains.MAP, (8, 8)):
        runner = Runner(
            model=config.model,
            work_dir=str(tmp_path / 'run'),
            test_dataloader=dict(batch_size=4, num_workers=0, sampler=sampler, dataset=data),
            test_cfg=dict(),
            test_evaluator=dict(type='AnimalPCK', threshold=0.2, heatmap_size=size),
            default_scope='mmpose',
            randomness=dict(seed=0),
            experiment_name=f'pck-{uuid4()}',
            cfg=config,
        )
        scores.append(runner.test()['animal/PCK'])
    assert scores[0] == scores[1] != scores[2]


def test_the_wrong_one_of_several_thresholds_is_named():
    with pytest.raises(ValueError, match=r"threshold\[1\] must be a finite number, got 'x'"):
        METRICS.build(dict(type='AnimalPCK', threshold=(0.05, 'x')))


def test_several_thresholds():
    predicted = POINTS + [[0, 4], [6, 0], [0, 9]]
    both = evaluate([sample(POINTS, predicted)], threshold=(0.05, 0.1))
    for threshold, end in ((0.05, ''), (0.1, '@0.1')):
        single = evaluate([sample(POINTS, predicted)], threshold=threshold)
        for name, value in single.items():
            assert both[f'{name}{end}'] == value
    assert both['animal/PCK_box@0.1'] == 1


def test_sides_and_headings():
    swapped = POINTS[[1, 0, 2]]
    turned = POINTS[[1, 0, 2]] * [-1, 1] + [2 * POINTS[:, 0].mean(), 0]
    samples = [sample(POINTS, POINTS), sample(POINTS, swapped), sample(POINTS, turned)]
    metrics = evaluate(samples, flip_indices=[1, 0, 2])
    # turned, 50, 70, 90 become 70, 90, 50: all wrong, the left eye at the right one's place
    assert metrics['animal/PCK_box_points'] == pytest.approx((3 + 1 + 0) / 9)
    assert metrics['animal/PCK_box_without_sides'] == pytest.approx((3 + 3 + 0) / 9)
    assert metrics['animal/PCK_box_better_heading'] == pytest.approx((3 + 1 + 3) / 9)
    assert metrics['animal/PCK_without_sides'] >= metrics['animal/PCK_box_without_sides']
    assert metrics['animal/reversals'] == pytest.approx(1 / 3)
    assert metrics['animal/swaps'] == pytest.approx(3 / 6)


@pytest.mark.parametrize(
    'bad', [dict(threshold=0), dict(sigma=-1), dict(heatmap_size=(64, 0)), dict(threshold=())]
)
def test_bad_arguments_are_named(bad):
    with pytest.raises(ValueError, match=r'must be (positive|a whole number of at least 1)'):
        evaluate([sample(POINTS, POINTS)], **bad)
