#!/usr/bin/env python
"""Damage checkpoints at random places and load them.

A file with a wrong bit, a changed block or without its end must be refused with an error of
this package that names it, or be loaded with the same content: a bit may lie where the format
has no meaning. Files in PyTorch's format before 1.6 have no checksums, so that their content is
not compared. No process may crash. The quick form of this runs in the test suite.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mmpose_addons.checkpoints import CheckpointError, load_file

FORMATS: dict[str, dict[str, Any]] = dict(
    zip={}, protocol_4=dict(pickle_protocol=4), old=dict(_use_new_zipfile_serialization=False)
)
DAMAGES = 'bit', 'block', 'cut'


def damaged(content: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """The content with one damage."""
    place = int(rng.integers(len(content)))
    if kind == 'cut':
        return content[:place]
    length = 1 if kind == 'bit' else min(int(rng.integers(1, 512)), len(content) - place)
    changed = np.frombuffer(content, np.uint8).copy()
    if kind == 'bit':
        changed[place] ^= 1 << int(rng.integers(8))
    else:
        changed[place : place + length] = rng.integers(0, 256, length, dtype=np.uint8)
    return changed.tobytes()


def run(folder: Path, tries: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How the files ended, and what was not as promised."""
    rng = np.random.default_rng(seed)
    weights = dict(w=torch.arange(1000.0), b=torch.ones(3))
    whole = dict(state_dict=weights, meta=dict(sigmas=np.ones(17), epoch=3))
    ends: Counter[str] = Counter()
    wrong = []
    for form, options in FORMATS.items():
        file = folder / f'{form}.pth'
        torch.save(whole, file, **options)
        content = file.read_bytes()
        for number in range(tries):
            kind = DAMAGES[number % len(DAMAGES)]
            file.write_bytes(damaged(content, kind, rng))
            try:
                loaded = load_file(file, 'cpu')
            except CheckpointError as error:
                ends[f'{form} {kind}: refused'] += 1
                if str(file) not in str(error):
                    wrong.append(f'{form} {kind} {number}: no name in {error}')
                continue
            except Exception as error:
                wrong.append(f'{form} {kind} {number}: {type(error).__name__}: {error}')
                continue
            ends[f'{form} {kind}: loaded'] += 1
            if form != 'old' and not _same(loaded, weights):
                wrong.append(f'{form} {kind} {number}: loaded with other weights')
    return ends, wrong


def _same(loaded: Any, weights: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(loaded['state_dict'][name], weights[name]) for name in weights)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog='example: python -m stress.damage_checkpoints --tries 1000'
    )
    parser.add_argument('--tries', type=int, default=1000, help='a format (default: 1000)')
    parser.add_argument('--seed', type=int, default=0, help='of the damages (default: 0)')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        ends, wrong = run(Path(temporary), args.tries, args.seed)
    for end, count in sorted(ends.items()):
        print(f'{end}: {count}')
    print(*wrong[:20], f'{len(wrong)} not as promised', sep='\n')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
