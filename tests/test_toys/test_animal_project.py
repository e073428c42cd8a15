"""The toy project of DeepLabCut."""

import json

import numpy as np
import pytest

from mmpose_addons_core.projects.read import read_project
from mmpose_addons_toys import ToyDataError, make_toy_project, render_animal


def test_it_is_a_project_with_exact_labels(tmp_path):
    assert make_toy_project(tmp_path / 'toy', images=4, size=64)
    project = read_project(tmp_path / 'toy/project')
    assert [frame.video for frame in project.frames] == ['one', 'one', 'three', 'two']
    truth = render_animal(0, 0, 64, 'synthetic', 'right').annotations[0]['keypoints']
    truth = np.reshape(truth, (-1, 3))
    found = project.frames[0].instances[0].keypoints
    seen = truth[:, 2] == 2
    np.testing.assert_allclose(found[seen], truth[seen, :2], atol=0.01)
    assert np.isnan(found[~seen]).all()
    content = json.loads((tmp_path / 'toy/test/annotations/test.json').read_text())
    assert len(content['images']) == 12
    assert (tmp_path / 'toy/new.mp4').stat().st_size > 1000


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / 'mine.txt').write_text('')
    with pytest.raises(ToyDataError, match='is not empty'):
        make_toy_project(tmp_path)
    with pytest.raises(ToyDataError, match='at least 3 images of 64 px'):
        make_toy_project(tmp_path / 'new', images=2)
