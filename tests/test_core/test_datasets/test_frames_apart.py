import numpy as np

from mmpose_addons_core.datasets.frames_apart import appearance_of, farthest_apart


def test_one_of_each_group(rng):
    """Four groups, three of 30 points and one of 3: each is represented."""
    centres = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])
    groups = np.repeat([0, 1, 2, 3], [30, 30, 30, 30])
    points = centres[groups] + rng.normal(0, 0.5, (120, 2))
    assert sorted(groups[farthest_apart(points, 4)]) == [0, 1, 2, 3]
    random = rng.permutation(120)[:12]

    def least_gap(numbers):
        gaps = np.linalg.norm(points[numbers][:, None] - points[numbers], axis=-1)
        return gaps[np.triu_indices(12, 1)].min()

    assert least_gap(farthest_apart(points, 12)) > 3 * least_gap(random)


def test_lone_images_are_left_out_while_there_are_others(rng):
    points = np.concatenate((rng.normal(0, 1, (30, 2)), [[500.0, 0]]))
    assert 30 not in farthest_apart(points, 20)
    assert sorted(farthest_apart(points, 31)) == list(range(31))
    assert sorted(farthest_apart(points, 99)) == list(range(31))


def test_pose_counts_more_than_light(rng):
    image = np.zeros((40, 40, 3), np.uint8)
    image[10:20, 5:30] = 120
    image += 40
    darker, moved = (image * 0.7).astype(np.uint8), np.roll(image, 15, 0)
    here, dark, there = map(appearance_of, (image, darker, moved))
    assert np.linalg.norm(here - dark) < np.linalg.norm(here - there) / 3
