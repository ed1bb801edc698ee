"""Step 9: accounts: what becomes of the money."""

import numpy as np

from sim.compiled import rule
from sim.rules.laundering import charge_fees
from sim.state import OPEN, fixed, real


@rule
def settle(compounds, mix, laundry, schemes, territories, protectors, syndicates, levers, flows, params, clock):
    """Divide each crew's revenue and put the rest where it goes.

    revenue = tax + bribes + laundering + upkeep (wages, food, rent, recruiting) + owners + businesses + to_capital.

    Writes  compounds.capital, profit, earning, laundering, cover, backup; syndicates.assets (income of the week, and what crews
            that closed last week left, come in; owners consume a share);
            protectors.income, territories.profit (fixed); flows.
    A crew in the red draws its capital down: to_capital is then negative. Backup power is bought while supply is short.
    """
    p, fees = params.accounts, np.empty(clock.compounds)
    charge_fees(fees, compounds, mix, laundry, schemes)
    for g in range(len(protectors)):
        protectors[g].income = 0
    for t in range(len(territories)):
        territories[t].profit, territories[t].bribes = 0, 0
    taxed, bribed, laundered, kept_up, owned, put_aside, into_capital = 0, 0, 0, 0, 0, 0, 0  # the week's sums, fixed point
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN:
            continue
        place = territories[crew.territory]
        tax = place.tax * crew.revenue
        bribes = crew.bribe_rate * crew.revenue
        fee = fees[i] + levers.syndicate[syndicates[crew.syndicate].family].sanction
        crew.laundering = min(fee, 1.0 - place.tax - crew.bribe_rate)
        laundering = crew.laundering * crew.revenue
        recruiting = crew.hired * params.labour.price / max(place.recruit_ease, 0.2)
        upkeep = crew.workers * (p.upkeep + place.rent * (1.0 + p.crowded_rent * place.crowding)) + recruiting
        crew.hired = 0.0
        profit = crew.revenue - tax - bribes - laundering - upkeep
        crew.profit = profit

        wanted = max(p.reserve * crew.workers - crew.capital, 0.0)
        kept = profit if profit < 0.0 else min(profit * p.reinvested, wanted)
        spare = max(profit - kept, 0.0) if profit > 0.0 else 0.0
        into_business = spare * p.businesses_share
        crew.capital += kept
        crew.cover += p.cover_speed * (into_business / (into_business + p.cover_cost * crew.workers + 1.0) - crew.cover)

        shortage = 1.0 - place.supply
        if shortage > crew.backup:
            bought = min(p.backup_speed, shortage - crew.backup)
            price = bought * p.backup_cost * crew.workers
            crew.backup += bought
            crew.capital -= price
            flows[0].spent_moving += fixed(price)

        if crew.workers > 0.0:
            crew.earning += p.earning_memory * (crew.revenue / crew.workers - crew.earning)
        protectors[place.protector].income += fixed(tax)
        syndicates[crew.syndicate].income += fixed(spare - into_business)
        place.profit += fixed(profit)
        place.bribes += fixed(bribes)
        taxed += fixed(tax)
        bribed += fixed(bribes)
        laundered += fixed(laundering)
        kept_up += fixed(upkeep)
        owned += fixed(spare - into_business)
        put_aside += fixed(into_business)
        into_capital += fixed(kept)
    flows[0].tax += taxed
    flows[0].bribes += bribed
    flows[0].laundering += laundered
    flows[0].upkeep += kept_up
    flows[0].owners += owned
    flows[0].businesses += put_aside
    flows[0].to_capital += into_capital
    for y in range(clock.syndicates):
        group = syndicates[y]
        group.assets += real(group.income)
        group.income = 0
        consumed = max(group.assets, 0.0) * p.spent_by_owners
        group.assets -= consumed
        flows[0].consumed += fixed(consumed)
