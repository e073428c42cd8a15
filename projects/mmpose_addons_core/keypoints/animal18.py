"""The 18 keypoints of horses and tigers in TigDog and "Learning from Synthetic Animals"."""

from .names import mirrored, side_and_part
from .sides import side_colour

KEYPOINTS = (
    'left_eye',
    'right_eye',
    'chin',
    'left_front_hoof',
    'right_front_hoof',
    'left_back_hoof',
    'right_back_hoof',
    'tail_start',
    'left_front_knee',
    'right_front_knee',
    'left_back_knee',
    'right_back_knee',
    'left_shoulder',
    'right_shoulder',
    'left_front_elbow',
    'right_front_elbow',
    'left_back_elbow',
    'right_back_elbow',
)

SKELETON = (
    ('left_eye', 'right_eye'),
    *((f'{side}_eye', 'chin') for side in ('left', 'right')),
    *(('chin', f'{side}_shoulder') for side in ('left', 'right')),
    *((f'{side}_shoulder', 'tail_start') for side in ('left', 'right')),
    *((f'{side}_shoulder', f'{side}_front_elbow') for side in ('left', 'right')),
    *(('tail_start', f'{side}_back_elbow') for side in ('left', 'right')),
    *(
        (f'{side}_{leg}_{upper}', f'{side}_{leg}_{lower}')
        for side in ('left', 'right')
        for leg in ('front', 'back')
        for upper, lower in (('elbow', 'knee'), ('knee', 'hoof'))
    ),
)

# For OKS, share of the animal's size. None were published: COCO's of the nearest human joint.
SIGMAS = {
    'eye': 0.025,
    'chin': 0.026,
    'tail_start': 0.107,
    'shoulder': 0.079,
    'front_elbow': 0.072,
    'front_knee': 0.072,
    'front_hoof': 0.062,
    'back_elbow': 0.087,
    'back_knee': 0.087,
    'back_hoof': 0.089,
}


def _keypoint_info(index: int, name: str) -> dict:
    side, part = side_and_part(name)
    hind = part.startswith('back') or part == 'tail_start'
    return dict(
        name=name,
        id=index,
        color=[*side_colour(side)],
        type='lower' if hind else 'upper',
        swap=mirrored(name),
    )


def _link_info(index: int, link: tuple[str, str]) -> dict:
    colour = side_colour(*(side_and_part(name)[0] for name in link))
    return dict(link=link, id=index, color=[*colour])


METAINFO = dict(
    dataset_name='ccssl_animal18',
    paper_info=dict(
        author='Mu, Jiteng and Qiu, Weichao and Hager, Gregory D and Yuille, Alan L',
        title='Learning from Synthetic Animals',
        container='Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern '
        'Recognition (CVPR)',
        year='2020',
        homepage='https://arxiv.org/abs/1912.08265',
    ),
    keypoint_info={i: _keypoint_info(i, name) for i, name in enumerate(KEYPOINTS)},
    skeleton_info={i: _link_info(i, link) for i, link in enumerate(SKELETON)},
    joint_weights=[1.0] * len(KEYPOINTS),
    sigmas=[SIGMAS[side_and_part(name)[1]] for name in KEYPOINTS],
)
