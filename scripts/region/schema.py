"""The columns of every table, and which column points into which table."""

_COLUMNS = {
    "countries": "country name remote zone_name lat lon",
    "cells": "cell lat lon country territory remote town population border_km connectivity capacity_workers neighbours",
    "territories": "territory name country controller remote lat lon governance corruption conflict"
    " china_border thai_border rent_usd_per_worker_week sez",
    "protectors": "protector name kind country patron allies opponents stance shield tax_rate strength dependence china_access",
    "states": "state name country bloc capacity corruption raid_capacity_per_year",
    "leverage": "state on_state leverage",
    "syndicates": "syndicate name kind home territories patrons leaders share_2019",
    "sites": "site name territory cell lat lon kind active_from active_to workers_low workers_high compounds_low"
    " compounds_high aggregate_of syndicate coord_precision",
    "pools": "pool name bloc state population_m users_2015_m users_2020_m users_2025_m wealth_usd english_share"
    " reporting_rate recovered_share friction",
    "pool_languages": "pool language share",
    "labour_pools": "labour_pool name country_code_iso3 lat lon young_adults_m unemployment_share gdp_per_capita_usd"
    " poverty conflict english_share network_2019",
    "labour_languages": "labour_pool language share",
    "schemes": "scheme name conversion_relative ticket_relative labour_intensity visibility laundering_route language_need",
    "scheme_blocs": "scheme bloc weight",
}
COLUMNS = {table: [*columns.split(), "source", "grade"] for table, columns in _COLUMNS.items()}
COLUMNS["sources"] = ["table", "column", "source", "grade", "note"]

BLOCS = ("chinese_speaking", "regional_asian", "western", "other")

# (table, column, table it points into, column there, empty allowed); lists are space-separated
LINKS = [
    ("cells", "country", "countries", "country", False),
    ("cells", "territory", "territories", "territory", False),
    ("cells", "neighbours", "cells", "cell", True),
    ("territories", "country", "countries", "country", False),
    ("territories", "controller", "protectors", "protector", False),
    ("protectors", "country", "countries", "country", False),
    ("protectors", "patron", "states", "state", True),
    ("protectors", "allies", "protectors", "protector", True),
    ("protectors", "opponents", "protectors", "protector", True),
    ("states", "country", "countries", "country", True),
    ("leverage", "state", "states", "state", False),
    ("leverage", "on_state", "states", "state", False),
    ("syndicates", "home", "territories", "territory", False),
    ("syndicates", "territories", "territories", "territory", False),
    ("syndicates", "patrons", "protectors", "protector", True),
    ("sites", "territory", "territories", "territory", False),
    ("sites", "cell", "cells", "cell", False),
    ("sites", "syndicate", "syndicates", "syndicate", True),
    ("pools", "state", "states", "state", True),
    ("pool_languages", "pool", "pools", "pool", False),
    ("labour_languages", "labour_pool", "labour_pools", "labour_pool", False),
    ("scheme_blocs", "scheme", "schemes", "scheme", False),
]

# columns that hold a share or a score between 0 and 1
SHARES = {
    "cells": ["connectivity"],
    "territories": ["governance", "corruption", "conflict"],
    "protectors": ["shield", "tax_rate", "dependence", "china_access"],
    "states": ["capacity", "corruption"],
    "leverage": ["leverage"],
    "syndicates": ["share_2019"],
    "pools": ["english_share", "reporting_rate", "recovered_share", "friction"],
    "pool_languages": ["share"],
    "labour_pools": ["unemployment_share", "poverty", "conflict", "english_share", "network_2019"],
    "labour_languages": ["share"],
    "schemes": ["visibility", "language_need"],
}
