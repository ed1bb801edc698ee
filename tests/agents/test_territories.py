"""Territories at set-up."""

import numpy as np
import pytest
from running import scenario_on

from sim.agents.territories import new_cells, new_territories


@pytest.mark.parametrize("region", ["toy", "southeast_asia"])
def test_the_room_of_a_territory_is_the_sum_over_its_cells_to_the_bit(region):
    """A sum of many numbers depends on their order in the last digits, and all weeks would follow."""
    ground = scenario_on(region).region
    cells = new_cells(ground)
    for seed in range(20):
        cells["capacity"] = np.exp(np.random.default_rng(seed).normal(5, 3, len(cells)))
        weights = cells["capacity"] + 1e-9
        places = new_territories(ground, cells)
        for row in range(len(places)):
            mine = np.flatnonzero(cells["territory"] == row)
            assert places["capacity"][row] == cells["capacity"][mine].sum()
            mean = (cells["connectivity"] * weights)[mine].sum() / (weights[mine].sum() or np.inf)
            assert places["connectivity"][row] == max(mean, 0.05)
