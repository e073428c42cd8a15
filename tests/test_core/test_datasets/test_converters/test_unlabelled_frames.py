import json
import os

import cv2
import mmcv
import numpy as np
import pytest
from mmengine.registry import init_default_scope
from PIL import Image

from helpers import tiny_domains
from mmpose_addons.datasets import PseudoLabelDataset
from mmpose_addons_core.datasets.converters import ConversionError
from mmpose_addons_core.datasets.converters.unlabelled_frames import (
    read_boxes,
    unlabelled_frames,
)


@pytest.fixture
def frames(tmp_path):
    root = tmp_path / 'frames'
    for name in ('b/f10.png', 'b/f9.png', 'a/x1.png', 'note.txt'):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / name), np.zeros((30, 40, 3), np.uint8)) if name.endswith(
            'png'
        ) else (root / name).write_text('')
    return root


def test_folders_are_videos(frames):
    content = unlabelled_frames(frames)
    found = [(i['file_name'], i['video_id'], i['frame_id']) for i in content['images']]
    assert found == [('a/x1.png', 1, 0), ('b/f9.png', 2, 0), ('b/f10.png', 2, 1)]
    assert content['annotations'][2]['bbox'] == [0, 0, 40, 30]
    assert content['annotations'][2]['frame_id'] == 1


def test_boxes_choose_images(frames):
    content = unlabelled_frames(frames, videos=False, boxes={'b/f9.png': [1, 2, 10, 20]})
    (annotation,) = content['annotations']
    assert annotation['bbox'] == [1, 2, 10, 20]
    assert 'video_id' not in annotation


@pytest.mark.parametrize(
    ('boxes', 'message'),
    [
        ({'c.png': [0, 0, 1, 1]}, "no image 'c.png', which has a box"),
        ({'b/f9.png': [0, 0, 1]}, "box of 'b/f9.png' must be"),
        ({'b/f9.png': [0, 0, 0, 5]}, r'must be \[x, y, width, height\]'),
    ],
)
def test_bad_boxes(frames, boxes, message):
    with pytest.raises(ConversionError, match=message):
        unlabelled_frames(frames, boxes=boxes)


def test_bad_folder_and_file(frames, tmp_path):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(ConversionError, match='has no images'):
        unlabelled_frames(tmp_path / 'empty')
    (frames / 'a' / 'x1.png').write_bytes(b'no image')
    with pytest.raises(ConversionError, match=r'x1\.png cannot be read'):
        unlabelled_frames(frames)
    (tmp_path / 'boxes.json').write_text('[]')
    with pytest.raises(ConversionError, match='a JSON object of boxes by file name, got list'):
        read_boxes(tmp_path / 'boxes.json')


def test_tool_writes_what_the_data_set_reads(frames, tmp_path, run_command):
    out = tmp_path / 'frames.json'
    status, _, errors = run_command('unlabelled-frames', frames, '--out', out)
    assert status == 0, errors
    content = json.loads(out.read_text())
    content['annotations'][0]['keypoints'] = [5, 5, 2] * 3  # dropped
    out.write_text(json.dumps(content))
    init_default_scope('mmpose')
    dataset = PseudoLabelDataset(
        dict(
            type='UnlabelledCocoDataset',
            metainfo=tiny_domains.METAINFO,
            data_root=str(tmp_path),
            ann_file='frames.json',
            data_prefix=dict(img='frames/'),
        ),
        [],
        [],
    )
    assert len(dataset) == 3
    assert dataset.hidden() is None
    assert dataset.tracks() == [[0], [1, 2]]


def test_images_of_any_format_that_mmcv_reads(tmp_path):
    """None is left out unsaid: also .gif and .tiff. A raw photograph is no frame of its own."""
    for name in ('0.gif', '1.tiff', '2.TIF', '3.jp2', '4.avif', '5.ppm'):
        Image.new('RGB', (40, 30)).save(tmp_path / name)
    Image.new('RGB', (40, 30)).save(tmp_path / '1.NEF', format='TIFF')
    (tmp_path / 'notes.txt').write_text('P1 nose')
    (tmp_path / 'clip.mp4').write_bytes(b'no image')
    (tmp_path / 'folder.png').mkdir()
    os.mkfifo(tmp_path / 'fifo.png')
    found = unlabelled_frames(tmp_path)['images']
    assert [image['file_name'][0] for image in found] == [*'012345']
    for image in found:
        assert mmcv.imread(str(tmp_path / image['file_name'])).shape == (30, 40, 3)
        assert (image['width'], image['height']) == (40, 30)


@pytest.mark.parametrize(('more', 'said'), [([], 'of 2 videos'), (['--single'], '')])
def test_videos_are_counted(frames, tmp_path, run_command, more, said):
    out = tmp_path / 'frames.json'
    status, printed, _ = run_command('unlabelled-frames', frames, '--out', out, *more)
    assert (status, printed.splitlines()[-1]) == (0, f'{out}: 3 images {said}'.strip())


def test_a_frame_is_not_overwritten(frames, run_command):
    out = frames / 'b/f9.png'
    status, _, errors = run_command('unlabelled-frames', frames, '--out', out, '--force')
    assert (status, 'would be overwritten' in errors) == (2, True), errors
    assert cv2.imread(str(out)) is not None


def test_sizes_are_those_that_the_loader_sees(tmp_path):
    """Photographs turned by EXIF, and a file name that is not UTF-8."""
    names = [f'{orientation}.jpg' for orientation in (1, 3, 6, 8)]
    for name in [*names, os.fsdecode(b'caf\xe9.jpg')]:
        exif = Image.Exif()
        exif[0x0112] = int(name[0]) if name[0].isdigit() else 5
        Image.new('RGB', (40, 30)).save(tmp_path / name, exif=exif)
    (tmp_path / '._1.jpg').write_bytes(b'left by macOS')
    content = unlabelled_frames(tmp_path)
    found = {
        image['file_name']: (image['width'], image['height']) for image in content['images']
    }
    for name, size in found.items():
        pixels = cv2.imdecode(np.fromfile(tmp_path / name, np.uint8), cv2.IMREAD_COLOR)
        assert size == (pixels.shape[1], pixels.shape[0])
    assert [*found.values()] == [(40, 30), (40, 30), (30, 40), (30, 40), (30, 40)]
    assert content['annotations'][2]['bbox'] == [0, 0, 30, 40]


def test_boxes_of_corners(tmp_path):
    for i in range(3):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.zeros((30, 40, 3), np.uint8))
    boxes = {f'{i}.png': [20, 15, 35, 28] for i in range(3)}
    with pytest.raises(ConversionError, match=r'3 of 3 boxes .* fit as \[x1, y1, x2, y2\]'):
        unlabelled_frames(tmp_path, boxes=boxes)
