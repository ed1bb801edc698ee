"""Give each cell to one territory: rules in file order, first come first served."""

from region.grid import ascii_name, nearest
from region.raw import MissingInput


def claim(cells, rules):
    """{cell: territory}, rules taken in file order; complains of an empty territory and of a cell left over."""
    taken = {}
    for rule in rules:
        if rule["shapes"] == "remote":
            continue
        before = len(taken)
        for shape in rule["shapes"].split(" ; "):
            for cell in cells_of(shape, rule, cells, taken):
                taken[cell] = rule["territory"]
        if len(taken) == before:
            raise MissingInput(f"judgement/territories.csv: {rule['territory']} takes no cell ({rule['shapes']})")
    left = sorted(set(cells) - set(taken))
    if left:
        raise MissingInput(f"judgement/territories.csv: {len(left)} cells belong to no territory, first {left[0]}")
    return taken


def cells_of(shape, rule, cells, taken):
    """Free cells of the rule's country that one shape takes."""
    free = [c for c, here in cells.items() if here["country"] == rule["country"] and c not in taken]
    kind, _, rest = shape.strip().partition(" ")
    if kind == "near":
        lat, lon, count = rest.split()
        return nearest(cells, free, float(lat), float(lon))[: int(count)]
    if kind == "box":
        south, west, north, east = map(float, rest.split())
        return [c for c in free if south <= cells[c]["lat"] < north and west <= cells[c]["lon"] < east]
    if kind == "admin":
        wanted = {ascii_name(name) for name in rest.split("|")}
        return [c for c in free if cells[c]["admin"] in wanted]
    if kind == "rest":
        return free
    raise MissingInput(f"judgement/territories.csv: {rule['territory']} has the unknown shape {shape!r}")


def touches(territory, country, cells, owner, ring):
    """1 when a cell of the territory has a neighbour in another country given, else 0."""
    for cell, name in owner.items():
        if name != territory or cells[cell]["country"] == country:
            continue
        if any(cells[other]["country"] == country for other in ring[cell]):
            return 1
    return 0
