"""The order in which groups of domains get batches."""

from collections.abc import Sequence


def batch_order(shares: Sequence[float], count: int) -> list[int]:
    """Return the group of each of ``count`` batches.

    Each batch goes to the group that is furthest behind its share, the first one if several
    are, so that the groups are spread evenly over an epoch.

    Args:
        shares: Of the groups, with the sum 1.
        count: Number of batches.

    Example:
        >>> batch_order([0.5, 0.25, 0.25], 8)
        [0, 1, 2, 0, 0, 1, 2, 0]
    """
    given = [0] * len(shares)
    order = []
    for number in range(1, count + 1):
        behind = [
            round(share * number - had, 9) for share, had in zip(shares, given, strict=True)
        ]
        group = behind.index(max(behind))
        given[group] += 1
        order.append(group)
    return order
