"""Step 14: observation: what officials, media and researchers would see. It feeds no other rule."""

from sim.compiled import rule
from sim.state import OPEN


@rule
def observe(seen, compounds, territories, params, clock):
    """Count what shows.

    Writes  seen.media_sites (crews in the open and large enough to be named), seen.satellite_sites (buildings: they stay in
            view for a while after a crew has gone).   Raids and the freed are counted where they happen (step 5).
    """
    p = params.observation
    for t in range(len(territories)):
        seen[t].media_sites, seen[t].satellite_sites = 0, 0
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.hidden:
            continue
        if crew.workers >= p.media_size:
            seen[crew.territory].media_sites += 1
        if crew.workers >= p.satellite_size:
            seen[crew.territory].satellite_sites += 1
    for t in range(len(territories)):
        territories[t].built += p.building_memory * (seen[t].satellite_sites - territories[t].built)
        if territories[t].built > seen[t].satellite_sites:
            seen[t].satellite_sites = int(territories[t].built + 0.5)
        else:
            territories[t].built = seen[t].satellite_sites
