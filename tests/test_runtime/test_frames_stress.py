"""The quick form of stress.broken_media: one damaged file of each format."""

import pytest

from stress import broken_media


@pytest.mark.slow
def test_damaged_files(tmp_path):
    outcomes, failures = broken_media.run(tmp_path, rounds=1)
    assert failures == []
    assert outcomes['part'] > len(broken_media.VIDEOS)
