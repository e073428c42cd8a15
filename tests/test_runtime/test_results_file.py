"""A JSON list that is valid at any time."""

import json
import os

import pytest

from mmpose_addons_runtime import results_file
from mmpose_addons_runtime.results_file import ResultsFile


def half_of(folder):
    (half,) = (file for file in folder.iterdir() if file.name.startswith('.'))
    return json.loads(half.read_text())


def test_it_is_a_list_after_each_frame(tmp_path):
    target = tmp_path / 'results.json'
    results = ResultsFile(target)
    assert half_of(tmp_path) == []
    expected = []
    for number in range(3):
        records = [dict(a=number, b='caf\udce9')] * number
        results.add(records)
        expected += records
        assert half_of(tmp_path) == expected
    assert not target.exists()
    results.close()
    assert json.loads(target.read_text()) == expected
    assert [file.name for file in tmp_path.iterdir()] == ['results.json']


def test_an_empty_list(tmp_path):
    results = ResultsFile(tmp_path / 'results.json')
    results.close()
    assert json.loads((tmp_path / 'results.json').read_text()) == []


@pytest.mark.parametrize('room', [150, 170, 190, 199, 210, 250])
def test_a_full_disk_keeps_the_earlier_results(tmp_path, monkeypatch, room):
    """Whichever byte is the last one that fits."""
    write = os.write

    def limited(file, data):
        left = room - os.lseek(file, 0, os.SEEK_CUR)
        if left <= 0:
            raise OSError(28, os.strerror(28))
        return write(file, data[:left])

    monkeypatch.setattr(results_file.os, 'write', limited)
    results = ResultsFile(tmp_path / 'results.json')
    added = []

    def fill():
        for number in range(100):
            results.add([dict(number=number)] * 2)
            added.extend([dict(number=number)] * 2)

    with pytest.raises(OSError, match='No space'):
        fill()
    assert added
    results.close()
    assert json.loads((tmp_path / 'results.json').read_text()) == added


def test_values_that_json_does_not_have(tmp_path):
    results = ResultsFile(tmp_path / 'results.json')
    results.add([dict(a=1)])
    with pytest.raises(ValueError, match='not JSON compliant'):
        results.add([dict(a=2), dict(a=float('nan'))])
    results.close()
    assert json.loads((tmp_path / 'results.json').read_text()) == [dict(a=1)]
