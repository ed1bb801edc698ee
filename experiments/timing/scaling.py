"""The same region with more or fewer people in it, or on a finer map: what a benchmark needs, and nothing is asked of but speed.

Both return a new Region; the one given is left alone. Shares, prices and rates stay as they are, so that a crew of the scaled
world meets what a crew of the shipped world meets.
"""

import dataclasses

from sim.region import Region

# Everything extensive: what is counted in people, crews or raids, and so grows with the world.
EXTENSIVE = {
    "cells": ("capacity_workers", "population"),
    "sites": ("workers_low", "workers_high", "compounds_low", "compounds_high"),
    "pools": ("users_2015_m", "users_2020_m", "users_2025_m"),
    "labour_pools": ("young_adults_m",),
    "states": ("raid_capacity_per_year",),
}


def scaled(region: Region, factor: float) -> Region:
    """The region with everything extensive multiplied by a factor above 0. A site keeps at least one crew."""
    grown = {table: [_times(row, columns, factor) for row in region.rows[table]] for table, columns in EXTENSIVE.items()}
    return dataclasses.replace(region, rows=region.rows | grown, digest=f"{region.digest}-times-{factor:g}")


def divided(region: Region, parts: int) -> Region:
    """The region with each cell cut into so many equal parts, which lie next to each other in its territory.

    The first part keeps the name, the sites and the neighbours; the others are called after it.
    """
    cells = []
    for cell in region.cells:
        part = _times(cell, EXTENSIVE["cells"], 1.0 / parts)
        cells.append(part)
        cells += [part.model_copy(update={"cell": f"{cell.cell}.{n}", "neighbours": (cell.cell,)}) for n in range(1, parts)]
    return dataclasses.replace(region, rows=region.rows | {"cells": cells}, digest=f"{region.digest}-in-{parts}")


def _times(row, columns: tuple[str, ...], factor: float):
    """A row with some columns multiplied; what the row does not say stays unsaid."""
    given = {name: getattr(row, name) for name in columns}
    return row.model_copy(update={name: value * factor for name, value in given.items() if value is not None})
