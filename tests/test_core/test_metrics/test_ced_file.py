"""CED curves as files."""

import numpy as np
import pytest

from mmpose_addons_core.metrics.ced_file import read_ced, write_ced


def test_round_trip(tmp_path, rng):
    errors = dict(all=rng.uniform(0, 0.2, 9), blur=np.array([np.inf, 0.1]))
    write_ced(tmp_path / 'ced.csv', errors)
    read = read_ced(tmp_path / 'ced.csv')
    np.testing.assert_allclose(read['all'], np.sort(errors['all']), rtol=1e-8)
    assert read['blur'].tolist() == [0.1, np.inf]
    lines = (tmp_path / 'ced.csv').read_text().splitlines()
    assert lines[0] == 'subset,nme,share'
    assert lines[-2:] == ['blur,0.1,0.5', 'blur,inf,1']


def test_a_file_that_a_spreadsheet_saved_is_read(tmp_path):
    (tmp_path / 'ced.csv').write_text('subset,nme,share\nall,0.1,1\n', 'utf-8-sig')
    assert read_ced(tmp_path / 'ced.csv')['all'].tolist() == [0.1]


@pytest.mark.parametrize(
    'content',
    [
        None,
        'a,b\n1,2\n',
        'subset,nme,share\n',
        *(
            f'subset,nme,share\nall,{value},1\n'
            for value in ('?', 'nan', '-0.1', '1' * 200_000)
        ),
        '\0',
    ],
)
def test_other_files_are_named(tmp_path, content):
    if content is not None:
        (tmp_path / 'x.csv').write_text(content)
    with pytest.raises(ValueError, match=r'x\.csv cannot be read as a CED curve'):
        read_ced(tmp_path / 'x.csv')
