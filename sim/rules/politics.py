"""Step 2: states feel what is done to their citizens and settle how much enforcement they spend."""

from sim.compiled import rule


@rule
def decide_effort(states, effort, pools, territories, policy, levers, params):
    """Feel reported losses; settle the effort of each state in each territory.

    Writes  states.outrage, states.strained; effort (S x T, raids per compound-year).
    Reads   pools.reported (USD this week), territories.compounds, policy and levers.effort (S x T).

    Outrage is a fading memory of reported losses per head. Effort is the standing policy plus what levers ask for, scaled
    down when the raids it implies exceed the state's capacity: effort spent here is not spent there (params.politics.budgeted;
    0 makes effort additive).
    """
    p = params.politics
    for s in range(len(states)):
        states[s].outrage *= 1.0 - p.outrage_fade
    for k in range(len(pools)):
        if pools[k].state >= 0:
            states[pools[k].state].outrage += pools[k].reported / pools[k].population

    for s in range(len(states)):
        raids_a_year = 0.0
        for t in range(len(territories)):
            effort[s, t] = policy[s, t] * levers.territory[t].standing + levers.effort[s, t]
            raids_a_year += effort[s, t] * territories[t].compounds
        capacity = states[s].raid_capacity * levers.state[s].budget
        states[s].strained = 0.0
        if raids_a_year <= capacity or p.budgeted == 0.0:
            continue
        states[s].strained = 1.0 - capacity / raids_a_year
        for t in range(len(territories)):
            effort[s, t] *= capacity / raids_a_year
