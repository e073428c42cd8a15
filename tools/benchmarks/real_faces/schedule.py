"""Which trainings and tests come next, from what is done.

First the learning rate of an arm is tuned with seed 0 on the validation part. Then the best
rate is trained with the other seeds, and each of these networks is tested once.
"""

from collections.abc import Callable, Mapping, Sequence

from .arms import RATE_LIMITS, RATE_STEP, RATES, Arm
from .store import Task

Read = Callable[[Task], dict | None]


def missing_rates(found: Mapping[float, float], rates: Sequence[float] = RATES) -> list[float]:
    """Return rates to try next: the grid's, then one beyond it while an end is best.

    Args:
        found: Validation error by rate.
        rates: The grid.

    Example:
        >>> missing_rates({0.001: 0.3, 0.004: 0.2}, (0.001, 0.004))
        [0.016]
        >>> missing_rates({0.001: 0.3, 0.004: 0.2, 0.016: 0.4}, (0.001, 0.004))
        []
    """
    missing = [rate for rate in rates if rate not in found]
    if missing:
        return missing
    best = min(found, key=lambda rate: found[rate])
    beyond = best
    if len(found) > 1 and best == max(found):
        beyond = best * RATE_STEP
    elif len(found) > 1 and best == min(found):
        beyond = best / RATE_STEP
    low, high = RATE_LIMITS
    return [beyond] if beyond != best and low <= beyond <= high else []


def tuned(
    name: str, read: Read, rates: Sequence[float] = RATES
) -> tuple[dict[float, float], list[float]]:
    """Return an arm's validation error by learning rate, and the rates that are missing."""
    found: dict[float, float] = {}
    while True:
        missing = missing_rates(found, rates)
        results = {rate: read(Task(name, rate, 0)) for rate in missing}
        there = {rate: r['validation']['nme'] for rate, r in results.items() if r}
        if not there:
            return found, missing
        found |= there


def best_rate(name: str, read: Read, rates: Sequence[float] = RATES) -> float | None:
    """Return the tuned learning rate of an arm, None while it is not known."""
    found, missing = tuned(name, read, rates)
    return None if missing else min(found, key=lambda rate: found[rate])


def ready(
    arms: Mapping[str, Arm],
    chosen: Sequence[str],
    seeds: Sequence[int],
    read: Read,
    has_weights: Callable[[Task], bool],
    rates: Sequence[float] = RATES,
) -> list[Task]:
    """Return the tasks whose conditions are met and that are not done, in order.

    Args:
        arms: All arms by name.
        chosen: Names of the arms to complete.
        seeds: Of the tests.
        read: The result of a task, None where it is not done.
        has_weights: Whether a training's weights are there to be tested.
        rates: The grid of learning rates.
    """
    tasks: dict[Task, None] = {}
    for name in chosen:
        source = arms[name].rate_from
        found, missing = tuned(source, read, rates)
        tasks.update({Task(source, rate, 0): None for rate in missing})
        if missing:
            continue
        rate = min(found, key=lambda rate: found[rate])
        for seed in seeds:
            test = Task(name, rate, seed, test=True)
            training = Task(name, rate, seed)
            if read(test) is None:
                tasks[test if read(training) and has_weights(training) else training] = None
    return list(tasks)


def left(
    arms: Mapping[str, Arm],
    chosen: Sequence[str],
    seeds: Sequence[int],
    read: Read,
    rates: Sequence[float] = RATES,
) -> int:
    """Return about how many trainings are left."""
    count = 0
    tuning = set()
    for name in chosen:
        source = arms[name].rate_from
        found, missing = tuned(source, read, rates)
        if source not in tuning:
            tuning.add(source)
            count += len(missing)
        rate = None if missing else min(found, key=lambda rate: found[rate])
        for seed in seeds:
            shared = seed == 0 and source == name
            if rate is None:
                count += not shared
            elif read(Task(name, rate, seed, test=True)) is None:
                count += read(Task(name, rate, seed)) is None
    return count
