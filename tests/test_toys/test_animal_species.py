"""Species of toy animals; images of the older domains stay as they are."""

import json

import numpy as np
import pytest

from mmpose_addons_toys import SPECIES, ToyDataError, make_toy_animals, render_animal
from mmpose_addons_toys.animal import build_figure, pose_animal
from mmpose_addons_toys.animal_skeleton import SKELETON
from mmpose_addons_toys.animal_species import species_appearance
from mmpose_addons_toys.drawing import Canvas, Light
from mmpose_addons_toys.geometry import View

INDEX = SKELETON.index
STANDING = np.zeros((len(SKELETON.joints), 3))


@pytest.fixture(scope='module')
def shapes() -> dict[str, np.ndarray]:
    """By species: lengths of neck, trunk, leg and tail, and height of the eyes over the back,
    in heights at the withers; means of 40 standing animals."""
    rng = np.random.default_rng(0)
    return {
        name: np.mean([_shape(species_appearance(name, rng)) for _ in range(40)], axis=0)
        for name in SPECIES
    }


def _shape(appearance) -> list[float]:
    joints = pose_animal(appearance, STANDING, 90, (0, 0)).joints

    def between(*names: str) -> float:
        return float(
            np.linalg.norm(np.diff([joints[INDEX[n]] for n in names], axis=0), axis=1).sum()
        )

    return [
        between('neck', 'head'),
        between('chest', 'trunk', 'rump'),
        between('left_shoulder', 'left_front_elbow', 'left_front_knee', 'left_front_hoof'),
        between('tail_start', 'tail_middle', 'tail_end'),
        float(joints[INDEX['trunk'], 1] - joints[INDEX['left_eye'], 1]),
    ]


def test_species_differ_in_shape(shapes):
    necks, trunks, legs, tails, eyes = np.array(list(shapes.values())).T
    order = [*SPECIES]
    assert {order[necks.argmax()], order[eyes.argmax()]} <= {'horse', 'antelope'}
    assert order[legs.argmin()] == 'cat'
    assert order[trunks.argmax()] == 'cat'
    assert order[eyes.argmin()] == 'cat'
    assert order[tails.argmin()] == 'antelope'
    one, two = np.triu_indices(len(SPECIES), 1)
    table = np.array(list(shapes.values()))
    assert np.abs(table[one] - table[two]).max(1).min() > 0.1


def test_only_the_species_asked_for_are_drawn():
    kinds = [
        render_animal(3, index, 64, 'species', species=('dog', 'cat')).annotations[0]['kind']
        for index in range(24)
    ]
    assert {*kinds} == {'dog', 'cat'}
    kinds = [
        render_animal(3, index, 64, 'species').annotations[0]['kind'] for index in range(60)
    ]
    assert {*kinds} == {*SPECIES}


@pytest.mark.parametrize('yaw', [90, -90])
def test_the_white_of_an_antelope_is_below(yaw, rng):
    animal = pose_animal(species_appearance('antelope', rng), STANDING, yaw, (0, 0))
    canvas = Canvas(np.zeros((200, 200, 3), np.uint8), Light(-90, 0.0))
    build_figure(animal, View(100.0, np.array([100.0, 100.0])), 1).draw(canvas)
    back, belly = canvas.image[90, 100].astype(int), canvas.image[114, 100].astype(int)
    assert belly.sum() > back.sum() + 150
    assert belly.min() > 200


def test_the_record_names_the_species(tmp_path):
    settings = dict(images=6, domain='species', size=64)
    assert make_toy_animals(tmp_path / 'cats', species=['cat'], **settings)
    assert not make_toy_animals(tmp_path / 'cats', species=['cat'], **settings)
    with pytest.raises(ToyDataError, match=r"got another: .*species both cat'"):
        make_toy_animals(tmp_path / 'cats', species=['dog'], **settings)
    content = json.loads((tmp_path / 'cats/annotations/animals_train.json').read_text())
    assert {annotation['kind'] for annotation in content['annotations']} == {'cat'}


def test_wrong_species_are_named(tmp_path):
    with pytest.raises(ToyDataError, match=r"got \['cow'\] for 'species'"):
        make_toy_animals(tmp_path / 'x', 4, domain='species', species=['cow'])
    with pytest.raises(ValueError, match=r"got \['cat'\] for 'real'"):
        render_animal(0, 0, domain='real', species=['cat'])


@pytest.mark.parametrize(
    ('domain', 'shade', 'box', 'nose'),
    [
        ('synthetic', 92.863, [10.29, 39.75, 116.71, 72.37], [15.12, 61.68]),
        ('real', 28.315, [24.89, 20.28, 90.69, 81.66], [29.22, 40.35]),
    ],
)
def test_older_domains_draw_the_same_images(domain, shade, box, nose):
    """Values of version 2 of the renderer."""
    rendered = render_animal(11, 5, 128, domain)
    annotation = rendered.annotations[0]
    assert rendered.image.mean() == pytest.approx(shade, abs=0.01)
    assert annotation['bbox'] == pytest.approx(box, abs=0.02)
    assert annotation['keypoints'][6:8] == pytest.approx(nose, abs=0.02)
