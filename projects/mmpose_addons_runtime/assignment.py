"""Assign rows to columns at the least cost.

NumPy has no such function, and SciPy would be by far the largest package of the runtime.
"""

import numpy as np


def least_cost_assignment(costs: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs (row, column) with the least sum of costs; min(N, M) pairs, by row.

    Shortest augmenting paths with potentials (Crouse, "On implementing 2D rectangular
    assignment algorithms", 2016): rows are added one by one, each along the cheapest path of
    changes, at O(N M min(N, M)).

    Args:
        costs: (N, M), finite.

    Example:
        >>> least_cost_assignment(np.array([[4.0, 1, 3], [2, 0, 5]]))
        [(0, 1), (1, 0)]
    """
    if costs.shape[0] > costs.shape[1]:
        return sorted((row, column) for column, row in least_cost_assignment(costs.T))
    rows, columns = costs.shape
    row_prices, column_prices = np.zeros(rows), np.zeros(columns)
    row_of = np.full(columns, -1)  # the row of each column
    for start in range(rows):
        distances = np.full(columns, np.inf)  # of the cheapest paths from the new row
        before = np.full(columns, -1)  # the row from which a path comes into a column
        reached = np.zeros(columns, bool)
        rows_on_paths = [start]
        row, length = start, 0.0
        while True:
            through = length + costs[row] - row_prices[row] - column_prices
            shorter = ~reached & (through < distances)
            distances[shorter], before[shorter] = through[shorter], row
            # of equally near columns, a free one ends the search
            open_distances = np.where(reached, np.inf, distances)
            nearest = np.flatnonzero(open_distances == open_distances.min())
            free = nearest[row_of[nearest] < 0]
            column = int(free[0] if len(free) else nearest[0])
            length = distances[column]
            reached[column] = True
            if row_of[column] < 0:
                break
            row = int(row_of[column])
            rows_on_paths.append(row)
        column_of = {int(owner): place for place, owner in enumerate(row_of) if owner >= 0}
        row_prices[start] += length
        for other in rows_on_paths[1:]:
            row_prices[other] += length - distances[column_of[other]]
        column_prices[reached] -= length - distances[reached]
        while True:  # give the columns along the path to the rows before them
            row = int(before[column])
            row_of[column] = row
            if row == start:
                break
            column = column_of[row]
    return sorted((int(row), place) for place, row in enumerate(row_of) if row >= 0)
