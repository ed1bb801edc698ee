"""Zones: where a territory lies relative to the target of an intervention.

The zones are the target, the rest of its own country, the rest of the region across a border, and the remote hosts
outside the region. A territory has one zone per scenario, so the parts of displacement add up to the whole.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

TARGET, OWN_COUNTRY, CROSS_BORDER, OUT_OF_REGION = "target", "own_country", "cross_border", "out_of_region"
ZONES = (TARGET, OWN_COUNTRY, CROSS_BORDER, OUT_OF_REGION)
ELSEWHERE = ZONES[1:]


def zones(territories: pd.DataFrame, targets: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Zone of every territory for every scenario.

    territories: columns territory, country, remote (0 or 1); one row per territory.
    targets:     {scenario: [territory, ...]}. An empty list is a scenario without a target in space (an information
                 campaign, say): displacement is undefined for it and all its zones are null.
    Returns scenario, territory, zone (categories, zones in the order of `ZONES`): scenarios × territories rows.

    A remote target is a target; every other remote host is out of the region even if it shares the target's country.
    Raises ValueError (one line) for a target that is not a territory.
    """
    columns = ["scenario", "territory", "zone"]
    placed = [_zones_of(scenario, territories, list(target)) for scenario, target in targets.items()]
    table = pd.concat(placed, ignore_index=True) if placed else pd.DataFrame(columns=columns)
    table["scenario"] = table["scenario"].astype("category")
    table["territory"] = table["territory"].astype("category")
    table["zone"] = pd.Categorical(table["zone"], categories=ZONES)
    return table[columns]


def _zones_of(scenario: str, territories: pd.DataFrame, target: list[str]) -> pd.DataFrame:
    names = territories["territory"].astype(str)
    unknown = sorted(set(target) - set(names))
    if unknown:
        raise ValueError(f"targets: {scenario} names {', '.join(unknown)}; allowed: {', '.join(sorted(names))}")

    if target:
        in_target = names.isin(target)
        country = territories["country"].astype(str)
        zone = pd.Series(CROSS_BORDER, index=territories.index, dtype=object)
        zone[country.isin(set(country[in_target]))] = OWN_COUNTRY
        zone[territories["remote"].astype(bool)] = OUT_OF_REGION
        zone[in_target] = TARGET
    else:
        zone = pd.Series(None, index=territories.index, dtype=object)
    return pd.DataFrame({"scenario": scenario, "territory": names, "zone": zone})
