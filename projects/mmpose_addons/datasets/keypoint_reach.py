"""Which keypoints the labels of a data set reach, by the converters in its pipelines.

Shape letter: K keypoints.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from mmpose.datasets.transforms import KeypointConverter


def check_reach(domains: dict[str, Any], names: list[str]) -> None:
    """Check that the converters of labelled domains fit the head's keypoints.

    Args:
        domains: Labelled data sets of MMPose by name.
        names: Of the K keypoints.

    Raises:
        ValueError: If a converter makes another number of keypoints or numbers beyond them, or
            if no domain has labels for a keypoint.
    """
    reached: set[int] = set()
    for domain, data in domains.items():
        found = [*_reaches(data, domain, len(names))]
        reached.update(*found)
    missing = [name for index, name in enumerate(names) if index not in reached]
    if missing:
        raise ValueError(
            f'no labelled domain of {[*domains]} maps a joint to {len(missing)} of '
            f'{len(names)} keypoints, which the head would never learn; got none for {missing}'
        )


def _reaches(data: Any, domain: str, count: int) -> Iterator[set[int]]:
    """Yield keypoints that each part of a data set reaches."""
    own = _converted(data, domain, count)
    for part in getattr(data, 'datasets', None) or [None]:
        inner = None if part is None else _converted(part, domain, count)
        reached = own if own is not None else inner
        yield {*range(count)} if reached is None else reached


def _converted(data: Any, domain: str, count: int) -> set[int] | None:
    """Return the keypoints that the last converter of a pipeline fills; None without one."""
    steps: Iterable[Any] = getattr(getattr(data, 'pipeline', None), 'transforms', [])
    converters = [step for step in steps if isinstance(step, KeypointConverter)]
    if not converters:
        return None
    last = converters[-1]
    beyond = [index for index in last.target_index if not 0 <= index < count]
    if last.num_keypoints != count or beyond:
        raise ValueError(
            f'the KeypointConverter of the domain {domain!r} must make {count} keypoints, '
            f'numbered from 0, got num_keypoints={last.num_keypoints} and targets '
            f'{beyond or [*last.target_index]}'
        )
    return {*last.target_index}
