"""The domain of the samples for which a loss is computed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DOMAIN: ContextVar[str] = ContextVar('loss_domain', default='source')


def loss_domain() -> str:
    """Return ``'source'``, unless :func:`losses_of` sets another."""
    return _DOMAIN.get()


@contextmanager
def losses_of(domain: str) -> Iterator[None]:
    """Let losses that are computed in the block belong to samples of this domain."""
    token = _DOMAIN.set(domain)
    try:
        yield
    finally:
        _DOMAIN.reset(token)
