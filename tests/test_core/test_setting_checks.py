import numpy as np
import pytest

from mmpose_addons_core.setting_checks import (
    check_counts,
    check_numbers,
    check_range,
    check_shares,
    check_size,
    checked_names,
)


@pytest.mark.parametrize('wrong', [float('nan'), float('inf'), None, '1', True, [1]])
def test_what_is_no_number(wrong):
    check_numbers(weight=1, share=np.float32(0.5), other=-2.0)
    with pytest.raises(ValueError, match='weight must be a finite number, got'):
        check_numbers(share=1, weight=wrong)


@pytest.mark.parametrize('wrong', [0, -1, 1.0, float('nan'), None, '1', True])
def test_what_is_no_count(wrong):
    check_counts(1, interval=1, samples=np.int64(3))
    with pytest.raises(ValueError, match='interval must be a whole number of at least 1, got'):
        check_counts(1, interval=wrong)


@pytest.mark.parametrize('wrong', [(2, 1), (1,), 1.5, 'ab', None, (0, float('nan'))])
def test_what_is_no_range(wrong):
    assert check_range('beta', [0, 1]) == (0, 1)
    with pytest.raises(ValueError, match=r'beta.*got'):
        check_range('beta', wrong)


@pytest.mark.parametrize('wrong', [-0.1, 1.1, float('nan'), None, '1', True])
def test_what_is_no_share(wrong):
    check_shares(least=0, most=1, other=np.float32(0.5))
    with pytest.raises(ValueError, match='share must be a number from 0 to 1, got'):
        check_shares(share=wrong)


@pytest.mark.parametrize('wrong', [(0, 64), (64,), (64, 64, 3), 'ab', None, 64, (64.0, 64)])
def test_what_is_no_size(wrong):
    check_size('input_size', (192, 256))
    with pytest.raises(ValueError, match='input_size must be a width and a height in px, got'):
        check_size('input_size', wrong)


@pytest.mark.parametrize('wrong', ['target', None, 3])
def test_what_are_no_names(wrong):
    assert checked_names('domains', ['a', 'b']) == ('a', 'b')
    with pytest.raises(ValueError, match='domains must be a list of names, got'):
        checked_names('domains', wrong)
