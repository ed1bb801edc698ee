"""Tables of place: countries, cells, territories, sites."""

import calendar
import math

import h3

from region import grid
from region.raw import lookup, plain
from region.territories import touches

RURAL_WORKERS = 150  # people a cell with full connectivity can house without a town or a zone
WORKERS_PER_TOWN_PERSON = 0.003
SITE_WEIGHT = 3  # a cell with a known site gets this much more of its territory's zone capacity
RURAL_CONNECTIVITY = 0.8  # countryside relative to the national mean of internet and electricity
TOWN_LIFT = 0.6  # share of the gap to 1 that a town of a million closes


def country_rows(countries):
    keep = ("country", "name", "remote", "zone_name", "lat", "lon", "source", "grade")
    return [{key: row[key] for key in keep} for row in countries]


def base_connectivity(rule, country, governance):
    """Power and internet of the place before its towns count."""
    own = governance.get(rule["governance_place"])
    if own and own["level"] == "enclave" and own["internet_penetration_or_access_pct"]:
        return float(own["internet_penetration_or_access_pct"]) / 100
    row = lookup(governance, country["governance_place"], "evidence/governance.csv")
    national = float(row["internet_penetration_or_access_pct"]) + float(row["electricity_access_pct"])
    return RURAL_CONNECTIVITY * national / 200


def cell_rows(cells, owner, ring, borders, town_of, rules, countries, governance, sites_in):
    """One row per hexagon; sites_in counts the known sites of each cell."""
    weight = {cell: 1 + SITE_WEIGHT * sites_in.get(cell, 0) for cell in cells}
    weight_of = {}
    for cell, territory in owner.items():
        weight_of[territory] = weight_of.get(territory, 0) + weight[cell]
    rows = []
    for cell, here in cells.items():
        rule = rules[owner[cell]]
        town, people = town_of.get(cell, ("", 0))
        base = base_connectivity(rule, countries[here["country"]], governance)
        connectivity = base + (1 - base) * TOWN_LIFT * min(1.0, math.log1p(people) / math.log1p(1_000_000))
        zone = float(rule["zone_capacity_workers"]) * weight[cell] / weight_of[owner[cell]]
        capacity = RURAL_WORKERS * connectivity + WORKERS_PER_TOWN_PERSON * people + zone
        rows.append({
            "cell": cell, "lat": plain(here["lat"]), "lon": plain(here["lon"]), "country": here["country"],
            "territory": owner[cell], "remote": 0, "town": town, "population": people,
            "border_km": plain(borders[cell], 0), "connectivity": plain(connectivity, 3),
            "capacity_workers": 10 * round(capacity / 10), "neighbours": " ".join(ring[cell]),
            "source": f"geodata/admin1.geojson | geodata/places.geojson | evidence/governance.csv:"
            f"{countries[here['country']]['governance_place']} | judgement/territories.csv:{owner[cell]}",
            "grade": "D",
        })  # fmt: skip
    return rows


def remote_cell_rows(rules, countries, governance):
    """One row per host outside the grid, on the hexagon of its label point."""
    rows = []
    for rule in rules.values():
        if rule["shapes"] != "remote":
            continue
        country = countries[rule["country"]]
        lat, lon = float(rule["lat"]), float(rule["lon"])
        rows.append({
            "cell": h3.latlng_to_cell(lat, lon, grid.RESOLUTION), "lat": plain(lat), "lon": plain(lon),
            "country": rule["country"], "territory": rule["territory"], "remote": 1,
            "town": rule["note"].removeprefix("drawn at "), "population": 0, "border_km": 0,
            "connectivity": plain(base_connectivity(rule, country, governance) / RURAL_CONNECTIVITY, 3),
            "capacity_workers": int(rule["zone_capacity_workers"]), "neighbours": "",
            "source": f"evidence/governance.csv:{country['governance_place']}"
            f" | judgement/territories.csv:{rule['territory']}",
            "grade": "D",
        })  # fmt: skip
    return rows


def territory_rows(rules, countries, classes, governance, cells, owner, ring):
    """One row per territory; borders come from cells that touch."""
    rows = []
    for name, rule in rules.items():
        country, zone = countries[rule["country"]], classes[rule["zone_class"]]
        national = lookup(governance, country["governance_place"], "evidence/governance.csv")
        own = lookup(governance, rule["governance_place"], "evidence/governance.csv") if rule["governance_place"] else national
        rows.append({
            "territory": name, "name": rule["name"], "country": rule["country"], "controller": rule["controller"],
            "remote": country["remote"], "lat": rule["lat"], "lon": rule["lon"],
            "governance": plain(rule["governance"] or own["state_capacity_will_score_0_1"]),
            "corruption": corruption(own if own["wgi_control_corruption_pct_2022"] else national),
            "conflict": plain(rule["conflict"] or own["conflict_0_1"] or national["conflict_0_1"]),
            "china_border": touches(name, "chn", cells, owner, ring),
            "thai_border": touches(name, "tha", cells, owner, ring),
            "rent_usd_per_worker_week": zone["rent_usd_per_worker_week"],
            "sez": 1 if name == "golden_triangle" else zone["sez"],
            "source": f"evidence/governance.csv:{own['place']} | {zone['source']} | {rule['source']}", "grade": "D",
        })  # fmt: skip
    return rows


def corruption(governance_row):
    """1 − WGI control-of-corruption percentile / 100."""
    return plain(1 - float(governance_row["wgi_control_corruption_pct_2022"]) / 100)


def site_rows(evidence, decisions, cells, owner, remote_cells):
    """Evidence sites in their territory and nearest cell; sites without a territory are dropped by decision."""
    rows = []
    for found in evidence:
        decision = lookup(decisions, found["site_id"], "judgement/sites.csv")
        if not decision["territory"]:
            continue
        territory = decision["territory"]
        lat, lon = float(found["lat"]), float(found["lon"])
        inside = [cell for cell, name in owner.items() if name == territory]
        cell = (
            grid.nearest(cells, inside, lat, lon)[0] if inside else lookup(remote_cells, territory, "judgement/territories.csv")
        )
        rows.append({
            "site": found["site_id"].lower(), "name": found["name"], "territory": territory, "cell": cell,
            "lat": found["lat"], "lon": found["lon"], "kind": found["type"].lower().replace(" ", "_"),
            "active_from": day(found["active_from"], last=False), "active_to": day(found["active_to"], last=True),
            "workers_low": found["workers_low"], "workers_high": found["workers_high"],
            "compounds_low": found["compounds_low"], "compounds_high": found["compounds_high"],
            "aggregate_of": decision["aggregate_of"], "syndicate": decision["syndicate"],
            "coord_precision": found["coord_precision"],
            "source": f"evidence/sites.csv:{found['site_id']} | judgement/sites.csv:{found['site_id']}",
            "grade": site_grade(found),
        })  # fmt: skip
    return rows


def site_grade(found):
    """B for a retrieved source with a reported number and coordinates; else C: most sizes are analyst estimates."""
    estimated = "estimate" in found["workers_basis"] or "estimate" in found["compounds_basis"]
    return "B" if found["provenance"] == found["coord_basis"] == "retrieved" and not estimated else "C"


def day(text, last):
    """A year or month of the evidence as its first or last day; empty stays empty."""
    if not text:
        return ""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return f"{parts[0]}-12-31" if last else f"{parts[0]}-01-01"
    if len(parts) == 2:
        end = calendar.monthrange(*parts)[1] if last else 1
        return f"{parts[0]}-{parts[1]:02d}-{end:02d}"
    return text
