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
        ValueError: If a converter makes another number of keypoints or numbers beyond them or
            reads keypoints that its data lack, if data with other keypoints have no converter,
            or if no domain has labels for a keypoint.
    """
    reached: set[int] = set()
    for domain, data in domains.items():
        found = [*_reaches(data, domain, names)]
        reached.update(*found)
    missing = [name for index, name in enumerate(names) if index not in reached]
    if missing:
        raise ValueError(
            f'no labelled domain of {[*domains]} maps a joint to {len(missing)} of '
            f'{len(names)} keypoints, which the head would never learn; got none for {missing}'
        )


def _reaches(data: Any, domain: str, names: list[str]) -> Iterator[set[int]]:
    """Yield keypoints that each part of a data set reaches."""
    parts = getattr(data, 'datasets', None) or [data]
    for part in parts:
        converters = _converters(part)
        if part is not data:
            converters += _converters(data)
        own = _names_of(part)
        if not converters:
            if own != names:
                raise ValueError(
                    f'a part of the domain {domain!r} has other keypoints than the head and no '
                    f'KeypointConverter; the head has {names}, got {own}'
                )
            yield {*range(len(names))}
            continue
        _check_sources(converters[0], domain, own)
        yield _converted(converters[-1], domain, len(names))


def _names_of(data: Any) -> list[str]:
    return [*data.metainfo['keypoint_id2name'].values()]


def _converters(data: Any) -> list[KeypointConverter]:
    """Return the converters of a pipeline in their order."""
    steps: Iterable[Any] = getattr(getattr(data, 'pipeline', None), 'transforms', [])
    return [step for step in steps if isinstance(step, KeypointConverter)]


def _check_sources(converter: KeypointConverter, domain: str, own: list[str]) -> None:
    indices = {*converter.source_index, *getattr(converter, 'source_index2', [])}
    beyond = sorted(index for index in indices if not 0 <= index < len(own))
    if beyond:
        raise ValueError(
            f'the KeypointConverter of the domain {domain!r} must read keypoints 0 to '
            f'{len(own) - 1} of its data, got {beyond}'
        )


def _converted(converter: KeypointConverter, domain: str, count: int) -> set[int]:
    """Return the keypoints that the last converter fills."""
    beyond = [index for index in converter.target_index if not 0 <= index < count]
    if converter.num_keypoints != count or beyond:
        raise ValueError(
            f'the KeypointConverter of the domain {domain!r} must make {count} keypoints, '
            f'numbered from 0, got num_keypoints={converter.num_keypoints} and targets '
            f'{beyond or [*converter.target_index]}'
        )
    return {*converter.target_index}
