"""Left and right keypoints."""

import pytest

from mmpose_addons_core.keypoints.sides import mirror_pairs


@pytest.mark.parametrize(
    ('left', 'right'),
    [
        ('left_ear', 'right_ear'),
        ('leftear', 'rightear'),
        ('Left Ear', 'Right Ear'),
        ('L_ear', 'R_ear'),
        ('l_fore_foot', 'r_fore_foot'),
        ('earL', 'earR'),
        ('earLeft', 'earRight'),
        ('LEar', 'REar'),
        ('forelegL4', 'forelegR4'),
        ('lf_paw', 'rf_paw'),
        ('paw1LH_top', 'paw4RH_top'),
    ],
)
def test_pair(left, right):
    assert mirror_pairs(['tail', right, left]) == [(2, 1)]


def test_nothing_to_pair():
    assert mirror_pairs(['label', 'rear', 'collar', 'bright', 'light', 'leg1', 'leg2']) == []


def test_numbers_decide_where_they_can():
    names = ['legL1', 'legR1', 'legL2', 'legR2']
    assert mirror_pairs(names) == [(0, 1), (2, 3)]


def test_two_candidates_are_no_pair():
    assert mirror_pairs(['pawL1', 'pawL2', 'pawR3']) == []
