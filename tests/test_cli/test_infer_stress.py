"""The quick form of stress.infer_accidents: one accident of each kind."""

import pytest

from stress import infer_accidents


@pytest.mark.slow
def test_accidents(tmp_path):
    counts, failures = infer_accidents.run(tmp_path, runs=1)
    assert failures == []
    assert set(counts) >= {*infer_accidents.ACCIDENTS} - {'full disk'}
