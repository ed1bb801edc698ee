"""What is worked out once and is the same for all seeds."""

from collections.abc import Callable
from functools import lru_cache, wraps

import numpy as np


def once(tables: Callable) -> Callable:
    """Let a function of hashable arguments work its table (or several) out once; each call gets a copy of its own to write to."""
    kept = lru_cache(maxsize=16)(tables)

    @wraps(tables)
    def copied(*given):
        found = kept(*given)
        return found.copy() if isinstance(found, np.ndarray) else tuple(table.copy() for table in found)

    return copied
