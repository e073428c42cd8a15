"""Every tool that reads JSON, run in this process on small files in a folder.

Each returns True if it took the file, and False with the message if it refused it. Any other
exception is passed on.
"""

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmpose.registry import METRICS

from helpers.coco_files import people_apart, write_images
from helpers.perfect_poses import LOADED, build_dataset, perfect_ap
from helpers.poses import pose_model
from mmpose_addons.apis import Boxes, PosePipeline
from mmpose_addons.datasets import PseudoLabelDataset
from mmpose_addons_cli.main import main
from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels
from mmpose_addons_core.datasets.coco_check import DatasetError
from mmpose_addons_core.datasets.coco_file import CocoFileError
from mmpose_addons_core.datasets.converters import ConversionError
from mmpose_addons_runtime.frames import InputError

REFUSALS = DatasetError, CocoFileError, InputError, PseudoLabelError, ConversionError
TARGETS = [
    *LOADED[:-1],
    dict(
        type='GenerateTarget',
        encoder=dict(type='MSRAHeatmap', input_size=(48, 64), heatmap_size=(12, 16), sigma=2),
    ),
    LOADED[-1],
]


SOME_LOST = 3  # exit code: some images could not be read, and are named
POINTS = '--num-keypoints', '17'


class Refused(Exception):
    """A tool has refused a file, with this message."""


class WrongScore(Exception):
    """Perfect poses of a file that was called clean have another AP than 1."""


def write_base(folder: Path) -> dict[str, object]:
    """Images and whole documents by file name; ``rounds/`` holds pseudo-labels."""
    data = people_apart()
    write_images(folder, data)
    data |= dict(info=dict(description='made', version=1.0), licenses=[dict(id=1, name='none')])
    for image in data['images']:
        image.update(license=1, coco_url='http://example.com', date_captured='2020-01-01')
    for person in data['annotations']:
        outline = [[5, 5, 30, 5, 30, 30, 5, 30]]
        person.update(segmentation=outline, attributes=dict(occluded=False), score=0.5)
    boxes = [
        {**{key: person[key] for key in ('image_id', 'category_id', 'bbox')}, 'score': 0.9}
        for person in data['annotations']
    ]
    results = [
        {**{key: person[key] for key in ('image_id', 'category_id', 'keypoints')}, 'score': 0.9}
        for person in data['annotations']
    ]
    count = len(data['annotations'])
    points = np.array([p['keypoints'] for p in data['annotations']]).reshape(count, 17, 3)
    labels = PseudoLabels(
        sample_id=np.array([p['id'] for p in data['annotations']]),
        image_id=np.array([p['image_id'] for p in data['annotations']]),
        file_name=np.array([str(folder / f'{p["image_id"]}.jpg') for p in data['annotations']]),
        bbox=np.array([p['bbox'] for p in data['annotations']], float),
        keypoints=points[..., :2].astype(np.float32),
        confidence=np.full((count, 17), 0.5, np.float32),
        kept=np.ones((count, 17), bool),
        origin=np.zeros((count, 17), np.uint8),
        found=np.ones(count, bool),
        threshold=np.zeros(17),
        epoch=np.array(0),
        names=np.array([f'point {k}' for k in range(17)]),
        skeleton=np.zeros((0, 2), np.int64),
    )
    (folder / 'det.py').write_text('')
    (folder / 'det.pth').write_bytes(b'')
    (folder / 'rounds').mkdir(exist_ok=True)
    labels.write_npz(folder / 'rounds/epoch_0000.npz')
    target = json.loads(json.dumps(data))
    for index, ann in enumerate(target['annotations']):
        del ann['keypoints'], ann['num_keypoints']
        ann.update(video_id=ann['image_id'], frame_id=index)
    sizes = {'1.jpg': [4, 3, 18, 30], '2.jpg': [10, 10, 30, 30]}
    documents = {'ann.json': data, 'boxes.json': boxes, 'results.json': results}
    documents |= {'hidden.json': data, 'target.json': target, 'sizes.json': sizes}
    documents['animals.json'] = _animals(data)
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))
    return documents


def _animals(data: dict) -> dict:
    """Animal-Pose in the layout of its authors."""
    x = np.arange(20)
    points = np.stack([5 + 2 * x, 4 + x, x % 2], 1).tolist()
    annotations = [
        dict(image_id=image['id'], category_id=1, bbox=[2, 2, 50, 40], keypoints=points)
        for image in data['images']
    ]
    return dict(
        images={str(image['id']): image['file_name'] for image in data['images']},
        annotations=annotations,
        categories=[dict(id=1, name='dog')],
    )


@contextlib.contextmanager
def _command(folder: Path) -> Iterator[Callable[..., int]]:
    """A function that runs a command; its status, if it is one that the user can expect."""
    torch.manual_seed(0)

    def run(*words: object) -> int:
        out = io.TextIOWrapper(io.BytesIO(), encoding='utf-8', errors='strict')
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                status = main([str(word) for word in words])
            except SystemExit as end:
                status = int(end.code or 0)
        out.seek(0)
        if status not in (0, SOME_LOST):
            raise Refused(out.read())
        return status

    yield run


def check_data(folder: Path) -> None:
    with _command(folder) as run:
        run('check-data', folder / 'ann.json', '--images', folder, *POINTS)


def check_evaluation(folder: Path) -> None:
    with _command(folder) as run:
        run('check-data', folder / 'ann.json', '--images', folder, *POINTS, '--evaluation')


def check_boxes(folder: Path) -> None:
    with _command(folder) as run:
        boxes = folder / 'boxes.json'
        words = [folder / 'ann.json', '--images', folder, '--boxes', boxes, '--evaluation']
        run('check-data', *words, *POINTS)


def check_unlabelled(folder: Path) -> None:
    with _command(folder) as run:
        run('check-data', folder / 'target.json', '--images', folder, '--unlabelled')


def training(folder: Path) -> None:
    """All samples with their targets, in one batch."""
    dataset = build_dataset(folder / 'ann.json', folder, pipeline=TARGETS)
    batch = pseudo_collate([dataset[index] for index in range(len(dataset))])
    assert torch.stack(batch['inputs']).shape[1:] == (3, 64, 48)
    for sample in batch['data_samples']:
        assert torch.isfinite(sample.gt_fields.heatmaps).all()


def _scored(ap: float) -> None:
    if not abs(ap - 1) < 1e-6:
        raise WrongScore(f'AP {ap:.3f}')


def evaluation(folder: Path) -> None:
    _scored(perfect_ap(folder / 'ann.json', folder))


def detected(folder: Path) -> None:
    """Detections in place of boxes; which people they find is another question."""
    ann = folder / 'ann.json'
    metric = dict(type='CheckedCocoMetric', ann_file=str(ann))
    perfect_ap(ann, folder, metric, bbox_file=str(folder / 'boxes.json'))


def checked_metric(folder: Path) -> None:
    ann = str(folder / 'ann.json')
    METRICS.build(dict(type='CheckedCocoMetric', ann_file=ann))
    _scored(perfect_ap(ann, folder, dict(type='CheckedCocoMetric', ann_file=ann)))


def unlabelled(folder: Path) -> None:
    dataset = PseudoLabelDataset(
        dict(
            type='UnlabelledCocoDataset',
            ann_file=str(folder / 'target.json'),
            data_prefix=dict(img=str(folder)),
            metainfo=dict(from_file='configs/_base_/datasets/coco.py'),
        ),
        TARGETS,
        LOADED,
    )
    dataset.tracks()
    identity = dataset.identity()
    assert len(identity['sample_id']) == len(dataset)
    for index in range(len(dataset)):
        dataset.label_sample(index)


def frames(folder: Path) -> None:
    with _command(folder) as run:
        out = folder / 'frames_out.json'
        run(
            'unlabelled-frames',
            folder,
            '--boxes',
            folder / 'sizes.json',
            '--out',
            out,
            '--force',
        )
        run('check-data', out, '--images', folder, '--unlabelled')


def sheet(folder: Path) -> None:
    files = folder / 'ann.json', folder / 'results.json'
    with _command(folder) as run:
        run('sheet', *files, '--images', folder, '--out', folder / 'out/sheet.png')


def report(folder: Path) -> None:
    out = folder / 'out/report.html'
    with _command(folder) as run:
        run('report', folder / 'rounds', '--hidden', folder / 'hidden.json', '--out', out)


def importing(folder: Path) -> None:
    with _command(folder) as run:
        run('import', folder / 'ann.json', '--out', folder / 'out/data', '--split', 'none')
        words = [folder / 'out/data/annotations/train.json', *POINTS]
        run('check-data', *words, '--images', folder / 'out/data/images')


def dataset_info(folder: Path) -> None:
    with _command(folder) as run:
        run('dataset-info', folder / 'ann.json', '--out', folder / 'out/info.py')


def labelling(folder: Path) -> None:
    """The damaged file is that of the frames, of the skeleton, and of the drafts."""
    with _command(folder) as run:
        words = ['--images', folder, '--like', folder / 'ann.json', '--count', 1]
        words += ['--drafts', folder / 'ann.json', '--copy', folder / 'out/copies']
        words += ['--out', folder / 'out/a.json', '--force']
        run('frames-to-label', folder / 'ann.json', *words)


def animal_boxes(folder: Path) -> None:
    with _command(folder) as run:
        words = [
            '--species',
            'person',
            '--smallest',
            '2',
            '--out',
            folder / 'out/a.json',
            '--force',
        ]
        run('animal-boxes', folder / 'ann.json', *words)
        run('check-data', folder / 'out/a.json', '--unlabelled')


def animal_pose(folder: Path) -> None:
    """A file in the layout of the authors, and in that of MMPose."""
    with _command(folder) as run:
        out = folder / 'out/a.json'
        run('animal-pose', folder / 'animals.json', folder, '--out', out, '--force')
        run('check-data', out, '--images', folder, '--num-keypoints', '20')


class _Detector:
    """Finds one box in each image."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def __call__(self, images: list[np.ndarray]) -> list[Boxes]:
        box = np.array([[2, 2, 40, 40]], np.float32)
        return [Boxes(box, np.ones(1, np.float32)) for _ in images]


_pipelines: list[PosePipeline] = []


def _pipeline(*args: object, **kwargs: object) -> PosePipeline:
    if not _pipelines:
        _pipelines.append(PosePipeline(pose_model(), device='cpu'))
    return _pipelines[0]


def two_stage(folder: Path) -> None:
    with mock.patch('mmpose_addons.apis.PosePipeline', _pipeline), _command(folder) as run:
        place = ['--ann', folder / 'ann.json', '--images', folder]
        run('two-stage', '--pose', 'x', 'x', *place, '--boxes', folder / 'boxes.json')


def detect(folder: Path) -> None:
    with mock.patch('mmpose_addons.apis.BoxDetector', _Detector), _command(folder) as run:
        place = ['--ann', folder / 'ann.json', '--images', folder]
        files = folder / 'det.py', folder / 'det.pth'
        run('detect', *files, *place, '--out', folder / 'out/found.json', '--force')


def infer(folder: Path) -> None:
    with mock.patch('mmpose_addons.apis.PosePipeline', _pipeline), _command(folder) as run:
        files = [folder / '1.jpg', folder / '2.jpg']
        run(
            *('infer', *files, '--pose', 'x', 'x', '--ann', folder / 'ann.json'),
            *('--out', folder / 'out/poses', '--save-json', '--no-visualizations'),
        )


TOOLS: Mapping[str, tuple[Callable[[Path], None], ...]] = {
    'ann.json': (
        *(check_data, training, check_evaluation, evaluation, checked_metric),
        *(check_boxes, detected),
        *(sheet, two_stage, detect, infer),
        *(importing, dataset_info, labelling, animal_boxes),
    ),
    'boxes.json': (check_boxes, detected, two_stage),
    'results.json': (sheet,),
    'hidden.json': (report,),
    'target.json': (check_unlabelled, unlabelled),
    'sizes.json': (frames,),
    'animals.json': (animal_pose,),
}
"""The tools that read a file, by its name; each check before what it promises."""

PROMISES = {
    training: check_data,
    evaluation: check_evaluation,
    checked_metric: check_evaluation,
    unlabelled: check_unlabelled,
    detected: check_boxes,
}
"""What must work with files that a check calls clean."""

__all__ = ['PROMISES', 'REFUSALS', 'TOOLS', 'Refused', 'WrongScore', 'write_base']
