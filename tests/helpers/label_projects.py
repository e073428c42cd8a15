"""Small projects in the layouts of other tools, with known labels."""

import json
from pathlib import Path

import cv2
import numpy as np

BODY_PARTS = ['nose', 'left_ear', 'right_ear']
SIZE = (40, 30)  # width and height of all images


def write_image(file: Path, size: tuple[int, int] = SIZE) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    image = np.random.default_rng(len(str(file.name))).integers(0, 255, (*size[::-1], 3))
    file.write_bytes(cv2.imencode(file.suffix, image.astype(np.uint8))[1].tobytes())
    return file


def labels(frames: int, animals: int = 1) -> np.ndarray:
    """(frames, animals, K, 2), inside the images."""
    rng = np.random.default_rng(frames)
    return rng.uniform(2, 27, (frames, animals, len(BODY_PARTS), 2)).round(2)


def table(scorer: str, rows: list[str], points: np.ndarray, animals: list[str]) -> str:
    """A csv table of DeepLabCut; without ``animals`` of one animal. NaN is an empty cell."""
    columns = [
        (scorer, *([animal] if animals else []), part, axis)
        for animal in animals or ['']
        for part in BODY_PARTS
        for axis in 'xy'
    ]
    levels = ['scorer', *(['individuals'] if animals else []), 'bodyparts', 'coords']
    lines = [
        ','.join([level, *cells])
        for level, cells in zip(levels, zip(*columns, strict=True), strict=True)
    ]
    for row, values in zip(rows, points, strict=True):
        cells = ('' if np.isnan(value) else f'{value}' for value in values.reshape(-1))
        lines.append(','.join([row, *cells]))
    return '\n'.join(lines) + '\n'


def deeplabcut(
    root: Path,
    points: dict[str, np.ndarray],
    animals: list[str] | None = None,
    separator: str = '/',
    scorer: str = 'ana',
) -> Path:
    """A project with a folder of images for each video."""
    names = ', '.join(BODY_PARTS)
    several = 'true' if animals else 'false'
    key = 'multianimalbodyparts' if animals else 'bodyparts'
    root.mkdir(parents=True, exist_ok=True)
    (root / 'config.yaml').write_text(
        f'scorer: {scorer}\nmultianimalproject: {several}\n{key}: [{names}]\n'
        'skeleton:\n- [nose, left_ear]\n- [nose, right_ear]\n'
    )
    for video, values in points.items():
        rows = []
        for frame in range(len(values)):
            file = write_image(root / 'labeled-data' / video / f'img{frame:03d}.png')
            rows.append(separator.join(file.relative_to(root).parts))
        text = table(scorer, rows, values, animals or [])
        (root / 'labeled-data' / video / f'CollectedData_{scorer}.csv').write_text(text)
    return root


def roboflow(root: Path) -> Path:
    """Splits in folders, a root category without keypoints, ids from 0."""
    for split, count in (('train', 3), ('valid', 2)):
        points = labels(count)
        images, annotations = [], []
        for index in range(count):
            name = f'{split}{index}_jpg.rf.abc.jpg'
            write_image(root / split / name)
            images.append(dict(id=index, file_name=name, width=SIZE[0], height=SIZE[1]))
            flags = np.full((len(BODY_PARTS), 1), 2.0)
            keypoints = np.hstack([points[index, 0], flags]).reshape(-1).tolist()
            annotations.append(
                dict(id=index, image_id=index, category_id=1, bbox=[1, 2, 30, 20], area=600)
                | dict(keypoints=keypoints, iscrowd=0)
            )
        categories = [
            dict(id=0, name='animals', supercategory='none'),
            dict(id=1, name='mouse', keypoints=BODY_PARTS, skeleton=[[1, 2], [1, 3]]),
        ]
        content = dict(images=images, annotations=annotations, categories=categories)
        (root / split / '_annotations.coco.json').write_text(json.dumps(content))
    return root


def ultralytics(root: Path, dimensions: int = 3) -> Path:
    """Images and text files; the third keypoint of the first frame is hidden."""
    points = labels(2)
    (root / 'labels' / 'train').mkdir(parents=True)
    for index in range(2):
        write_image(root / 'images' / 'train' / f'{index}.png')
        shares = points[index, 0] / SIZE
        flags = np.array([[2.0], [2.0], [1.0 if index == 0 else 2.0]])
        values = np.hstack([shares, flags])[:, :dimensions].reshape(-1)
        line = ' '.join(map(str, [0, 0.5, 0.5, 0.4, 0.6, *values]))
        (root / 'labels' / 'train' / f'{index}.txt').write_text(line + '\n')
    (root / 'data.yaml').write_text(
        f'path: /gone\ntrain: images/train\nkpt_shape: [3, {dimensions}]\n'
        'flip_idx: [0, 2, 1]\nnames: {0: mouse}\n'
    )
    return root


def label_studio(root: Path) -> Path:
    """One task with two animals' keypoints as percentages, by sleap-io's own writer."""
    import sleap_io as sio

    image = write_image(root / 'frame1.png')
    skeleton = sio.Skeleton([*BODY_PARTS])
    instance = sio.Instance.from_numpy(labels(1)[0, 0], skeleton=skeleton)
    video = sio.Video.from_filename([str(image)])
    frame = sio.LabeledFrame(video=video, frame_idx=0, instances=[instance])
    found = sio.Labels(videos=[video], skeletons=[skeleton], labeled_frames=[frame])
    sio.save_labelstudio(found, str(root / 'tasks.json'))
    return root


def sleap(root: Path, embed: bool) -> Path:
    """Two animals on tracks in a list of images; with ``embed`` the images are in the file."""
    import sleap_io as sio

    files = [write_image(root / 'clip' / f'{index:03d}.png') for index in range(3)]
    skeleton = sio.Skeleton([*BODY_PARTS], edges=[('nose', 'left_ear')])
    tracks = [sio.Track('a'), sio.Track('b')]
    video = sio.Video.from_filename([str(file) for file in files])
    points = labels(3, animals=2)
    frames = []
    for index in range(3):
        instances = [
            sio.Instance.from_numpy(points[index, n], skeleton=skeleton, track=track)
            for n, track in enumerate(tracks)
        ]
        frames.append(sio.LabeledFrame(video=video, frame_idx=index, instances=instances))
    found = sio.Labels(frames, videos=[video], skeletons=[skeleton], tracks=tracks)
    name = 'labels.pkg.slp' if embed else 'labels.slp'
    sio.save_slp(found, str(root / name), embed='user' if embed else False, verbose=False)
    return root / name
