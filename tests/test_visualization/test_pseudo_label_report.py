import base64
import json
import re
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from mmpose_addons.visualization.box_crop import CELL
from mmpose_addons.visualization.diagnosis_table import read_diagnosis
from mmpose_addons.visualization.pseudo_label_report import pseudo_label_report, read_rounds
from mmpose_addons.visualization.training_report import COLUMNS, ReportContent, training_report
from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels, read_npz
from mmpose_addons_core.adaptation.hidden_labels import hidden_labels
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.keypoints.sides import SIDE_COLOURS

NAMES = np.array(['left_eye', 'right_eye', 'chin <b>'])


@pytest.fixture
def truth(rng):
    return rng.uniform(20, 80, (10, 3, 2)).astype(np.float32)


@pytest.fixture
def make(rng, truth, tmp_path):
    files = []
    for i in range(10):
        files.append(str(tmp_path / f'{i}.png'))
        cv2.imwrite(files[-1], rng.integers(0, 255, (100, 100, 3), np.uint8))

    def labels(epoch, right):
        """Labels of which the first ``right`` samples are those of the truth."""
        points = truth.copy()
        points[right:] += 15
        confidence = np.linspace(0.9, 0.1, 30).reshape(10, 3).astype(np.float32)
        origin = np.zeros((10, 3), np.uint8)
        origin[4, 1] = FLOW
        return PseudoLabels(
            sample_id=np.arange(10),
            image_id=np.arange(10),
            file_name=np.array(files),
            bbox=np.tile([10.0, 10, 80, 80], (10, 1)),
            keypoints=points,
            confidence=confidence,
            kept=confidence > 0.5,
            origin=origin,
            found=np.arange(10) != 9,
            threshold=np.full(3, 0.5),
            epoch=np.array(epoch),
            names=NAMES,
            skeleton=np.array([[0, 2], [1, 2]]),
        )

    return labels


class Tags(HTMLParser):
    """Counts tags and sees that they are closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.count = [], {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag not in ('meta', 'img', 'br'):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def cells(page, row):
    (line,) = re.findall(rf'<tr><td>{row}</td>(.*?)</tr>', page)
    return re.findall(r'<td>(.*?)</td>', line)


def test_page(make, truth):
    hidden = truth, np.ones((10, 3), bool)
    page = pseudo_label_report([make(0, 2), make(10, 4)], hidden, columns=3)
    tags = Tags(page)
    assert tags.open == []
    assert tags.count['svg'] == 2
    # three most certain, three least; two with and one without a kept joint; one with a flow
    assert tags.count['img'] == 10
    assert 'Pseudo-labels before epoch 10' in page
    assert '15 of 30 joints of 10 images are kept, 1 of them' in page
    assert '1 images could not be read' in page
    # 5 kept ones of which the first 4 are right; 4 of 9 readable ones
    assert cells(page, 'left_eye') == ['5', '9', '0', '0.5', '0.569', '80.0 %', '44.4 %']
    assert cells(page, 'right_eye')[2] == '1'
    assert 'chin &lt;b&gt;' in page
    assert 'http' not in page.replace('http://www.w3.org', '').replace(
        'https://matplotlib.org', ''
    ).replace('http://purl.org', '').replace('http://creativecommons.org', '')


def test_page_without_truth_rounds_and_images(make, tmp_path):
    for file in tmp_path.glob('*.png'):
        file.unlink()
    page = pseudo_label_report([make(0, 2)])
    assert Tags(page).count['svg'] == 1
    assert '(image not found)' in page
    assert 'right' not in cells(page, 'left_eye')


def test_the_page_of_a_training_shows_and_explains_the_same_images(make):
    labels = [make(0, 2)]
    one, other = (
        page[page.index('<p class="note">Filled: kept.') : page.rindex('</figure></div>')]
        for page in (
            pseudo_label_report(labels, columns=COLUMNS),
            training_report(ReportContent('title', [], {}, labels=labels)),
        )
    )
    assert one == other
    assert "Orange and L: the animal's left; blue and R: its right" in one


def test_same_labels_same_page(make):
    assert pseudo_label_report([make(0, 2)]) == pseudo_label_report([make(0, 2)])


def test_nothing_kept(make):
    labels = make(0, 2)
    nothing = PseudoLabels(**{**labels.arrays(), 'kept': np.zeros((10, 3), bool)})
    page = pseudo_label_report([nothing, nothing], (labels.keypoints, labels.kept))
    assert cells(page, 'left_eye')[-2] == '-'


def test_rounds_of_a_folder_and_of_one_file(make, tmp_path):
    folder = tmp_path / 'rounds'
    folder.mkdir()
    for epoch in (0, 10, 20):
        make(epoch, 3).write_npz(folder / f'epoch_{epoch:04d}.npz')
    assert [int(r.epoch) for r in read_rounds(folder)] == [0, 10, 20]
    assert [int(r.epoch) for r in read_rounds(folder / 'epoch_0010.npz')] == [0, 10]
    with pytest.raises(PseudoLabelError, match='cannot be read'):
        read_rounds(folder / 'epoch_0005.npz')
    (tmp_path / 'empty').mkdir()
    with pytest.raises(PseudoLabelError, match=r'has no epoch_\*\.npz'):
        read_rounds(tmp_path / 'empty')


def test_hidden_labels(make, tmp_path):
    labels = make(0, 3)
    labels.write_coco(tmp_path / 'labels.json')
    points, given = hidden_labels(tmp_path / 'labels.json', labels)
    assert given.sum() == 27
    np.testing.assert_allclose(points[:9], labels.keypoints[:9], atol=0.01)
    for content in ('', '[]', '{"annotations": []}'):
        (tmp_path / 'bad.json').write_text(content)
        with pytest.raises(PseudoLabelError, match=r'bad\.json'):
            hidden_labels(tmp_path / 'bad.json', labels)


def test_sides_and_diagnosis(make, truth, tmp_path):
    hidden = truth, np.ones((10, 3), bool)
    records = [
        dict(epoch=0, estimates=dict(spread=0.12345), warnings=['labels are probably <wrong>']),
        dict(
            epoch=3,
            estimates=dict(spread=0.5, stability=0.25),
            check={'pck': 0.75, 'pck_without_sides': None, 'swaps': 0.2, 'pck@0.1': 0.9},
            warnings=['labels are probably <bad>'],
        ),
    ]
    (tmp_path / 'diagnosis.json').write_text(json.dumps(records))
    page = pseudo_label_report(
        [make(0, 2)], hidden, diagnosis=read_diagnosis(tmp_path / 'diagnosis.json')
    )
    assert Tags(page).open == []
    assert 'right without sides: ' in page
    assert 'Before epoch 0: labels are probably &lt;wrong&gt;' in page
    assert 'Before epoch 3: labels are probably &lt;bad&gt;' in page
    assert cells(page, '0') == ['0.123', *'-------']
    assert cells(page, '3') == ['0.5', '0.25', '0.75', '0.9', '-', '-', '0.2', '-']
    titles = re.findall('<th>check: ([^<]*)</th>', page)
    assert titles[-2:] == ['swaps', 'reversals']
    (tmp_path / 'diagnosis.json').write_text('[{"epoch": 0}]')
    with pytest.raises(PseudoLabelError, match='expected a list of records with estimates'):
        read_diagnosis(tmp_path / 'diagnosis.json')


def test_colours_follow_the_pairs(make):
    """Names say nothing here; the first of a pair is drawn as the left one."""
    arrays = make(0, 10).arrays()
    arrays.update(names=np.array(['a', 'b', 'c']), flip_indices=np.array([1, 0, 2]))
    arrays['keypoints'][0] = [[20, 20], [80, 80], [50, 50]]
    labels = PseudoLabels(**arrays)
    page = pseudo_label_report([labels], columns=1)
    jpeg = re.search(r'base64,([^"]+)"', page)[1]
    image = cv2.imdecode(np.frombuffer(base64.b64decode(jpeg), np.uint8), cv2.IMREAD_COLOR)
    for point, side in zip(arrays['keypoints'][0], ('left', 'right', ''), strict=True):
        x, y = ((point - 50) / 120 * CELL + CELL / 2).round().astype(int)
        assert np.abs(image[y, x].astype(int) - SIDE_COLOURS[side][::-1]).max() < 40


def test_pairs_of_older_files_are_those_of_the_names(make, tmp_path):
    labels = make(0, 2)
    assert labels.flip_indices.tolist() == [1, 0, 2]
    arrays = labels.arrays()
    del arrays['flip_indices']
    np.savez(tmp_path / 'old.npz', **arrays)
    assert read_npz(tmp_path / 'old.npz').flip_indices.tolist() == [1, 0, 2]


def test_images_that_are_not_there_are_counted(make, run_command, tmp_path):
    (tmp_path / 'rounds').mkdir()
    make(0, 3).write_npz(tmp_path / 'rounds/epoch_0000.npz')
    for number in (2, 5):
        (tmp_path / f'{number}.png').unlink()
    status, _, error = run_command('report', tmp_path / 'rounds')
    assert (status, '2 of 9 images are not there: ' in error) == (0, True), error
    (tmp_path / 'moved').mkdir()
    for file in tmp_path.glob('*.png'):
        file.rename(tmp_path / 'moved' / file.name)
    moved = 'report', tmp_path / 'rounds', '--images', tmp_path / 'moved'
    status, _, error = run_command(*moved)
    assert (status, '2 of 9 images are not there: ' in error) == (0, True), error
    assert (tmp_path / 'rounds/report.html').read_text().count('base64,') == 9 - 2 + 1
    status, _, error = run_command('report', tmp_path / 'rounds', '--images', tmp_path)
    assert (status, 'has none of the images of the labels, such as' in error) == (2, True)


def test_a_report_overwrites_no_labels(run_command, tmp_path):
    labels = tmp_path / 'check.json'
    labels.write_text('{}')
    status, _, error = run_command('report', tmp_path, '--hidden', labels, '--out', labels)
    assert (status, f'--out must be a file .html, got {labels}' in error) == (2, True)
    assert labels.read_text() == '{}'
