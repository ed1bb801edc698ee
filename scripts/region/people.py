"""Tables of people: victim pools, labour pools, their languages; states."""

import math

from region.places import corruption
from region.raw import index, lookup, plain

BLOC = {
    "Chinese-speaking": "chinese_speaking",
    "Regional Asian": "regional_asian",
    "Western": "western",
    "Other": "other",
}
POOREST_USD, RICHEST_USD = 1_000, 50_000  # GDP per head at which poverty is 1 and 0
ENGLISH_OF_CHINA = 0.06  # the evidence's 1.0 for China reads as Mandarin


def state_rows(states, governance):
    """States with capacity and corruption from governance rows where there is one, else from the judgement file."""
    rows = []
    for state in states:
        row = {key: state[key] for key in ("state", "name", "country", "bloc", "raid_capacity_per_year", "grade")}
        if state["governance_place"]:
            found = lookup(governance, state["governance_place"], "evidence/governance.csv")
            row["capacity"] = plain(found["state_capacity_will_score_0_1"])
            row["corruption"] = corruption(found)
            row["source"] = f"evidence/governance.csv:{state['governance_place']} | {state['source']}"
        else:
            row |= {"capacity": state["capacity"], "corruption": state["corruption"], "source": state["source"]}
        rows.append(row)
    return rows


def pool_rows(pools, evidence):
    """Victim pools: people, users and wealth from the evidence; reporting, recovery and friction by judgement."""
    found_by = index(evidence, "pool", "evidence/victim_pools.csv")
    rows = []
    for pool in pools:
        found = lookup(found_by, pool["evidence_pool"], "evidence/victim_pools.csv")
        people = float(found["population_m_2024"])
        rows.append({
            "pool": pool["pool"], "name": pool["name"], "bloc": BLOC[found["bloc"]], "state": pool["state"],
            "population_m": plain(people), "users_2015_m": plain(people * float(found["pen_2015_pct"]) / 100, 2),
            "users_2020_m": plain(people * float(found["pen_2020_pct"]) / 100, 2),
            "users_2025_m": plain(found["internet_users_m_2025"]), "wealth_usd": found["median_wealth_per_adult_usd"],
            "english_share": plain(float(found["english_proficient_share_pct"]) / 100),
            "reporting_rate": pool["reporting_rate"], "recovered_share": pool["recovered_share"],
            "friction": pool["friction"],
            "source": f"evidence/victim_pools.csv:{pool['evidence_pool']} | {pool['source']}", "grade": pool["grade"],
        })  # fmt: skip
    return rows


def labour_rows(pools, evidence):
    """Labour pools: the first row of each source country (the evidence repeats China)."""
    found_by = {}
    for row in evidence:
        found_by.setdefault(row["source_country"], row)
    rows = []
    for pool in pools:
        found = lookup(found_by, pool["evidence_country"], "evidence/labour_pools.csv")
        gdp = float(found["gdp_pc_usd"])
        english = found["english_capable_share_18_35"] if pool["labour_pool"] != "china" else ENGLISH_OF_CHINA
        rows.append({
            "labour_pool": pool["labour_pool"], "name": pool["name"], "country_code_iso3": pool["country_code_iso3"],
            "lat": pool["lat"], "lon": pool["lon"], "young_adults_m": plain(found["population_18_35_m"]),
            "unemployment_share": plain(float(found["youth_unemployment_pct"]) / 100),
            "gdp_per_capita_usd": plain(gdp), "poverty": plain(poverty(gdp), 3), "conflict": pool["conflict"],
            "english_share": plain(english), "network_2019": pool["network_2019"],
            "source": f"evidence/labour_pools.csv:{pool['evidence_country']} | {pool['source']}",
            "grade": pool["grade"],
        })  # fmt: skip
    return rows


def poverty(gdp_per_capita_usd):
    """1 at POOREST_USD a head, 0 at RICHEST_USD, linear in the logarithm, clipped."""
    share = 1 - math.log(gdp_per_capita_usd / POOREST_USD) / math.log(RICHEST_USD / POOREST_USD)
    return min(1.0, max(0.0, share))


def language_rows(rows, key, owners):
    """Language shares by hand, with English from each owner's english_share; one row per owner and language."""
    by_hand = [row for row in rows if row["language"] != "english"]
    english = [
        {
            key: owner[key],
            "language": "english",
            "share": owner["english_share"],
            "source": owner["source"],
            "grade": owner["grade"],
        }
        for owner in owners
        if float(owner["english_share"]) > 0
    ]
    order = {owner[key]: place for place, owner in enumerate(owners)}
    return sorted(by_hand + english, key=lambda row: (lookup(order, row[key], key), row["language"] == "english"))
