import pytest

from helpers.smooth_people import write_people

LPN = 'configs/body_2d_keypoint/lpn/coco/td-hm_lpn-50_1xb32-150e_coco-256x192.py'
ANIMALS = (
    'configs/animal_2d_keypoint/livestock/td-hm_lpn-50_1xb32-30e_livestock-horse-128x128.py'
)


def rows_of(output):
    lines = [line for line in output.splitlines() if line.startswith('|')]
    cells = [[cell.strip() for cell in line.split('|')[1:-1]] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@pytest.fixture
def script(run_tool, tmp_path, rng):
    """Runs the benchmark on eight people with smooth surroundings; its rows."""
    write_people(tmp_path, rng)

    def run(*arguments):
        data = '--images', tmp_path, '--ann', tmp_path / 'people.json', '--rounds', 1
        status, output, errors = run_tool('crop_cache.py', *data, *arguments)
        assert status == 0, errors
        return rows_of(output)

    return run


def test_both_ways_are_timed_and_compared(script):
    [row] = script('--samples', 3, '--parts', 'photographs', '--configs', LPN)
    assert row['data'] == 'photographs'
    assert row['config'] == 'lpn-50_1xb32-150e_coco-256x192'
    for name in 'from images, samples/s', 'from the cache, samples/s', 'largest ratio':
        assert float(row[name]) > 0
    assert float(row['keypoints and targets']) == 0
    assert float(row['mean difference, grey values']) < 1


def test_all_pixels_make_no_difference(script):
    arguments = '--samples', 2, '--parts', 'JPEG', '--configs', ANIMALS, '--oversampling'
    all_pixels, fewer = script(*arguments, 'inf', 1)
    assert float(all_pixels['mean difference, grey values']) < 0.1
    assert float(fewer['mean difference, grey values']) > 0
    assert float(fewer['MB a sample']) < float(all_pixels['MB a sample'])
