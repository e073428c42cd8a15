"""The domains that take part in a training, as the samples of a batch tell."""

from collections.abc import Sequence
from typing import Any

from ...datasets.source_target_dataset import SOURCE


def domain_of(sample: Any) -> str:
    """Return the domain of a sample of ``SourceTargetDataset``; ``source`` for any other."""
    return sample.metainfo.get('domain', SOURCE)


def drawn_domains(data_samples: Sequence[Any]) -> set[str]:
    """Return the domains of a batch, and of the batches that take turns with it.

    Args:
        data_samples: Of ``SourceTargetDataset``.
    """
    found = set(map(domain_of, data_samples))
    for sample in data_samples:
        found.update(sample.metainfo.get('drawn_domains') or ())
    return found


def check_drawn(data_samples: Sequence[Any]) -> None:
    """Check that the batches have fixed domains.

    Args:
        data_samples: Of ``SourceTargetDataset``.

    Raises:
        ValueError: If a sampler drew them at random, so that a later batch can lack a domain.
    """
    if any(sample.metainfo.get('drawn_domains') == () for sample in data_samples):
        raise ValueError(
            'a discriminator needs batches with fixed shares of the domains: set '
            "sampler=dict(type='SourceTargetSampler', ...) in train_dataloader, got another "
            'sampler'
        )
