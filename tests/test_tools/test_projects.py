"""The table of projects, from runs that are not made."""

import importlib
import json
import sys

import pytest


@pytest.fixture
def projects(repo, monkeypatch):
    monkeypatch.syspath_prepend(str(repo / 'tools/benchmarks'))
    yield importlib.import_module('projects')
    sys.modules.pop('projects', None)


def data_of(folder):
    """The parts of the livestock that the script touches."""
    folder = folder / 'livestock'
    (folder / 'cattle').mkdir(parents=True)
    category = dict(id=1, name='animal', keypoints=['l_ear', 'r_ear'], skeleton=[])
    annotation = dict(id=1, image_id=1, category_id=1, bbox=[0, 0, 9, 9], keypoints=[1] * 6)
    for name in ('horse_train', 'horse_test', 'cattle_test', 'cattle_unlabelled'):
        image = dict(id=1, file_name='cattle/0001.jpg', width=9, height=9)
        content = dict(images=[image], annotations=[annotation], categories=[category])
        (folder / f'{name}.json').write_text(json.dumps(content))
    (folder / 'cattle/0001.jpg').write_bytes(b'an image')
    return folder.parent


def test_runs_get_the_same_time_and_become_a_table(projects, tmp_path, monkeypatch, capsys):
    asked = []

    def command(*words):
        words = [*map(str, words)]
        asked.append(words)
        out = projects.Path(words[words.index('--out') + 1])
        if words[0] == 'dataset-info':
            out.write_text('')
            return 0
        out.mkdir(parents=True)
        seed = int(words[words.index('--seed') + 1])
        score = 0.5 + 0.1 * seed + 0.25 * ('cc-ssl' in words)
        scores = dict(test=dict(after={'0.05/PCK': score, 'EPE': 4 - 2 * seed}))
        if words[0] == 'adapt':
            scores['test']['before'] = {'0.05/PCK': 0.25, 'EPE': 9}
        (out / 'scores.json').write_text(json.dumps(scores))
        return 0

    monkeypatch.setattr(projects, 'command', command)
    data, out = data_of(tmp_path / 'data'), tmp_path / 'out'
    words = ['--data', data, '--out', out, '--projects', 'horses to cattle']
    assert projects.main([*map(str, words), '--seeds', '0', '1', '--minutes', '3']) == 0
    assert [line[0] for line in asked] == ['dataset-info', *['train', 'adapt', 'adapt'] * 2]
    assert {line[line.index('--minutes') + 1] for line in asked[1:]} == {'3.0'}
    assert '--unlabelled' not in asked[1]
    assert 'batchnorm' in asked[2]
    assert len({line[line.index('--out') + 1] for line in asked}) == 7
    frames = projects.Path(asked[2][asked[2].index('--unlabelled') + 1])
    assert (frames / '0001.jpg').read_bytes() == b'an image'
    rows = (out / 'table.md').read_text().splitlines()[4:]
    assert rows == [
        '| horses to cattle | cattle_test | train | 55.0 (50.0 to 60.0) | 3.0 (2.0 to 4.0) |',
        '| horses to cattle | cattle_test | adapt, its source network | 25.0 (25.0 to 25.0) '
        '| 9.0 (9.0 to 9.0) |',
        '| horses to cattle | cattle_test | adapt --method batchnorm | 55.0 (50.0 to 60.0) '
        '| 3.0 (2.0 to 4.0) |',
        '| horses to cattle | cattle_test | adapt | 80.0 (75.0 to 85.0) | 3.0 (2.0 to 4.0) |',
    ]
    assert rows[1] in capsys.readouterr().out


def test_boxes_of_several_animals_are_those_of_the_labels(projects, tmp_path):
    (tmp_path / 'annotations').mkdir()
    for part, number in (('train', 7), ('val', 8)):
        image = dict(id=1, video='clip.mp4', frame_id=number)
        boxes = [dict(image_id=1, bbox=[n, 0, 5, 5]) for n in range(2)]
        file = tmp_path / f'annotations/{part}.json'
        file.write_text(json.dumps(dict(images=[image], annotations=boxes)))
    assert projects.label_boxes(tmp_path) == {
        'clip/000007.jpg': [[0, 0, 5, 5], [1, 0, 5, 5]],
        'clip/000008.jpg': [[0, 0, 5, 5], [1, 0, 5, 5]],
    }
