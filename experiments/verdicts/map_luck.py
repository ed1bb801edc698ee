"""Map luck: is the result a property of this map? Attributes of places are dealt out anew, the places stay where they are.

If the real map stands in the middle of its permutations the result does not depend on who happens to have weak government,
low tax or English-speaking labour; at an edge it does, and a claim about mechanisms is a claim about geography.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.region import Region

TOGETHER = {  # what is dealt out: table -> columns that stay together
    "territories": ("governance", "corruption", "conflict"),
    "protectors": ("tax_rate", "shield"),
}
LANGUAGES = "labour_languages"  # which labour pool speaks what


def permuted(region: Region, seed: int) -> Region:
    """The region with government, taxes and languages dealt out anew among its places, holders and labour pools.

    Remote hosts keep theirs: they are not part of the map. Everything else stays, so each table holds the same values as
    before. A pure function of region and seed.
    """
    rng = np.random.default_rng(seed)
    rows = dict(region.rows)
    for table, columns in TOGETHER.items():
        rows[table] = _dealt(rows[table], columns, rng)
    pools = region.names("labour_pools")
    speaks = dict(zip(pools, rng.permutation(pools).tolist(), strict=True))
    rows[LANGUAGES] = [row.model_copy(update={"labour_pool": speaks[row.labour_pool]}) for row in rows[LANGUAGES]]
    digest = hashlib.sha256(f"{region.digest} permuted {seed}".encode()).hexdigest()[:16]
    return replace(region, rows=rows, digest=digest)


def percentile(real: float, permutations: Sequence[float]) -> float:
    """Where the real map stands among its permutations, 0 to 100; ties count half. NaN where it or all of them are undefined."""
    others = np.asarray(permutations, float)
    others = others[np.isfinite(others)]
    if not np.isfinite(real) or not len(others):
        return float("nan")
    return float(100 * ((others < real).mean() + (others == real).mean() / 2))


def _dealt(rows: list, columns: tuple[str, ...], rng: np.random.Generator) -> list:
    """The rows with these columns dealt out anew among those that are not remote."""
    here = [k for k, row in enumerate(rows) if not getattr(row, "remote", False)]
    dealt = list(rows)
    for k, other in zip(here, rng.permutation(here), strict=True):
        dealt[k] = rows[k].model_copy(update={name: getattr(rows[other], name) for name in columns})
    return dealt
