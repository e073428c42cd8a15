"""Names of outputs: none is an input's or another output's."""

import os
from pathlib import Path

import pytest

from mmpose_addons_runtime.output_plan import LONGEST, plan_outputs
from mmpose_addons_runtime.sources import Source, find_sources


def sources_of(*paths):
    kinds = {'.mp4': 'video', '.gif': 'pages'}
    return [
        Source(path, number, kinds.get(Path(path).suffix, 'image'))
        for number, path in enumerate(paths)
    ]


def image_names(*paths, out='out'):
    """Names of the images of single inputs, of each first frame; and the notes."""
    sources = sources_of(*paths)
    plan = plan_outputs(paths, sources, Path(out))
    files = [
        plan.image_file(number, 0 if source.has_frames else None).relative_to(out).as_posix()
        for number, source in enumerate(sources)
    ]
    assert len({name.casefold() for name in files}) == len(files)
    return [name.removeprefix('visualizations/') for name in files], plan.notes


def test_usual_names_need_no_note():
    names, notes = image_names('x/a.png', 'y/b.jpg', 'y/v.mp4', 'rtsp.gif')
    assert names == ['a.jpg', 'b.jpg', 'v_000000.jpg', 'rtsp_000000.jpg']
    assert notes == []


def test_equal_names_of_folders_keep_the_folders():
    names, notes = image_names('d/cam1/0.png', 'd/cam1/1.png', 'd/cam2/0.png', 'd/cam2/2.png')
    assert names == ['cam1/0.jpg', 'cam1/1.jpg', 'cam2/0.jpg', 'cam2/2.jpg']
    (note,) = notes
    assert 'keep folders' in note


def test_equal_names_in_a_folder_are_numbered():
    names, notes = image_names('d/a.jpg', 'd/a.png', 'd/A.png', 'd/a_2.png', 'd/b.png')
    assert names == ['a.jpg', 'a_3.jpg', 'A_4.jpg', 'a_2.jpg', 'b.jpg']
    assert any('d/a.png is taken' in note for note in notes)


def test_a_file_that_is_given_twice():
    assert image_names('a.png', 'a.png', 'a.png')[0] == ['a.jpg', 'a_2.jpg', 'a_3.jpg']


def test_an_image_that_is_named_like_a_frame():
    names, _ = image_names('v.mp4', 'v_000000.png', 'v_1.png')
    assert names == ['v_000000.jpg', 'v_000000_2.jpg', 'v_1.jpg']


def test_names_that_differ_in_unicode_form_only():
    names, notes = image_names('caf\u00e9.png', 'cafe\u0301.png')
    assert names[1].endswith('_2.jpg')
    assert notes


def test_long_names_leave_room_for_numbers():
    names, _ = image_names('ä' * 120 + '1.png', 'ä' * 120 + '2.png')
    assert all(len(os.fsencode(name)) < LONGEST + 20 for name in names)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ('clip.mp4', 'in/visualizations/a.jpg', 'in/b.jpg', 'results.json'):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b'\xff\xd8\xff')
    return tmp_path


def test_a_video_beside_its_input(folder):
    for out in ('.', str(folder), 'in/..'):
        plan = plan_outputs(['clip.mp4'], sources_of('clip.mp4'), Path(out), videos=True)
        assert [file.name for file in plan.videos] == ['clip_poses.mp4']
        assert 'clip.mp4 is an input' in plan.notes[0]


def test_a_link_to_an_input(folder):
    (folder / 'out').mkdir()
    (folder / 'out/clip.mp4').symlink_to(folder / 'clip.mp4')
    plan = plan_outputs(['clip.mp4'], sources_of('clip.mp4'), Path('out'), videos=True)
    assert plan.videos == [Path('out/clip_poses.mp4')]


def test_a_second_hard_link_of_an_input(folder):
    Path('out').mkdir()
    os.link('clip.mp4', 'out/clip.mp4')
    sources, _ = find_sources(['clip.mp4'])
    plan = plan_outputs(['clip.mp4'], sources, Path('out'), images=False, videos=True)
    assert plan.videos == [Path('out/clip_poses.mp4')]


def test_two_videos_of_one_name(folder):
    paths = ['x/clip.mp4', 'y/clip.mp4', 'clip.mp4']
    plan = plan_outputs(paths, sources_of(*paths), Path('.'), videos=True, images=False)
    names = [file.name for file in plan.videos]
    assert names == ['clip_poses.mp4', 'clip_poses_2.mp4', 'clip_poses_3.mp4']
    plan = plan_outputs(paths, sources_of(*paths), Path('o'), videos=True, images=False)
    assert [file.name for file in plan.videos] == ['clip.mp4', 'clip_2.mp4', 'clip_3.mp4']
    assert len(plan.notes) == 2


def test_images_whose_folder_is_that_of_the_outputs(folder):
    """Also a second time: the folder of the first run's outputs is no input."""
    for _ in range(2):
        sources, _ = find_sources(['in/visualizations'])
        plan = plan_outputs(['in/visualizations'], sources, Path('in'))
        assert plan.image_file(0, None) == Path('in/visualizations_poses/a.jpg')
        plan.image_file(0, None).parent.mkdir(exist_ok=True)
        plan.image_file(0, None).write_bytes(b'')


def test_results_over_a_file_that_is_read(folder):
    sources, _ = find_sources(['in'])
    plan = plan_outputs(['in'], sources, Path('.'), ['results.json'])
    assert plan.results == Path('results_poses.json')
    plan = plan_outputs(['in'], sources, Path('.'), results=False, images=False)
    assert (plan.results, plan.images, plan.videos) == (None, [], [])


def test_names_of_streams_and_of_the_working_folder(folder):
    inputs = ['.', 'rtsp://user:secret@host/door']
    streams = [Source(inputs[0], 0), Source(inputs[1], 1, 'stream', None)]
    plan = plan_outputs(inputs, streams, Path('out'), videos=True)
    assert [file.name for file in plan.videos] == [f'{folder.name}.mp4', 'host_door.mp4']
    assert plan.image_file(1, 7).name == 'host_door_000007.jpg'


def test_handed_names(cases, monkeypatch):
    monkeypatch.chdir(cases / 'same_names')
    for inputs, expected in (
        (['cam1', 'cam2'], [f'cam{c}/000{n}.jpg' for c in (1, 2) for n in range(3)]),
        (['mixed'], ['a.jpg', 'a_2.jpg']),
    ):
        sources, _ = find_sources(inputs)
        plan = plan_outputs(inputs, sources, Path('out'))
        files = [plan.image_file(number, None) for number in range(len(sources))]
        assert [str(file.relative_to('out/visualizations')) for file in files] == expected
