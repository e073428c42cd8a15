"""Freed memory is kept, unless the user has said otherwise."""

import os
import platform
import subprocess
import sys

import pytest

STEPS = """
import resource, sys
import numpy as np
from mmpose_addons_cli.memory import keep_freed_memory
kept = keep_freed_memory()
np.ones(1 << 24), np.ones(1 << 24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    np.ones(1 << 24)  # 128 MiB, more than glibc keeps by itself
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def run_steps(**settings: str) -> tuple[str, int]:
    """What the function says, and the new pages of memory in four steps after the first."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != 'GLIBC_TUNABLES' and not name.startswith('MALLOC_')
    }
    printed = subprocess.check_output(
        [sys.executable, '-c', STEPS], env=environment | settings, text=True
    )
    kept, faults = printed.split()
    return kept, int(faults)


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='a setting of glibc')
def test_steps_use_the_same_memory_again():
    kept, faults = run_steps()
    assert kept == 'True'
    assert faults < 100
    kept, without = run_steps(MALLOC_MMAP_MAX_='65536')  # glibc's default
    assert kept == 'False'
    assert without >= 4 * 64  # huge pages of 2 MiB, or thousands of small ones
