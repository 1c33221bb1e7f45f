"""The pairing of rows with columns that costs least in all: SciPy's solver, imported when needed.

SciPy is dear to import. A hub that was killed must stream again at once, so it imports the solver
in the background while the roads load.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cheapest_pairs(
    costs: NDArray[np.float64], *, maximize: bool = False
) -> tuple[list[int], list[int]]:
    """Each row with its column, so that the sum is least (or most), by the method of Crouse (2016).

    Args:
        costs: ``(rows, columns)``, finite.
        maximize: Look for the greatest sum.

    Returns:
        Rows in ascending order and the column of each; ``min(rows, columns)`` pairs.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(costs, maximize=maximize)
    return rows.tolist(), columns.tolist()
