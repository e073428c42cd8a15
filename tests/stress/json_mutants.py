"""Random damage to JSON documents: values, records and text."""

import json
import random
from collections.abc import Callable
from typing import Any

from helpers.coco_faults import nested

ODD: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 9, 2, 1.5, -0.0, 1e-320, 1e15, 1e308, 2**31, 2**63 + 5),
    *(10**30, -(10**400), float('nan'), float('inf'), -float('inf')),
    *('', '0', '1', 'x', 'person', 'false', 'a\udcff\n', '\x00', '../1.jpg', 'images\\1.jpg'),
    *([], {}, [[]], [None], [0, 0, 0], {'id': 1}),
    *(nested(30), nested(150), nested(300)),
)


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))  # deepcopy fails for what is nested deeply


def places(document: Any) -> list[tuple[Any, Any]]:
    """(container, key) of every value in a document, in order."""
    found, waiting = [], [document]
    while waiting:
        value = waiting.pop()
        keys: Any = ()
        if isinstance(value, dict):
            keys = list(value)
        elif isinstance(value, list):
            keys = range(len(value))
        for key in keys:
            found.append((value, key))
            waiting.append(value[key])
    return found


def _odd(rng: random.Random, container: Any, key: Any) -> None:
    container[key] = _copied(rng.choice(ODD))


def _removed(rng: random.Random, container: Any, key: Any) -> None:
    del container[key]


def _doubled(rng: random.Random, container: Any, key: Any) -> None:
    if isinstance(container, list):
        container.insert(rng.randrange(len(container) + 1), _copied(container[key]))
    else:
        container[f'{key}2'] = container.pop(key)


def _as_text(rng: random.Random, container: Any, key: Any) -> None:
    container[key] = str(container[key])


def _wrapped(rng: random.Random, container: Any, key: Any) -> None:
    container[key] = rng.choice([[container[key]], {'value': container[key]}])


def _shortened(rng: random.Random, container: Any, key: Any) -> None:
    value = container[key]
    if isinstance(value, list | str) and value:
        container[key] = value[: rng.randrange(len(value))]
    else:
        container[key] = None


def _scaled(rng: random.Random, container: Any, key: Any) -> None:
    value = container[key]
    if isinstance(value, int | float):
        container[key] = value * rng.choice([-1, 0, 0.01, 2, 1000])
    elif isinstance(value, list):
        rng.shuffle(value)


CHANGES: tuple[Callable[[random.Random, Any, Any], None], ...] = (
    *(_odd, _odd, _odd, _odd, _removed, _doubled, _as_text, _wrapped, _shortened, _scaled),
)


def _everywhere(rng: random.Random, document: Any) -> None:
    """The same odd value in one field of all records."""
    lists = [value for value in (document, *_values(document)) if isinstance(value, list)]
    records = [r for r in rng.choice(lists or [[]]) if isinstance(r, dict)]
    names = sorted({key for record in records for key in record})
    if names:
        name, value = rng.choice(names), rng.choice(ODD)
        for record in records:
            record[name] = _copied(value)


def _values(document: Any) -> list[Any]:
    return list(document.values()) if isinstance(document, dict) else []


def _damaged(rng: random.Random, text: bytes) -> bytes:
    """Bytes of a file that was cut, mixed up or written by something else."""
    place = rng.randrange(len(text))
    return rng.choice(
        [
            text[:place],
            b'\xef\xbb\xbf' + text,
            text[:place] + bytes([rng.randrange(256)]) + text[place + 1 :],
            text + text,
            b'[' * 100_000,
            b'{"images": ' + b'[' * 5000 + b']' * 5000 + b'}',
            rng.choice([b'', b'null', b'[]', b'{}', b'7', b'"x"', b'[null]', b'\xff\xfe\x00']),
        ]
    )


def mutant(document: Any, seed: int) -> tuple[bytes, str]:
    """The bytes of a damaged document, and what was changed, in words.

    Args:
        document: lists, dictionaries and plain values; it stays as it is.
        seed: of all choices.
    """
    rng = random.Random(seed)
    kind = rng.random()
    if kind < 0.06:
        return _damaged(rng, json.dumps(document).encode()), 'bytes'
    document = _copied(document)
    if kind < 0.2:
        _everywhere(rng, document)
        return json.dumps(document).encode(), 'a field of all records'
    words = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        found = places(document)
        if not found:
            break
        # records have many numbers: choose the name of a field first
        key_of = {}
        for container, key in found:
            key_of.setdefault(key if isinstance(key, str) else -1, []).append((container, key))
        container, key = rng.choice(key_of[rng.choice(list(key_of))])
        change = rng.choice(CHANGES)
        before = repr(container[key])[:30] if _is_flat(container[key]) else '...'
        change(rng, container, key)
        words.append(f'{change.__name__[1:]} {key!r} {before}')
    return json.dumps(document).encode(), ', '.join(words)


def _is_flat(value: Any) -> bool:
    return not isinstance(value, list | dict)
