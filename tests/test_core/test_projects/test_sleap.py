"""SLEAP files whose videos are broken, have the same name, or are grey in part."""

import cv2
import numpy as np
import pytest
from PIL import Image

from helpers import media
from mmpose_addons_core.projects.read import read_project
from mmpose_addons_core.projects.write import write_dataset

sio = pytest.importorskip('sleap_io')


def write(file, videos, numbers, **options):
    """A SLEAP file with one animal in these frames of each video."""
    skeleton = sio.Skeleton(['nose', 'tail'])
    points = np.array([[5.0, 5], [10, 10]])
    frames = [
        sio.LabeledFrame(
            video=video,
            frame_idx=number,
            instances=[sio.Instance.from_numpy(points, skeleton=skeleton)],
        )
        for video in videos
        for number in numbers
    ]
    labels = sio.Labels(frames, videos=videos, skeletons=[skeleton])
    sio.save_slp(labels, str(file), verbose=False, **dict(embed=False) | options)
    return read_project(file)


@pytest.mark.parametrize('suffix', ['.mkv', '.avi'])
def test_frames_behind_a_broken_one_keep_their_labels(tmp_path, suffix):
    file = media.write_video(tmp_path / f'clip{suffix}', media.grey_images(10))
    media.break_frame(file, 4)
    video = sio.Video.from_filename(str(file))
    project = write(tmp_path / 'labels.slp', [video], [0, 3, 4, 5, 9])
    report = write_dataset(project, tmp_path / 'out')
    levels = {
        int(image.stem[-6:]): cv2.imread(str(image)).mean()
        for image in (tmp_path / 'out').rglob('*.png')
    }
    assert {number: round(level / 20) for number, level in levels.items()} == {
        number: number for number in (0, 3, 5, 9)
    }
    [broken] = report['left_out']['the image cannot be read']
    assert broken.endswith(f'{file}: frame 4 is not there or is damaged')


def test_a_frame_behind_the_end_of_a_video_and_one_that_is_asked_again(tmp_path):
    file = media.write_video(tmp_path / 'clip.avi', media.grey_images(3))
    video = sio.Video.from_filename(str(file))
    project = write(tmp_path / 'labels.slp', [video], [0, 2, 7])
    first, last, behind = project.frames
    with pytest.raises(ValueError, match=r'clip\.avi: frame 7 is not there'):
        behind.image()
    levels = [round(frame.image().mean() / 20) for frame in (last, first, last)]
    assert levels == [2, 0, 2]


def test_pages_of_a_tiff_file(tmp_path):
    pages = [Image.fromarray(image) for image in media.grey_images(4)]
    file = tmp_path / 'stack.tif'
    pages[0].save(file, save_all=True, append_images=pages[1:])
    video = sio.Video.from_filename(str(file))
    project = write(tmp_path / 'labels.slp', [video], [1, 3])
    assert [frame.image().mean() for frame in project.frames] == [20, 60]


def test_videos_of_one_name_in_two_folders_are_two(tmp_path):
    """Both would be in one part of the split."""
    videos = []
    for folder in ('cam1', 'cam2'):
        (tmp_path / folder).mkdir()
        file = media.write_video(tmp_path / folder / 'clip.avi', media.grey_images(2))
        videos.append(sio.Video.from_filename(str(file)))
    project = write(tmp_path / 'labels.slp', videos, [0, 1])
    names = [frame.video for frame in project.frames]
    assert names == ['cam1/clip.avi'] * 2 + ['cam2/clip.avi'] * 2
    embedded = write(tmp_path / 'labels.pkg.slp', videos, [0, 1], embed='user')
    assert [frame.video for frame in embedded.frames] == names


def test_images_keep_their_colours_where_sleap_reads_grey_ones(tmp_path):
    """Inference sees the colours, too."""
    h5py = pytest.importorskip('h5py')
    colours = np.zeros((2, 24, 32, 3), np.uint8)
    colours[1] = 200, 20, 10  # RGB
    with h5py.File(tmp_path / 'clip.h5', 'w') as file:
        file['box'] = colours
    video = sio.Video.from_filename(str(tmp_path / 'clip.h5'), dataset='box', grayscale=True)
    project = write(tmp_path / 'labels.slp', [video], [0, 1])
    assert project.frames[1].image()[0, 0].tolist() == [10, 20, 200]


def test_a_frame_that_is_labelled_twice_is_counted(tmp_path):
    file = media.write_video(tmp_path / 'clip.avi', media.grey_images(3))
    video = sio.Video.from_filename(str(file))
    project = write(tmp_path / 'labels.slp', [video], [1, 2, 1])
    assert [frame.number for frame in project.frames] == [1, 2]
    assert project.left_out == {
        'further labels of an image that has some': ['clip.avi frame 1']
    }


def test_coordinates_that_are_not_finite_are_counted(tmp_path):
    file = media.write_video(tmp_path / 'clip.avi', media.grey_images(2))
    video = sio.Video.from_filename(str(file))
    skeleton = sio.Skeleton(['nose', 'tail', 'ear'])
    instance = sio.Instance.from_numpy(np.array([[5.0, 5], [6, 6], [7, 7]]), skeleton=skeleton)
    instance.points['xy'][0] = np.inf, 5
    instance.points['visible'][2] = False  # its place is none that a person has chosen
    frame = sio.LabeledFrame(video=video, frame_idx=0, instances=[instance])
    labels = sio.Labels([frame], videos=[video], skeletons=[skeleton])
    sio.save_slp(labels, str(tmp_path / 'labels.slp'), embed=False, verbose=False)
    project = read_project(tmp_path / 'labels.slp')
    assert project.frames[0].instances[0].labelled.tolist() == [False, True, False]
    assert project.left_out == {
        'a label whose coordinates are not finite': ['clip.avi frame 0: nose: [inf, 5.0, 2.0]']
    }
