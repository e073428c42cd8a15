"""Which joint of a person corresponds to which joint of an animal.

There are two readings. By *order*, the joints of a limb are counted from the trunk, and all
three of an arm have a partner. By *anatomy*, only the same joints of the skeleton have one: the
elbow is the front elbow, the wrist the front knee, the knee the back elbow and the ankle the
back knee; hands and feet of people have no point where an animal has its paw.
"""

from collections.abc import Mapping, Sequence

from . import animal18, coco

ANIMALPOSE = (
    *('L_Eye', 'R_Eye', 'L_EarBase', 'R_EarBase', 'Nose', 'Throat', 'TailBase', 'Withers'),
    *(
        f'{side}_{leg}_{part}'
        for part in ('Elbow', 'Knee', 'Paw')
        for leg in 'FB'
        for side in 'LR'
    ),
)
"""Names of MMPose's ``animalpose.py``, which are those of Animal-Pose (arXiv 1908.05806)."""

AP10K = (
    *('L_Eye', 'R_Eye', 'Nose', 'Neck', 'Root of tail'),
    *(f'{side}_{part}' for side in 'LR' for part in ('Shoulder', 'Elbow', 'F_Paw')),
    *(f'{side}_{part}' for side in 'LR' for part in ('Hip', 'Knee', 'B_Paw')),
)
"""Names of MMPose's ``ap10k.py``."""

SKELETONS: Mapping[str, Sequence[str]] = {
    'coco': coco.KEYPOINTS,
    'animalpose': ANIMALPOSE,
    'ap10k': AP10K,
    'animal18': animal18.KEYPOINTS,
}
"""Keypoints by the name of the skeleton; ``animal18`` is that of TigDog."""


def _of_sides(left: str, right: str, table: Mapping[str, str]) -> dict[str, str]:
    """Return pairs of both sides of joints, from pairs without a side."""
    return {
        f'{side}_{person}': f'{prefix}_{animal}'
        for person, animal in table.items()
        for side, prefix in (('left', left), ('right', right))
    }


_ANIMALPOSE_FACE = {'nose': 'Nose', **_of_sides('L', 'R', {'eye': 'Eye', 'ear': 'EarBase'})}
_AP10K_FACE = {'nose': 'Nose', **_of_sides('L', 'R', {'eye': 'Eye'})}
_ANIMAL18_FACE = _of_sides('left', 'right', {'eye': 'eye'})

PARTNERS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ('animalpose', 'order'): _ANIMALPOSE_FACE
    | _of_sides(
        'L',
        'R',
        {
            **{'shoulder': 'F_Elbow', 'elbow': 'F_Knee', 'wrist': 'F_Paw'},
            **{'hip': 'B_Elbow', 'knee': 'B_Knee', 'ankle': 'B_Paw'},
        },
    ),
    ('animalpose', 'anatomy'): _ANIMALPOSE_FACE
    | _of_sides(
        'L', 'R', {'elbow': 'F_Elbow', 'wrist': 'F_Knee', 'knee': 'B_Elbow', 'ankle': 'B_Knee'}
    ),
    ('ap10k', 'order'): _AP10K_FACE
    | _of_sides(
        'L',
        'R',
        {
            **{'shoulder': 'Shoulder', 'elbow': 'Elbow', 'wrist': 'F_Paw'},
            **{'hip': 'Hip', 'knee': 'Knee', 'ankle': 'B_Paw'},
        },
    ),
    ('ap10k', 'anatomy'): _AP10K_FACE
    | _of_sides(
        'L', 'R', {'shoulder': 'Shoulder', 'elbow': 'Elbow', 'hip': 'Hip', 'knee': 'Knee'}
    ),
    ('animal18', 'order'): _ANIMAL18_FACE
    | _of_sides(
        'left',
        'right',
        {
            **{'shoulder': 'front_elbow', 'elbow': 'front_knee', 'wrist': 'front_hoof'},
            **{'hip': 'back_elbow', 'knee': 'back_knee', 'ankle': 'back_hoof'},
        },
    ),
    ('animal18', 'anatomy'): _ANIMAL18_FACE
    | _of_sides(
        'left',
        'right',
        {
            **{'shoulder': 'shoulder', 'elbow': 'front_elbow', 'wrist': 'front_knee'},
            **{'knee': 'back_elbow', 'ankle': 'back_knee'},
        },
    ),
}
"""For each animal's skeleton and reading: the animal's joint of a person's joint, by name."""


def partners(target: str, reading: str = 'order') -> list[tuple[int, int]]:
    """Return the indices of COCO's joints and partners for ``KeypointConverter``.

    Args:
        target: ``'animalpose'``, ``'ap10k'`` or ``'animal18'``.
        reading: ``'order'`` or ``'anatomy'``.

    Raises:
        ValueError: If there is no such table.

    Example:
        >>> partners('animalpose', 'order')[:3]  # nose, left and right eye
        [(0, 4), (1, 0), (2, 1)]
    """
    if (target, reading) not in PARTNERS:
        raise ValueError(
            f'expected a skeleton and a reading of {[*PARTNERS]}, got {(target, reading)}'
        )
    table = PARTNERS[target, reading]
    names = SKELETONS[target]
    return [
        (index, names.index(table[name]))
        for index, name in enumerate(coco.KEYPOINTS)
        if name in table
    ]
