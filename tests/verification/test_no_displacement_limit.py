"""Where nothing connects places, a crackdown changes its target and nothing else: NDR = 0 to the bit.

No mobility, no entry and unlimited pools are not enough. Crews also share workers (supply, and the mix of origins recruited
from), states' raids (a budget), word of raids, the mean size that visibility is measured against, and the leaders whose arrest
breaks up a syndicate with crews elsewhere. `CUT` names what cuts each of these. The last test leaves one out; word of raids and
leaders connect places as well, but seldom tip anybody's decision within so few weeks.
"""

import dataclasses
import datetime as dt
from functools import lru_cache

import numpy as np
import pytest

from sim import load_scenario, simulate

NULL = {"structure": {"mobility": "off", "entry": "off", "pools": "unlimited", "effort": "additive"}}
# Out of their ranges: size_power (0 is "as many recruits as wanted, from each origin in a fixed mix") and the supply.
CUT = {
    "workers": {"labour": {"size_power": 0.0, "weekly_supply": 1e6}},
    "word of raids": {"beliefs": {"spill_controller": 0.0, "spill_country": 0.0, "spill_abroad": 0.0}},
    "managers": {"growth": {"managers_matter": 0.0}},
    "leaders": {"enforcement": {"leader_caught": 0.0}},
}
CASES = [("toy", "kokang_crackdown", dt.date(2019, 1, 7), 110), ("southeast_asia", "kokang_crackdown", dt.date(2023, 3, 6), 78)]


def under(region: str, name: str, start: dt.date, weeks: int, without: str = ""):
    """A scenario in the null world; `without` names a cut that is not made."""
    scenario = load_scenario(name, region=region, start=start, end=start + dt.timedelta(weeks=weeks))
    values = {group: dict(part) for group, part in scenario.params.items()}
    cuts = [cut for cause, cut in CUT.items() if cause != without]
    for given in [NULL, *cuts]:
        for group, part in given.items():
            values[group] |= part
    kept = tuple(item for item in scenario.interventions if item["lever"] != "leader_arrests")
    return dataclasses.replace(scenario, params=values, interventions=kept)


@lru_cache(maxsize=32)
def change(region: str, name: str, start: dt.date, weeks: int, without: str = "") -> tuple[float, float]:
    """Largest change of people by place and week in the target, and anywhere else."""
    case = under(region, name, start, weeks, without)
    base = under(region, "baseline", start, weeks, without)
    with_it, without_it = simulate(case, 3).records, simulate(base, 3).records
    inside = np.isin(case.region.names("territories"), case.target)
    gap = np.abs(with_it.workers.astype(float) - without_it.workers)
    losses = np.abs(with_it.losses.astype(float) - without_it.losses)
    return float(gap[:, inside].max()), float(gap[:, ~inside].max() + losses[:, ~inside].max())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_without_any_tie_between_places_the_displacement_ratio_is_zero_to_the_bit(case):
    inside, outside = change(*case)
    assert inside > 50.0
    assert outside == 0.0


@pytest.mark.parametrize("cause", ["workers", "managers"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_what_crews_share_displaces_although_none_can_move(case, cause):
    assert change(*case, cause)[1] > 0.0
