#!/usr/bin/env python
"""Damage JSON files at random, and give them to every tool that reads them.

A tool must take a file or refuse it, in words that name the file and the record. What
check-data calls clean must train and evaluate. The quick form of this runs in the test suite.
"""

import argparse
import gc
import logging
import re
import shutil
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path

RECORD = re.compile(
    r'(annotations?|images?|categor(y|ies)|results|detection|samples?|box of|sizes|index)\b'
)
WHOLE_FILE = re.compile(
    r'is not JSON|cannot be read|expected a dictionary|must be a list|among its keys|'
    r'byte order mark|is not a COCO file|JSON object'
)


def run_mutant(seed: int, folder: Path, documents: dict, tools, mutants) -> list[tuple]:
    """(tool, outcome, words) of each tool that reads the damaged file."""
    # annotations are read by most tools, and have most fields
    names = [*documents, *['ann.json'] * 3]
    name = names[seed % len(names)]
    content, change = mutants.mutant(documents[name], seed)
    file = folder / name
    before = file.read_bytes()
    file.write_bytes(content)
    outcomes: list[tuple] = []
    taken = set()
    try:
        for tool in tools.TOOLS[name]:
            outcome, words = outcome_of(tool, folder, name, tools)
            if outcome == 'taken':
                taken.add(tool)
            elif outcome == 'refused' and tools.PROMISES.get(tool) in taken:
                outcome = 'broken promise'
            outcomes.append((tool.__name__, outcome, f'{name}: {change}: {words}'))
    finally:
        file.write_bytes(before)
        shutil.rmtree(folder / 'out', ignore_errors=True)
    return outcomes


def outcome_of(tool, folder: Path, name: str, tools) -> tuple[str, str]:
    try:
        tool(folder)
        return 'taken', ''
    except (tools.Refused, *tools.REFUSALS) as error:
        words = str(error)
        if name not in words:
            return 'unnamed', f'the file is not named: {words[-300:]}'
        text = words.replace(str(folder / name), '')
        if not (RECORD.search(text) or WHOLE_FILE.search(text)):
            return 'unnamed', f'the record is not named: {words[-300:]}'
        return 'refused', words[:300]
    except tools.WrongScore as error:
        return 'wrong score', str(error)
    except Exception:
        return 'foreign', traceback.format_exc(limit=-4)[-900:]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example, in tests/: python -m stress.fuzz_json --mutants 2000',
    )
    parser.add_argument('--mutants', type=int, default=2000, help='(default: %(default)s)')
    parser.add_argument('--seed', type=int, default=0, help='of the first (default: 0)')
    args = parser.parse_args()
    counts, wrong = run(range(args.seed, args.seed + args.mutants), show=True)
    names = sorted({outcome for _, outcome in counts})
    for tool in sorted({tool for tool, _ in counts}):
        numbers = ', '.join(f'{name} {counts[tool, name]}' for name in names)
        print(f'{tool:16} {numbers}')
    print(f'{args.mutants} mutants, {sum(counts.values())} runs, {len(wrong)} wrong')
    return 1 if wrong else 0


def run(seeds: range, show: bool = False) -> tuple[Counter, list[str]]:
    """Counts of (tool, outcome), and words about each outcome that must not be."""
    from mmengine.logging import MMLogger
    from mmengine.registry import init_default_scope

    import mmpose_addons  # noqa: F401
    from stress import json_mutants, json_tools

    init_default_scope('mmpose')
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    counts: Counter = Counter()
    wrong: list[str] = []
    gc.freeze()  # MMEngine's data sets collect garbage, not that of all imported modules
    try:
        with warnings.catch_warnings(), tempfile.TemporaryDirectory() as temporary:
            warnings.simplefilter('ignore')
            folder = Path(temporary)
            documents = json_tools.write_base(folder)
            for seed in seeds:
                for tool, outcome, words in run_mutant(
                    seed, folder, documents, json_tools, json_mutants
                ):
                    counts[tool, outcome] += 1
                    if outcome not in ('taken', 'refused'):
                        wrong.append(f'seed {seed} {tool} {outcome}: {words}')
                        if show:
                            print(wrong[-1], flush=True)
    finally:
        gc.unfreeze()
        logger.setLevel(level)
    return counts, wrong


if __name__ == '__main__':
    sys.exit(main())
