"""What a place is worth to a crew: profit there, the sanction to expect, the cost of setting up. Read by steps 11 and 12."""

from sim.compiled import inlined, rule
from sim.elementary import exp, power
from sim.rules.enforcement import visibility_of
from sim.rules.labour import leaving_rate
from sim.state import WEEKS_PER_YEAR


@rule
def sanction_cost(raids_a_year, capital, workers, lever, params):
    """Expected sanction over the planning horizon (USD): the chance of a raid times what it would cost."""
    return chance_of_raid(raids_a_year, params) * sanction_if_raided(capital, workers, lever, params)


@inlined
def chance_of_raid(raids_a_year, params):
    """That a raid comes within the planning horizon."""
    return 1.0 - exp(-raids_a_year * params.site_choice.horizon / WEEKS_PER_YEAR)


@rule
def sanction_if_raided(capital, workers, lever, params):
    """What a raid would cost a boss (USD): (severity, discounted for delay)^gamma.

    K = p [seized capital + replaced people + prison discounted + added severity]^gamma, with gamma in (0, 1] applied to
    the loss relative to `scale`, so that certainty, severity and celerity are three different levers.
    """
    return sanction_with(expected_prison(lever, params), capital, workers, params)


@inlined
def expected_prison(lever, params):
    """What prison after a raid would cost a boss (USD), by the law of a place."""
    p = params.sanction
    delay = p.delay_years * (1.0 - lever.celerity)
    caught = p.caught + (1.0 - p.caught) * lever.extradition
    return caught * (p.prison + lever.severity) * exp(-p.impatience * delay)


@rule
def expect_prison(prisons, levers, params):
    """The same in every place.   Writes  prisons (T)."""
    for t in range(len(prisons)):
        prisons[t] = expected_prison(levers.territory[t], params)


@inlined
def sanction_with(prison, capital, workers, params):
    """What a raid would cost a boss who expects such prison (USD)."""
    p = params.sanction
    loss = params.enforcement.capital_taken * max(capital, 0.0) + p.people_lost * workers * params.labour.price + prison
    return p.scale * power(loss / p.scale, p.gamma)


@rule
def setup_cost(there, params):
    """What a seat costs to set up (USD/person): less where landlords, suppliers and launderers serve others already."""
    p = params.site_choice
    return p.setup * (1.0 - p.agglomeration * there.workers / (there.workers + p.cluster))


@rule
def cost_of_move(origin, destination, territories, distance_km, crossing, levers, params):
    """What moving a crew costs (USD/person): a seat there, the way (no dearer beyond a flight's length), and a border, dearer if
    either side is closed."""
    p = params.site_choice
    cost = (
        setup_cost(territories[destination], params) + p.distance_cost * min(distance_km[origin, destination], p.far_km) / 100.0
    )
    if crossing[origin, destination] == 1:
        closed = max(levers.territory[origin].border_closure, levers.territory[destination].border_closure)
        cost += p.border_cost * (1.0 + p.closed_border * closed)
    elif crossing[origin, destination] == 2:
        cost += p.remote_cost
    return cost


@rule
def worth_of_place(crew, here, there, belief_there, lever_there, hidden, params):
    """What a crew expects to net in a place over the planning horizon, per worker (USD): profit less expected sanction."""
    return worth_if_seen(crew, visibility_of(crew, hidden, params), here, there, belief_there, lever_there, hidden, params)


@rule
def worth_if_seen(crew, visibility, here, there, belief_there, lever_there, hidden, params):
    """The same for a crew whose visibility has been worked out."""
    p, a = params.site_choice, params.accounts
    labour = 1.0 + p.labour_weight * (there.recruit_value / max(here.recruit_value, 1e-9) - 1.0)
    # power that fails is made up for within weeks, at a price: what counts is the output lost on the way, and the bill
    shortage = max(1.0 - there.supply - (crew.backup if there.identity == here.identity else 0.0), 0.0)
    supplied = 1.0 - shortage * min(0.5 * shortage / a.backup_speed / p.horizon, 1.0)
    lines = power(there.connectivity / here.connectivity, p.line_power)
    gross = crew.earning * labour * lines * supplied / max(crew.backup + (1.0 - crew.backup) * here.supply, 0.05)
    if hidden:
        gross *= p.hidden_output
    full = 1.0 - max(p.full - there.workers / max(there.capacity, 1.0), 0.0) / p.full
    replacing = leaving_rate(there, lever_there, params) * params.labour.price / max(there.recruit_ease, 0.2)
    costs = a.upkeep + there.rent * (1.0 + a.crowded_rent * there.crowding) + replacing
    laundering = crew.laundering + there.laundering - here.laundering
    margin = gross * (1.0 - there.tax - laundering - crew.bribe_rate) - costs
    threat = belief_there * visibility
    threat = sanction_cost(threat, crew.capital, crew.workers, lever_there, params)
    return p.horizon * margin - shortage * a.backup_cost - threat / max(crew.workers, 1.0) - p.crowding_cost * full * full
