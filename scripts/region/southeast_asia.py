"""The real region: evidence, geodata and judgement in, tables out."""

from region import grid, people, places
from region.raw import index, read_features, read_table
from region.territories import claim


def judgement(name):
    return read_table(f"judgement/{name}.csv")


def build():
    """{table: rows}, in the order and with the columns of the schema."""
    countries = index(judgement("countries"), "country", "judgement/countries.csv")
    rules = index(judgement("territories"), "territory", "judgement/territories.csv")
    classes = index(judgement("zone_classes"), "zone_class", "judgement/zone_classes.csv")
    governance = index(read_table("evidence/governance.csv"), "place", "evidence/governance.csv")
    decisions = index(judgement("sites"), "site_id", "judgement/sites.csv")
    evidence_sites = read_table("evidence/sites.csv")

    in_grid = {row["admin_code"]: code for code, row in countries.items() if row["remote"] == "0"}
    cells = grid.cover(read_features("admin1.geojson"), in_grid)
    owner = claim(cells, rules.values())
    ring, borders = grid.neighbours(cells), grid.border_km(cells)
    names = {code: row["name"] for code, row in countries.items() if row["remote"] == "0"}
    town_of = grid.towns(cells, read_features("places.geojson"), names)

    remote = places.remote_cell_rows(rules, countries, governance)
    remote_cells = {row["territory"]: row["cell"] for row in remote}
    sites = places.site_rows(evidence_sites, decisions, cells, owner, remote_cells)
    sites_in = {}
    for site in sites:
        sites_in[site["cell"]] = sites_in.get(site["cell"], 0) + 1
    hexagons = places.cell_rows(cells, owner, ring, borders, town_of, rules, countries, governance, sites_in)

    pools = people.pool_rows(judgement("pools"), read_table("evidence/victim_pools.csv"))
    labour = people.labour_rows(judgement("labour_pools"), read_table("evidence/labour_pools.csv"))
    return {
        "countries": places.country_rows(countries.values()),
        "cells": sorted(hexagons + remote, key=lambda r: (r["remote"], r["country"], r["territory"], r["cell"])),
        "territories": places.territory_rows(rules, countries, classes, governance, cells, owner, ring),
        "protectors": judgement("protectors"),
        "states": people.state_rows(judgement("states"), governance),
        "leverage": judgement("leverage"),
        "syndicates": judgement("syndicates"),
        "sites": sites,
        "pools": pools,
        "pool_languages": people.language_rows(judgement("pool_languages"), "pool", pools),
        "labour_pools": labour,
        "labour_languages": people.language_rows(judgement("labour_languages"), "labour_pool", labour),
        "schemes": judgement("schemes"),
        "scheme_blocs": judgement("scheme_blocs"),
        "sources": judgement("sources"),
    }
