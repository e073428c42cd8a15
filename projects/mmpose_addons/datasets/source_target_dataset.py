"""Several domains in one data set: labelled source, unlabelled target, and any others."""

from typing import Any, NamedTuple

import numpy as np
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from mmpose_addons_core.adaptation import seeded_rng

from .keypoint_reach import check_reach
from .pseudo_label_dataset import UNREADABLE, PseudoLabelDataset

SOURCE, TARGET = 'source', 'target'
RETRIES = 20


class Draw(NamedTuple):
    """A sample, the seed of its augmentation, and the domains that are drawn with it."""

    index: int  # type: ignore[assignment]  # hides tuple.index
    seed: int
    domains: tuple[str, ...] | None = None
    """Domains of its batch, or of all batches that take turns. Empty if batches are drawn at
    random; None if it is unknown."""


@DATASETS.register_module()
class SourceTargetDataset(Dataset):
    """The samples of one domain after those of the other, each with its ``domain``.

    ``SourceTargetSampler`` gives each sample its own seed, so that a sample does not depend on
    the worker, the process or an earlier interruption.

    Args:
        domains: By name, configs of data sets. A labelled domain is any data set of MMPose
            with its pipeline. An unlabelled one is a ``PseudoLabelDataset``: it passes on
            image, box and domain only. ``source`` and ``target`` are the usual two; a third
            one, such as a few labelled target images, has any other name.

    Raises:
        TypeError: If ``target`` is another data set.
        ValueError: If there is no labelled domain, one has no sample, they have other
            keypoints, or a keypoint has labels in none of them.

    Example:
        ``dict(type='SourceTargetDataset', source=drawn_horses, few=labelled_horses,
        target=dict(type='PseudoLabelDataset', ...))``
    """

    def __init__(self, **domains: dict) -> None:
        self.domains = {name: DATASETS.build(config) for name, config in domains.items()}
        target = self.domains.get(TARGET)
        if target is not None and not isinstance(target, PseudoLabelDataset):
            raise TypeError(
                f'{TARGET} must be a PseudoLabelDataset, got {type(target).__name__}'
            )
        if not self.labelled:
            raise ValueError(f'a labelled domain is needed, got only {[*domains]}')
        self.full_init()
        self._check_keypoints()
        self._ends = np.cumsum([len(data) for data in self.domains.values()])

    @property
    def labelled(self) -> list[str]:
        """Return the names of the domains that have labels."""
        return [n for n, d in self.domains.items() if not isinstance(d, PseudoLabelDataset)]

    @property
    def target(self) -> PseudoLabelDataset:
        """The domain of this name."""
        return self.domains[TARGET]

    @property
    def source(self) -> Any:
        """The domain of this name."""
        return self.domains[SOURCE]

    def full_init(self) -> None:
        """Load the labelled domains, too.

        Raises:
            ValueError: If one has no sample.
        """
        for name in self.labelled:
            self.domains[name].full_init()
            if not len(self.domains[name]):
                raise ValueError(f'the domain {name!r} has no usable sample')

    @property
    def metainfo(self) -> dict:
        return next(iter(self.domains.values())).metainfo

    def start_of(self, domain: str) -> int:
        """Return the index of the first sample of a domain."""
        number = list(self.domains).index(domain)
        return int(self._ends[number - 1]) if number else 0

    def drawn(self, domain: str) -> np.ndarray:
        """Return the indices of the samples of a domain to train on, in ascending order."""
        data = self.domains[domain]
        inside = data.drawn() if hasattr(data, 'drawn') else np.arange(len(data))
        return inside + self.start_of(domain)

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, draw: Draw | int) -> Any:
        """Return a packed sample.

        Raises:
            OSError: If a labelled image, or every unlabelled image that was tried, is
                unreadable.
        """
        index, seed, drawn = Draw(*draw) if isinstance(draw, tuple) else Draw(draw, draw, ())
        domain = [*self.domains][int(np.searchsorted(self._ends, index, side='right'))]
        data, index = self.domains[domain], index - self.start_of(domain)
        with seeded_rng(seed):
            if isinstance(data, PseudoLabelDataset):
                sample, learned = self._unlabelled(data, index, seed), data.has_labels
            else:
                sample, learned = data[index], True
        sample['data_samples'].set_metainfo(
            dict(domain=domain, draw_seed=seed, has_labels=learned, drawn_domains=drawn)
        )
        return sample

    @staticmethod
    def _unlabelled(data: PseudoLabelDataset, index: int, seed: int) -> Any:
        """Return a sample of an unlabelled domain, or another one whose image is readable."""
        rng = np.random.default_rng(seed)
        error: Exception | None = None
        for _ in range(RETRIES):
            try:
                sample = data[index]
                if sample is not None:
                    return sample
            except UNREADABLE as unreadable:
                error = unreadable
            others = data.drawn()
            index = int(rng.choice(others)) if len(others) else index
        raise OSError(f'{RETRIES} target images in a row gave no sample; the last: {error}')

    def _check_keypoints(self) -> None:
        first, *others = (
            (domain, list(data.metainfo['keypoint_id2name'].values()))
            for domain, data in self.domains.items()
        )
        for domain, names in others:
            if names != first[1]:
                raise ValueError(
                    f'{first[0]} and {domain} need the same keypoints: {len(first[1])} of the '
                    f'{first[0]} are {first[1]}, {len(names)} of the {domain} are {names}'
                )
        check_reach({name: self.domains[name] for name in self.labelled}, first[1])
