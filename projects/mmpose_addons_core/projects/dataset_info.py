"""Write the ``dataset_info`` file that tells MMPose the keypoints of a data set.

Shape letters: K keypoints.
"""

from collections.abc import Sequence

from ..keypoints.sides import side_colour

SIGMA = 0.05
"""Default of the sigmas of OKS, as a share of the animal's size (COCO: 0.025 to 0.107)."""


def dataset_info_text(
    name: str,
    keypoints: Sequence[str],
    skeleton: Sequence[tuple[int, int]],
    pairs: Sequence[tuple[int, int]],
    sigma: float = SIGMA,
) -> str:
    """Return the text of a Python file that MMPose reads by ``metainfo=dict(from_file=...)``.

    Args:
        name: Of the data set.
        keypoints: K names.
        skeleton: Pairs of positions.
        pairs: Positions of (left, right) keypoints; a mirrored image swaps them.
        sigma: Of each keypoint, for OKS.
    """
    swap = dict(pairs) | {b: a for a, b in pairs}
    sides = {left: 'left' for left, _ in pairs} | {right: 'right' for _, right in pairs}
    lines = [
        '# Keypoints of a data set for MMPose. Check "swap": the keypoint of the other side,',
        "# or '' for one in the middle. A mirrored image swaps these keypoints.",
        'dataset_info = dict(',
        f'    dataset_name={name!r},',
        '    keypoint_info={',
    ]
    for k, keypoint in enumerate(keypoints):
        other = keypoints[swap[k]] if k in swap else ''
        colour = side_colour(sides.get(k, ''))
        lines.append(
            f'        {k}: dict(name={keypoint!r}, id={k}, color={[*colour]}, '
            f"type='', swap={other!r}),"
        )
    lines += ['    },', '    skeleton_info={']
    for number, (a, b) in enumerate(skeleton):
        colour = side_colour(sides.get(a, ''), sides.get(b, ''))
        lines.append(
            f'        {number}: dict(link=({keypoints[a]!r}, {keypoints[b]!r}), id={number}, '
            f'color={[*colour]}),'
        )
    lines += [
        '    },',
        f'    joint_weights=[1.0] * {len(keypoints)},',
        '    # for OKS only: a default for all keypoints',
        f'    sigmas=[{sigma}] * {len(keypoints)},',
        ')',
    ]
    return '\n'.join(lines) + '\n'
