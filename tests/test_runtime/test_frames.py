"""Frames of all kinds of inputs, and what is said of those that cannot be read."""

import cv2
import numpy as np
import pytest
from PIL import Image

from helpers.media import break_frame, grey_images, write_video
from mmpose_addons_runtime.frames import LONGEST_SIDE, InputError, read_frames
from mmpose_addons_runtime.sources import find_sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two images and a broken one, a TIFF file of two pages, an animation, a video."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'photos').mkdir()
    first, second, third = grey_images(3)
    cv2.imwrite('photos/f9.png', first)
    cv2.imwrite('photos/f11.png', second)
    (tmp_path / 'photos/f10.png').write_text('broken')
    cv2.imwritemulti('pages.tif', [second, third])
    frames = [Image.fromarray(image) for image in (first, second)]
    frames[0].save('a.gif', save_all=True, append_images=frames[1:], duration=200)
    break_frame(write_video(tmp_path / 'v.avi', grey_images(4)), 1)
    return tmp_path


INPUTS = ['photos', 'pages.tif', 'a.gif', 'v.avi', 'photos/f9.png']


def test_numbers_and_times(folder):
    """Frames that cannot be read keep their numbers."""
    lost = []
    frames = list(read_frames(INPUTS, lost.append))
    assert [(frame.index, frame.source, frame.number) for frame in frames] == [
        *[(0, 0, 0), (2, 2, 0)],
        *[(3, 3, 0), (4, 3, 1)],
        *[(5, 4, 0), (6, 4, 1)],
        *[(7, 5, 0), (9, 5, 2), (10, 5, 3)],
        (11, 6, 0),
    ]
    times = [frame.time for frame in frames]
    assert times[:4] == [None] * 4
    assert times[4:9] == pytest.approx([0, 0.2, 0, 0.2, 0.3])
    assert times[9:] == [None]
    assert [(some.source, some.frames, some.count) for some in lost] == [
        (1, range(1), 1),
        (5, range(1, 2), 1),
    ]
    assert 'f10.png is not a readable image' in lost[0].message
    assert lost[1].message.startswith('v.avi: frame 1 is missing: ')


def test_without_a_report(folder):
    with pytest.raises(InputError, match=r'f10.png is not a readable image'):
        list(read_frames('photos'))
    with pytest.warns(UserWarning, match=r'v.avi: frame 1 is missing'):
        assert len(list(read_frames('v.avi'))) == 3


def test_missing_pages_keep_their_numbers(folder):
    content = (folder / 'pages.tif').read_bytes()
    (folder / 'pages.tif').write_bytes(content[: int(0.6 * len(content))])
    lost = []
    frames = list(read_frames(['pages.tif', 'photos/f9.png'], lost.append))
    assert [some.frames for some in lost] == [range(1, 2)]
    assert [frame.index for frame in frames] == [0, 2]


def test_a_video_without_a_readable_frame(folder):
    file = write_video(folder / 'v.avi', grey_images(1))
    break_frame(file, 0)
    lost = []
    assert list(read_frames([file], lost.append)) == []
    assert lost
    with (
        pytest.warns(UserWarning, match='frame 0 is missing'),
        pytest.raises(InputError, match='no readable frame'),
    ):
        list(read_frames(file))


def test_sources(folder):
    sources, left_out = find_sources(['.', 'photos', 'v.avi'])
    assert [
        (source.location, source.input, source.kind, source.count) for source in sources
    ] == [
        ('a.gif', 0, 'pages', 2),
        ('pages.tif', 0, 'pages', 2),
        ('photos/f9.png', 1, 'image', 1),
        ('photos/f10.png', 1, 'image', 1),
        ('photos/f11.png', 1, 'image', 1),
        ('v.avi', 2, 'video', 4),
    ]
    assert sources[-1].rate == 10
    assert [path.name for path in left_out] == ['photos', 'v.avi']


def test_what_cannot_be_opened_is_known_before(folder):
    (folder / 'notes.txt').write_text('text')
    (source,), _ = find_sources(['notes.txt'])
    assert 'notes.txt is not a readable video' in source.problem
    with pytest.raises(InputError, match=r'notes.txt is not a readable video'):
        list(read_frames('notes.txt'))
    with pytest.raises(InputError, match=r'no.mp4 is missing'):
        find_sources(['no.mp4'])


def test_images_that_opencv_cannot_warp_are_passed_over(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((1, LONGEST_SIDE + 1, 3), np.uint8))
    cv2.imwrite(str(tmp_path / 'b.png'), np.zeros((2, LONGEST_SIDE, 3), np.uint8))
    reasons = []
    frames = list(read_frames(tmp_path, lambda lost: reasons.append(lost.message)))
    assert [frame.index for frame in frames] == [1]
    assert [reason[reason.index('a.png') :] for reason in reasons] == [
        'a.png: sides must be 1 to 32766 px, got 32767 x 1'
    ]


@pytest.mark.parametrize('shape', [(0, 0), (LONGEST_SIDE + 1, 2)])
def test_arrays_that_opencv_cannot_warp_are_refused(shape):
    with pytest.raises(InputError, match=f'got {shape[1]} x {shape[0]}'):
        list(read_frames(np.zeros((*shape, 3), np.uint8)))
