"""Outputs replace those of an earlier run, and no file of the user."""

import pytest

from mmpose_addons_core.fileio import OverwriteError
from mmpose_addons_runtime.output_plan import plan_outputs
from mmpose_addons_runtime.sources import Source
from mmpose_addons_runtime.written_outputs import RECORD, WrittenOutputs

SOURCES = [Source('in/a.png'), Source('in/clip.mp4', 1, 'video', 9)]
OUTPUTS = [
    'results.json',
    'clip.mp4',
    'dlc/table.h5',
    'visualizations/a.jpg',
    'visualizations/clip_000007.jpg',
]


@pytest.fixture
def out(tmp_path):
    return tmp_path / 'out'


def outputs_of(out, sources=SOURCES):
    names = [source.location for source in sources]
    plan = plan_outputs(names, sources, out, images=True, videos=True)
    return WrittenOutputs(out, plan, sources, [out / 'dlc/table.h5'])


def written(out, name):
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text('by hand')
    return out / name


@pytest.mark.parametrize('name', OUTPUTS)
def test_a_file_of_the_user_is_refused(out, name):
    file = written(out, name)
    with pytest.raises(OverwriteError, match=f'{file} exists; --force overwrites it'):
        outputs_of(out).refuse_others(force=False)
    outputs_of(out).refuse_others(force=True)
    assert not (out / RECORD).exists()


@pytest.mark.parametrize('name', OUTPUTS)
def test_outputs_of_an_earlier_run_are_replaced(out, name):
    outputs_of(out).record()
    written(out, name)
    outputs_of(out, SOURCES[::-1]).refuse_others(force=False)


def test_the_record_keeps_the_outputs_of_all_runs(out):
    outputs_of(out, SOURCES[:1]).record()
    outputs_of(out, SOURCES[1:]).record()
    written(out, 'visualizations/a.jpg')
    outputs_of(out).refuse_others(force=False)


def test_other_files_may_stay(out):
    for name in ('notes.json', 'visualizations/clip_1.jpg', 'visualizations/b_000001.jpg'):
        written(out, name)
    outputs_of(out).refuse_others(force=False)


@pytest.mark.parametrize('name', ['results.json', 'visualizations/a.jpg'])
def test_a_folder_in_place_of_an_output(out, name):
    (out / name).mkdir(parents=True)
    with pytest.raises(OverwriteError, match='is a folder, not a file to write'):
        outputs_of(out).refuse_others(force=True)


def test_a_file_in_place_of_a_folder(out):
    written(out, 'visualizations')
    with pytest.raises(NotADirectoryError, match='visualizations'):
        outputs_of(out, SOURCES[1:]).refuse_others(force=True)


@pytest.mark.parametrize('content', ['{', '5'])
def test_a_record_of_another_kind(out, content):
    out.mkdir()
    (out / RECORD).write_text(content)
    with pytest.raises(OverwriteError, match=f'{RECORD} is not a list of outputs'):
        outputs_of(out).refuse_others(force=True)


def test_a_run_without_outputs_leaves_no_record(out):
    plan = plan_outputs(['in'], SOURCES, out, results=False, images=False)
    WrittenOutputs(out, plan, SOURCES).record()
    assert not out.exists()
