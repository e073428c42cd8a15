"""Whether the user has asked to load checkpoints that may run code."""

import os

TRUST_VARIABLE = 'MMPOSE_ADDONS_TRUST_CHECKPOINT'
"""Environment variable that trusts every checkpoint of a process and of those it starts."""
YES, NO = ('1', 'true', 'yes', 'on'), ('', '0', 'false', 'no', 'off')


class TrustError(ValueError):
    """The environment variable is neither a yes nor a no."""


_config_trusts = False


def trust_by_config(value: bool) -> None:
    """Take over ``trust_checkpoint`` of the config that a runner was built from."""
    global _config_trusts
    _config_trusts = value


def is_trusted() -> bool:
    """Return whether checkpoints may run code.

    Raises:
        TrustError: The environment variable is neither a yes nor a no.
    """
    value = os.environ.get(TRUST_VARIABLE, '').lower()
    if value not in YES + NO:
        raise TrustError(f'{TRUST_VARIABLE} takes 1 or 0, got {value!r}')
    return value in YES or _config_trusts
