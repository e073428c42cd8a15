import os

import numpy as np
import pytest

from mmpose_addons_core.crop_cache import CropStore, Surroundings, key_of
from mmpose_addons_core.crop_cache.store import file_bytes

KEY = 'ab12'


@pytest.fixture
def kept(rng):
    pixels = rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)
    return Surroundings(pixels, (40, 30), (3, 4, 21, 18))


@pytest.mark.parametrize('channels', [3, 1, 0])
def test_what_is_written_is_read(tmp_path, kept, channels):
    pixels = kept.pixels[..., :channels] if channels else kept.pixels[..., 0]
    store = CropStore(tmp_path / 'crops')
    store.write(KEY, Surroundings(pixels, kept.image_size, kept.region))
    read = store.read(KEY)
    np.testing.assert_array_equal(read.pixels, pixels)
    assert (read.image_size, read.region) == ((40, 30), (3, 4, 21, 18))
    assert store.path(KEY).stat().st_size == file_bytes((9, 7), channels)


def test_pixels_that_were_read_outlive_their_file(tmp_path, kept):
    store = CropStore(tmp_path)
    store.write(KEY, kept)
    read = store.read(KEY)
    store.path(KEY).unlink()
    assert store.read(KEY) is None
    np.testing.assert_array_equal(read.pixels, kept.pixels)


@pytest.mark.parametrize('length', [0, 10, 64, 100])
def test_half_a_file_is_none(tmp_path, kept, length):
    store = CropStore(tmp_path)
    store.write(KEY, kept)
    os.truncate(store.path(KEY), length)
    assert store.read(KEY) is None


def test_another_file_is_none(tmp_path, kept):
    store = CropStore(tmp_path)
    store.write(KEY, kept)
    store.path(KEY).write_bytes(bytes(store.path(KEY).stat().st_size))
    assert store.read(KEY) is None


def test_a_write_that_fails_leaves_nothing(tmp_path, kept, monkeypatch):
    store = CropStore(tmp_path)
    monkeypatch.setattr('os.replace', lambda *_: (_ for _ in ()).throw(OSError(28, 'full')))
    with pytest.raises(OSError, match='full'):
        store.write(KEY, kept)
    assert [*store.path(KEY).parent.iterdir()] == []


def test_a_key_changes_with_everything_that_decides(tmp_path):
    image, box = tmp_path / 'a.png', np.zeros(4, np.float32)
    image.write_bytes(b'12')
    other = tmp_path / 'b.png'
    other.write_bytes(b'12')
    os.utime(other, ns=(image.stat().st_mtime_ns,) * 2)
    keys = [
        key_of('settings', image, box),
        key_of('others', image, box),
        key_of('settings', other, box),
        key_of('settings', image, box + 1),
        key_of('settings', image, box, box),
        key_of('settings', image, box.astype(np.float64)),
    ]
    assert key_of('settings', str(image), box) == keys[0]
    image.write_bytes(b'123')
    os.utime(image, ns=(other.stat().st_mtime_ns,) * 2)
    keys.append(key_of('settings', image, box))
    os.utime(image, (1, 1))
    keys.append(key_of('settings', image, box))
    assert len(set(keys)) == 8
    image.unlink()
    with pytest.raises(FileNotFoundError):
        key_of('settings', image, box)
