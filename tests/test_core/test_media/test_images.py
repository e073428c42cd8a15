"""Images of all formats and names: pages, depths, broken files."""

import os

import cv2
import numpy as np
import pytest
from PIL import Image

from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import count_pages, read_image, read_pages
from mmpose_addons_core.media.kinds import images_in, is_image
from mmpose_addons_core.media.video_reader import VideoReader


@pytest.fixture
def image(rng):
    return cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), (80, 60))


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.bmp', '.webp', '.tif', '.ppm'])
def test_pixels_are_those_of_opencv(tmp_path, image, suffix):
    file = tmp_path / f'a{suffix}'
    cv2.imwrite(str(file), image)
    np.testing.assert_array_equal(read_image(file), cv2.imread(str(file)))
    renamed = file.rename(tmp_path / 'image.dat')
    assert is_image(renamed)
    assert read_image(renamed).shape == (60, 80, 3)


def test_a_name_that_is_not_utf_8(tmp_path, image):
    file = tmp_path / os.fsdecode(b'caf\xe9.png')
    file.write_bytes(cv2.imencode('.png', image)[1].tobytes())
    np.testing.assert_array_equal(read_image(file), image)
    file.write_bytes(b'no image')
    with pytest.raises(InputError, match=r'caf\\xe9.png is not a readable image') as error:
        read_image(file)
    assert str(error.value).encode('utf-8')


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.bmp', '.webp', '.tif', '.gif'])
def test_half_an_image_is_refused(tmp_path, image, suffix):
    file = tmp_path / f'a{suffix}'
    Image.fromarray(image).save(file)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=rf'a{suffix}'):
        list(read_pages(file))


def test_what_older_opencv_fills_with_grey_is_refused(tmp_path, image, monkeypatch):
    file = tmp_path / 'a.jpg'
    cv2.imwrite(str(file), image)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    monkeypatch.setattr(cv2, 'imdecode', lambda content, flags: image)
    with pytest.raises(InputError, match=r'a.jpg is cut off'):
        read_image(file)


def test_bytes_behind_the_end_of_a_jpeg_are_allowed(tmp_path, image):
    file = tmp_path / 'a.jpg'
    cv2.imwrite(str(file), image)
    file.write_bytes(file.read_bytes() + b'trailer of a telephone')
    assert read_image(file).shape == image.shape


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('no.jpg', None, r'no.jpg is missing'),
        ('empty.jpg', b'', r'empty.jpg is empty'),
        ('text.png', b'text', r'text.png is not a readable image \(.* 4 bytes\)'),
        ('.', None, r'cannot be read: Is a directory'),
    ],
)
def test_bad_files_are_named(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_image(tmp_path / name)


@pytest.mark.parametrize('suffix', ['.png', '.tif'])
@pytest.mark.parametrize(('bits', 'taken'), [(8, 8), (9, 10), (12, 12), (14, 14), (16, 16)])
def test_depths(tmp_path, image, suffix, bits, taken):
    """A file of 12 bits in 16 is as bright as one of 8 bits."""
    image[0, 0] = 255  # the largest value, by which the depth is known
    deep = image.astype(np.uint16) << 8 >> (16 - bits)
    file = tmp_path / f'a{suffix}'
    cv2.imwrite(str(file), deep)
    (page,) = read_pages(file)
    assert page.bits == taken
    assert page.image.dtype == np.uint8
    expected = image >> 1 if bits == 9 else image
    np.testing.assert_allclose(page.image, expected, atol=1)


def test_float_values_are_refused(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.tif'), np.zeros((4, 4), np.float32))
    with pytest.raises(InputError, match=r'a.tif has values of type float32'):
        read_image(tmp_path / 'a.tif')


def test_pages_of_a_tiff_file(tmp_path):
    pages = [np.full((20, 30 + i, 3), 40 * i, np.uint8) for i in range(3)]
    cv2.imwritemulti(str(tmp_path / 'a.tif'), pages)
    assert count_pages(tmp_path / 'a.tif') == 3
    for page, expected in zip(read_pages(tmp_path / 'a.tif'), pages, strict=True):
        np.testing.assert_array_equal(page.image, expected)
        assert page.time is None


@pytest.mark.parametrize(('share', 'readable'), [(0.9, 3), (0.6, 2), (0.4, 1)])
def test_a_cut_tiff_file_names_the_first_missing_page(tmp_path, image, share, readable):
    cv2.imwritemulti(str(tmp_path / 'a.tif'), [image] * 4)
    content = (tmp_path / 'a.tif').read_bytes()
    (tmp_path / 'a.tif').write_bytes(content[: int(share * len(content))])
    pages = read_pages(tmp_path / 'a.tif')
    for _ in range(readable):
        np.testing.assert_array_equal(next(pages).image, image)
    with pytest.raises(InputError, match=f'page {readable} is not readable'):
        next(pages)


def test_smaller_copies_in_a_tiff_file_are_no_pages(tmp_path, image):
    pages = [Image.fromarray(image), Image.fromarray(image[::4, ::4])]
    pages[1].encoderinfo = dict(tiffinfo={254: 1})
    pages[0].save(tmp_path / 'a.tif', save_all=True, append_images=pages[1:])
    assert count_pages(tmp_path / 'a.tif') == 1
    (page,) = read_pages(tmp_path / 'a.tif')
    assert page.image.shape == image.shape


def test_a_cut_animation_is_named(tmp_path, rng):
    first, *others = (
        Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8)) for _ in range(6)
    )
    first.save(tmp_path / 'a.gif', save_all=True, append_images=others)
    content = (tmp_path / 'a.gif').read_bytes()
    (tmp_path / 'a.gif').write_bytes(content[: len(content) // 2])
    frames = []
    with pytest.raises(InputError, match=r'a\.gif'):
        frames.extend(read_pages(tmp_path / 'a.gif'))
    assert 1 <= len(frames) <= 3


@pytest.mark.parametrize('suffix', ['.gif', '.png', '.webp'])
def test_frames_of_an_animation(tmp_path, suffix):
    file = tmp_path / f'a{suffix}'
    first, *others = (Image.new('RGB', (30, 20), (0, 0, 60 * i)) for i in range(4))
    first.save(file, save_all=True, append_images=others, duration=[100, 250, 40, 40])
    assert count_pages(file) == 4
    pages = list(read_pages(file))
    assert [page.time for page in pages] == pytest.approx([0, 0.1, 0.35, 0.39])
    blue = [page.image[..., 0].mean() for page in pages]  # BGR
    assert blue == pytest.approx([0, 60, 120, 180], abs=6)
    assert all(page.image[..., 2].mean() < 6 for page in pages)


def test_a_still_image_has_one_page(tmp_path, image):
    for suffix in ('.gif', '.png', '.webp', '.jpg'):
        Image.fromarray(image).save(tmp_path / f'a{suffix}')
        assert count_pages(tmp_path / f'a{suffix}') == 1
        (page,) = read_pages(tmp_path / f'a{suffix}')
        assert page.time is None
    assert count_pages(tmp_path / 'missing.gif') == 1


def test_images_of_a_folder(tmp_path, image):
    for name in ('f10.jpg', 'f9.jpg', 'F2.PNG', 'no_suffix'):
        (tmp_path / name).write_bytes(cv2.imencode('.png', image)[1].tobytes())
    for name in ('._f9.jpg', '.hidden.png', 'notes.txt', 'clip.mp4', 'broken.jpg'):
        (tmp_path / name).write_bytes(b'text')
    (tmp_path / 'more.jpg').mkdir()
    images, others = images_in(tmp_path)
    assert [file.name for file in images] == [
        *('F2.PNG', 'broken.jpg', 'f9.jpg', 'f10.jpg', 'no_suffix')
    ]
    assert [file.name for file in others] == ['clip.mp4', 'more.jpg']


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='Windows has no such files')
@pytest.mark.parametrize('read', [read_image, is_image, VideoReader])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / 'a.png')
    with pytest.raises(InputError, match=r'a\.png is a pipe, socket or device, not a file'):
        read(tmp_path / 'a.png')
    assert count_pages(tmp_path / 'a.png') == 1
    assert images_in(tmp_path)[0] == [tmp_path / 'a.png']


def test_a_folder_without_images(tmp_path):
    (tmp_path / 'a.mp4').write_bytes(b'')
    with pytest.raises(InputError, match='contains no image; its videos are read'):
        images_in(tmp_path)


def test_handed_formats(cases):
    """A 12-bit file is as bright as the same image of 8 bits; all pages are read."""
    folder = cases / 'picture_formats'
    grey = read_image(folder / 'photos/gray8.png')
    for name in ('gray12in16.png', 'gray12in16.tif', 'gray16_full.png'):
        np.testing.assert_allclose(read_image(folder / 'photos' / name), grey, atol=1)
    colours = [read_image(folder / 'photos' / name) for name in ('rgba.png', 'cmyk.jpg')]
    assert abs(colours[0].astype(int) - colours[1]).mean() < 8
    assert count_pages(folder / 'other/anim.gif') == 5
    assert len(list(read_pages(folder / 'other/pages.tif'))) == 5
    with pytest.raises(InputError, match='float32'):
        read_image(folder / 'photos/float.tif')


def test_handed_broken_images(cases):
    folder = cases / 'broken_pictures'
    for name in ('many/z.jpg', 'half/h.jpg'):
        with pytest.raises(InputError, match=name):
            read_image(folder / name)
    assert [file.name for file in images_in(folder / 'photos')[0]] == [
        *('im0.jpg', 'im1.jpg', 'im2.jpg')
    ]


@pytest.mark.parametrize(
    'start',
    [b'\0\0\0\x20ftypisom', b'RIFF\0\0\0\0AVI LIST', b'\x1aE\xdf\xa3' + bytes(9)],
    ids=['mp4', 'avi', 'mkv'],
)
def test_a_video_named_as_an_image_is_a_video(tmp_path, start):
    (tmp_path / 'a.jpg').write_bytes(start)
    assert not is_image(tmp_path / 'a.jpg')
