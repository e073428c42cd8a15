"""Keep freed memory in the process, for networks on a CPU."""

import ctypes
import os

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # of <malloc.h>
OWN_SETTINGS = (
    'GLIBC_TUNABLES',
    'MALLOC_MMAP_MAX_',
    'MALLOC_MMAP_THRESHOLD_',
    'MALLOC_TRIM_THRESHOLD_',
)


def keep_freed_memory() -> bool:
    """Let glibc keep the memory that one training step frees for the next one.

    By default glibc returns large blocks, such as feature maps, to the kernel, which clears
    the pages of each new one. The process then keeps its largest size.

    Returns:
        Whether it was set. It is not set with another C library, or if the user has set one of
        ``OWN_SETTINGS`` in the environment.
    """
    if set(OWN_SETTINGS) & set(os.environ):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return False
    return bool(mallopt(MMAP_MAX, 0) and mallopt(TRIM_THRESHOLD, 2**31 - 1))
