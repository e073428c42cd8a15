"""Predictions in the formats of other tools, read back by those tools' readers."""

import os

import numpy as np
import pandas as pd
import pytest
import sleap_io

from mmpose_addons_core.projects.label_table import read_label_table
from mmpose_addons_core.projects.label_table_h5 import read_pandas_h5
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.prediction_tables import MOST_COLUMNS
from mmpose_addons_core.projects.predictions import Clip, Keypoints, Pose
from mmpose_addons_core.projects.save_predictions import check_formats, save_predictions

KEYPOINTS = Keypoints(['nose', 'left_ear', 'right_ear'], [(0, 1), (0, 2)], [(1, 2)])
SCORER = 'DLC_lpn'


def pose(seed, score=0.5, track=None):
    values = np.random.default_rng(seed).uniform(0, 1, (3, 3)).round(3)
    return Pose(values[:, :2] * 100, values[:, 2], score, track)


def save(clips, out, *formats):
    return dict(save_predictions(clips, KEYPOINTS, out, formats, SCORER))


@pytest.fixture
def single():
    """A video of four frames; nothing was found in frames 1 and 3."""
    poses = {0: [pose(0)], 1: [], 2: [pose(2)], 3: []}
    return Clip('mouse', 'videos/mouse.mp4', poses=poses, times={0: 0.0, 2: 0.5})


@pytest.fixture
def tracked():
    poses = {0: [pose(0, 0.3, 4)], 1: [pose(1, 0.9, 9), pose(2, 0.4, 4)]}
    return Clip('flies', 'flies.mp4', poses=poses)


def test_deeplabcut_reads_a_single_animal(single, tmp_path):
    save([single], tmp_path, 'dlc')
    stem = tmp_path / 'dlc/mouseDLC_lpn'
    table = pd.read_hdf(f'{stem}.h5')  # DeepLabCut gives no key either
    assert table.columns.names == ['scorer', 'bodyparts', 'coords']
    assert table.index.tolist() == [0, 1, 2, 3]
    assert table[SCORER]['left_ear']['likelihood'][2] == pose(2).scores[1]
    np.testing.assert_array_equal(
        table.xs('x', level='coords', axis=1).loc[0], [*pose(0).keypoints[:, 0]]
    )
    assert table.loc[[1, 3]].isna().all(axis=None)
    text = pd.read_csv(f'{stem}.csv', header=[0, 1, 2], index_col=0)
    pd.testing.assert_frame_equal(
        text, table, check_dtype=False, check_column_type=False, check_index_type=False
    )


def test_deeplabcut_reads_tracks_as_individuals(tracked, tmp_path):
    save([tracked], tmp_path, 'dlc')
    stem = tmp_path / 'dlc/fliesDLC_lpn'
    table = pd.read_hdf(f'{stem}.h5')
    assert table.columns.names == ['scorer', 'individuals', 'bodyparts', 'coords']
    individuals = table.columns.get_level_values('individuals').unique().tolist()
    assert individuals == ['individual1', 'individual2']
    first = table.xs('individual1', level='individuals', axis=1).to_numpy().reshape(2, 3, 3)
    np.testing.assert_array_equal(first[..., :2], [pose(0).keypoints, pose(2).keypoints])
    second = table.xs('individual2', level='individuals', axis=1).to_numpy().reshape(2, 3, 3)
    assert np.isnan(second[0]).all()
    np.testing.assert_array_equal(second[1, :, 2], pose(1).scores)
    text = pd.read_csv(f'{stem}.csv', header=[0, 1, 2, 3], index_col=0)
    np.testing.assert_array_equal(text.to_numpy(), table.to_numpy())


def test_deeplabcut_h5_holds_no_python_objects(single, tracked, tmp_path):
    """Names are plain text, so that other versions of pandas read them."""
    for clip in (single, tracked):
        save([clip], tmp_path, 'dlc')
        values, columns, rows = read_pandas_h5(tmp_path / f'dlc/{clip.name}DLC_lpn.h5')
        assert columns[0][-1] == 'x'
        assert len(rows) == clip.length
        assert values.shape == (clip.length, len(columns))


def test_images_of_a_folder_are_rows_by_name(tmp_path):
    clip = Clip('m4s1', 'm4s1', ['m4s1/img7.png', 'm4s1/img9.png'], {1: [pose(3)]})
    save([clip], tmp_path, 'dlc')
    table = pd.read_hdf(tmp_path / 'dlc/m4s1DLC_lpn.h5')
    assert table.index.tolist() == ['img7.png', 'img9.png']
    assert table.loc['img7.png'].isna().all()
    assert table.loc['img9.png'].notna().all()
    read = read_label_table(tmp_path / 'dlc/m4s1DLC_lpn.csv')
    np.testing.assert_array_equal(read.points[''][1], pose(3).keypoints)
    labels = sleap_io.load_dlc(tmp_path / 'dlc/m4s1DLC_lpn.csv')
    assert sorted(labels.skeleton.node_names) == sorted(KEYPOINTS.names)


def test_many_individuals_fit_into_hdf5(tmp_path):
    poses = [pose(track, track=track) for track in range(400)]
    clip = Clip('swarm', 'swarm.mp4', poses={0: poses})
    save([clip], tmp_path, 'dlc')
    table = pd.read_hdf(tmp_path / 'dlc/swarmDLC_lpn.h5')
    assert table.shape == (1, 3600)
    assert table.shape[1] > MOST_COLUMNS
    values = table.to_numpy().reshape(400, 3, 3)
    np.testing.assert_array_equal(values[399, :, 2], poses[399].scores)


def test_sleap_reads_instances_and_tracks(single, tracked, tmp_path):
    save([single, tracked], tmp_path, 'slp')
    labels = sleap_io.load_slp(str(tmp_path / 'predictions.slp'), open_videos=False)
    assert labels.skeleton.node_names == KEYPOINTS.names
    assert labels.skeleton.edge_inds == [(0, 1), (0, 2)]
    pairs = [sorted(pair) for pair in labels.skeleton.symmetry_names]
    assert pairs == [['left_ear', 'right_ear']]
    assert [str(video.filename).rpartition('/')[2] for video in labels.videos] == [
        'mouse.mp4',
        'flies.mp4',
    ]
    assert [frame.frame_idx for frame in labels.labeled_frames] == [0, 2, 0, 1]
    last = labels.labeled_frames[-1].predicted_instances
    assert [i.track.name for i in last] == ['flies track 9', 'flies track 4']
    np.testing.assert_array_equal(last[0].numpy(), pose(1).keypoints)
    np.testing.assert_allclose(last[0].points['score'], pose(1).scores)
    assert last[0].score == pytest.approx(0.9)
    assert labels.labeled_frames[0].predicted_instances[0].track is None


def test_sleap_files_of_equal_poses_are_equal(tmp_path):
    """Pairs are sets of nodes, whose order must not depend on where they lie in memory."""
    names = [f'{side}{number}' for number in range(32) for side in ('left', 'right')]
    pairs = [(number, number + 1) for number in range(0, 64, 2)]
    keypoints = Keypoints(names, [], pairs)
    clip, kept = Clip('empty', 'empty.mp4', poses={0: []}), []
    for folder in ('a', 'b', 'c'):
        kept.append([object() for _ in range(len(kept) * 7)])  # nodes lie elsewhere
        list(save_predictions([clip], keypoints, tmp_path / folder, ['slp'], 's'))
    one, *others = [(tmp_path / f / 'predictions.slp').read_bytes() for f in ('a', 'b', 'c')]
    assert others == [one, one]


def test_lightning_pose_gets_the_best_pose(tracked, tmp_path):
    report = save([tracked], tmp_path, 'lightning-pose')
    [(file, left_out)] = report.items()
    assert left_out == '1 poses that are not the best of their frame'
    table = pd.read_csv(file, header=[0, 1, 2], index_col=0)
    assert table.columns.names == ['scorer', 'bodyparts', 'coords']
    values = table.to_numpy().reshape(2, 3, 3)
    np.testing.assert_array_equal(values[..., :2], [pose(0).keypoints, pose(1).keypoints])
    read = read_label_table(file)
    np.testing.assert_array_equal(read.points[''], values[..., :2])


def test_plain_csv_has_a_row_for_each_pose(single, tracked, tmp_path):
    folder = Clip('photos', 'photos', ['photos/a.png', 'photos/b.png'], {1: [pose(5)]})
    save([single, tracked, folder], tmp_path, 'csv')
    table = pd.read_csv(tmp_path / 'predictions.csv')
    assert table['file'].tolist() == ['videos/mouse.mp4'] * 2 + ['flies.mp4'] * 3 + [
        'photos/b.png'
    ]
    assert table['frame'].tolist() == [0, 2, 0, 1, 1, 0]
    assert table['time'].tolist()[:2] == [0.0, 0.5]
    assert table['time'][2:].isna().all()
    assert table['track'].tolist()[2:5] == [4, 9, 4]
    np.testing.assert_array_equal(
        table.loc[3, 'nose_x':'right_ear_score'].astype(float).to_numpy().reshape(3, 3)[:, :2],
        pose(1).keypoints,
    )


def test_a_video_without_poses_has_tables_of_nan(tmp_path):
    clips = [Clip('empty', 'empty.mp4', poses={0: [], 1: []})]
    files = save(clips, tmp_path, 'dlc', 'slp', 'lightning-pose', 'csv')
    assert len(files) == 5
    assert all(file.is_file() for file in files)
    assert pd.read_hdf(tmp_path / 'dlc/emptyDLC_lpn.h5').isna().all(axis=None)
    assert not sleap_io.load_slp(str(tmp_path / 'predictions.slp')).labeled_frames


def test_a_video_without_frames_keeps_the_files_of_others(single, tmp_path):
    files = save([Clip('empty', 'empty.mp4'), single], tmp_path, 'dlc', 'lightning-pose', 'csv')
    assert all(file.is_file() for file in files)
    assert len(pd.read_hdf(tmp_path / 'dlc/mouseDLC_lpn.h5')) == 4
    assert pd.read_hdf(tmp_path / 'dlc/emptyDLC_lpn.h5').shape == (0, 9)


def test_an_unknown_format_or_a_missing_library_is_named(monkeypatch):
    with pytest.raises(ProjectError, match="got 'mat'"):
        check_formats(['mat'])
    monkeypatch.setattr(
        'mmpose_addons_core.projects.save_predictions.find_spec', lambda name: None
    )
    with pytest.raises(ProjectError, match='writing dlc needs pandas and tables: pip install'):
        check_formats(['dlc'])
    check_formats(['csv'])


def test_names_that_are_not_utf_8(single, tmp_path):
    """DeepLabCut's and SLEAP's files hold text only: such names become escapes."""
    (pose,) = next(iter(single.poses.values()))[:1]
    name = str(tmp_path / os.fsdecode(b'caf\xe9.png'))
    clip = Clip('photos', str(tmp_path), [name], {0: [pose]})
    formats = ['csv', 'dlc', 'lightning-pose', 'slp']
    written = [file for file, _ in save_predictions([clip], KEYPOINTS, tmp_path, formats, 's')]
    assert len(written) == 5
    assert r'caf\xe9.png' in (tmp_path / 'dlc/photoss.csv').read_text()
    assert b'caf\xe9.png' in (tmp_path / 'predictions.csv').read_bytes()
