import pytest

from mmpose_addons_core.fileio import atomic_write


def test_a_file_appears_when_it_is_complete(tmp_path):
    target = tmp_path / 'new' / 'a.txt'
    with atomic_write(target) as unfinished:
        unfinished.write_text('whole')
        assert not target.exists()
    assert target.read_text() == 'whole'
    assert [file.name for file in target.parent.iterdir()] == ['a.txt']


def test_a_failure_leaves_the_old_file(tmp_path):
    target = tmp_path / 'a.txt'
    target.write_text('old')

    def write_half():
        with atomic_write(target) as unfinished:
            unfinished.write_text('ha')
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert target.read_text() == 'old'
    assert [file.name for file in tmp_path.iterdir()] == ['a.txt']
