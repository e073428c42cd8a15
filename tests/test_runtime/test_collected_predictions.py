"""Results by video, for the formats of other tools."""

from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.sources import Source


def test_names_that_are_not_those_of_the_files_are_noted():
    files = ('x/clip.mp4', 'y/Clip.mp4', 'y/b.mp4', 'y/a:b.mp4')
    collected = CollectedPredictions([Source(file, kind='video') for file in files])
    assert [clip.name for clip in collected.clips] == ['clip', 'Clip_2', 'b', 'a_b']
    assert collected.notes == [
        '--save-as: the name of y/Clip.mp4 is Clip_2',
        '--save-as: the name of y/a:b.mp4 is a_b',
    ]
