"""A small made-up comparison with real H3 cells: the tables as an experiment would hand them to the figures."""

import h3
import numpy as np
import pandas as pd

START = pd.Timestamp("2023-10-30")
PLACES = {  # territory: name, country, lat, lon, remote, workers, response to the intervention (share of workers)
    "kokang": ("Kokang", "mmr", 23.69, 98.76, 0, 9000, -0.80),
    "wa": ("Wa area", "mmr", 22.15, 99.20, 0, 4000, 0.30),
    "myawaddy": ("Myawaddy", "mmr", 16.69, 98.51, 0, 12000, 0.35),
    "mong_la": ("Mong La", "mmr", 21.67, 100.03, 0, 1500, 0.25),
    "yunnan": ("Yunnan", "chn", 24.90, 102.70, 0, 600, -0.20),
    "guangdong": ("Guangdong", "chn", 23.20, 113.30, 0, 500, -0.10),
    "mae_sot": ("Mae Sot", "tha", 16.71, 99.20, 0, 300, 0.10),
    "golden_triangle": ("Golden Triangle", "lao", 20.35, 100.10, 0, 5000, 0.20),
    "boten": ("Boten", "lao", 21.19, 101.68, 0, 700, 0.10),
    "sihanoukville": ("Sihanoukville", "khm", 10.62, 103.52, 0, 15000, 0.12),
    "poipet": ("Poipet", "khm", 13.65, 102.56, 0, 5000, 0.10),
    "bavet": ("Bavet", "khm", 11.07, 106.13, 0, 4000, 0.05),
    "manila": ("Manila", "phl", 14.60, 120.98, 0, 9000, -0.03),
    "johor": ("Johor", "mys", 1.90, 103.40, 0, 700, 0.05),
    "hanoi": ("Ha Noi", "vnm", 21.03, 105.85, 0, 400, 0.02),
    "idn": ("Indonesia", "idn", -6.2, 106.8, 1, 500, 0.15),
    "gulf": ("Gulf states", "gulf", 25.2, 55.3, 1, 900, 0.45),
    "caucasus": ("South Caucasus & Türkiye", "caucasus", 41.7, 44.8, 1, 200, 0.50),
    "west_africa": ("West Africa", "west_africa", 6.5, 3.4, 1, 300, 0.20),
    "east_africa": ("East Africa", "east_africa", -1.3, 36.8, 1, 150, 0.0),
    "southern_africa": ("Southern Africa", "southern_africa", -15.4, 28.3, 1, 200, 0.1),
    "south_asia": ("South Asia", "south_asia", 6.9, 79.9, 1, 600, 0.3),
    "pacific": ("Pacific & Timor-Leste", "pacific", -8.6, 125.6, 1, 100, 0.3),
    "south_america": ("South America", "south_america", -12.0, -77.0, 1, 120, -0.05),
    "eastern_europe": ("Eastern Europe", "eastern_europe", 50.4, 30.5, 1, 80, 0.1),
}
COUNTRIES = {"mmr": "Myanmar", "chn": "China", "tha": "Thailand", "lao": "Laos", "khm": "Cambodia",
             "phl": "Philippines", "mys": "Malaysia", "vnm": "Viet Nam"}  # fmt: skip
POOLS = {  # pool: bloc, losses without (bn USD a year), change
    "china": ("chinese_speaking", 21.0, -0.22), "taiwan": ("chinese_speaking", 2.1, -0.05),
    "hong_kong": ("chinese_speaking", 1.2, -0.02), "thailand": ("regional_asian", 1.8, 0.05),
    "viet_nam": ("regional_asian", 2.2, 0.03), "singapore": ("regional_asian", 0.6, 0.04),
    "malaysia": ("regional_asian", 0.9, 0.04), "japan": ("regional_asian", 0.7, 0.02),
    "usa": ("western", 8.2, 0.11), "uk": ("western", 1.9, 0.08), "canada": ("western", 0.8, 0.09),
    "australia": ("western", 1.1, 0.07), "india": ("other", 1.6, 0.02), "brazil": ("other", 0.5, 0.01),
}  # fmt: skip
SEEDS = range(1, 13)
VARIANTS = ("", "mobility=off", "entry=off")
PARTS = {"own_country": 0.5, "cross_border": 0.4, "out_of_region": 0.1}  # of net displacement


def effect(months):
    """How far the response has come after so many months (an array)."""
    return np.where(months < 0, 0.0, 1 - np.exp(-np.clip(months, 0, None) / 8))


def tables():
    """The tables of a comparison by name, the same at every call."""
    rng = np.random.default_rng(7)
    territories = pd.DataFrame(
        [(key, *place[:2], *place[2:5]) for key, place in PLACES.items()],
        columns=["territory", "name", "country", "lat", "lon", "remote"],
    )
    scenarios = pd.DataFrame(
        {
            "scenario": ["baseline", "kokang_crackdown", "staged_raids", "awareness_china"],
            "title": ["Baseline", "Crackdown on Kokang", "Staged raids", "Awareness campaign in China"],
            "target": ["", "Kokang", "Kokang", "China's online public"],
            "start": ["", "2023-10-30", "2023-10-30", "2023-10-30"],
            "end": [None] * 4,
            "relative_to": [None, "baseline", "baseline", "baseline"],
        }
    )
    zones = pd.DataFrame({"scenario": "kokang_crackdown", "territory": list(PLACES), "zone": [zone(t) for t in PLACES]})
    return {
        "territories": territories,
        "countries": pd.DataFrame({"country": list(COUNTRIES), "name": list(COUNTRIES.values())}),
        "scenarios": scenarios,
        "zones": zones,
        "weekly": weekly(rng),
        "pools": pools(rng),
        **cells_and_moves(rng),
        "comparison": comparison(),
        "points": points(),
        "specifications": specifications(rng),
        "boxes": boxes(),
        "screening": screening(),
        "indices": indices(),
        **calibration(rng),
        "phase": phase(),
    }


def zone(territory):
    country, remote = PLACES[territory][1], PLACES[territory][4]
    if territory == "kokang":
        return "target"
    return "out_of_region" if remote else "own_country" if country == "mmr" else "cross_border"


def weekly(rng):
    dates = pd.date_range(START - pd.Timedelta(weeks=108), START + pd.Timedelta(weeks=266), freq="7D")
    months = np.asarray((dates - START).days / 30.4375)
    frames = []
    for seed in SEEDS:
        luck = rng.normal(1, 0.35)
        for territory, (_, country, _, _, _, workers, response) in PLACES.items():
            noise = np.cumsum(rng.normal(0, 0.01, len(dates)))
            without = workers * np.exp(0.1 + noise)
            wobble = 0.03 * np.cumsum(rng.normal(0, 1, len(dates)) * (months >= 0)) / np.sqrt(len(dates))
            with_it = without * (1 + (response * luck + wobble) * effect(months))
            for scenario, people in (("baseline", without), ("kokang_crackdown", with_it)):
                frame = {"scenario": scenario, "seed": seed, "date": dates, "territory": territory, "country": country}
                frames.append(pd.DataFrame({**frame, "workers": people.astype("float32")}))
    table = pd.concat(frames, ignore_index=True)
    return table.astype(dict.fromkeys(("scenario", "territory", "country"), "category"))


def pools(rng):
    dates = pd.date_range(START, periods=157, freq="7D")
    frames = []
    for seed in SEEDS:
        for pool, (bloc, level, change) in POOLS.items():
            without = level * 1e9 / 52.18 * rng.lognormal(0, 0.05)
            with_it = without * (1 + change * rng.normal(1, 0.4))
            for scenario, losses in (("baseline", without), ("kokang_crackdown", with_it)):
                row = {"scenario": scenario, "seed": seed, "date": dates, "pool": pool, "bloc": bloc}
                frames.append(pd.DataFrame({**row, "losses_usd": losses}))
    return pd.concat(frames, ignore_index=True)


def cells_and_moves(rng):
    geo, cells, moves = [], [], []
    for territory, (_, country, lat, lon, remote, workers, response) in PLACES.items():
        middle = h3.latlng_to_cell(lat, lon, 4)
        ring = [middle] if remote else h3.grid_disk(middle, 3)
        geo += [(cell, *h3.cell_to_latlng(cell), country, territory, remote) for cell in ring]
        used = ring[: 1 if remote else 6]
        share = rng.dirichlet(np.ones(len(used)))
        for seed in SEEDS:
            for weeks in (0, 13, 26, 39, 52, 65, 78, 91, 104, 130, 156, 182):
                date = START + pd.Timedelta(weeks=weeks)
                grown = 1 + response * rng.normal(1, 0.3) * effect(np.array(weeks / 4.35))
                for cell, part in zip(used, share, strict=True):
                    cells.append(("baseline", seed, date, cell, territory, workers * part))
                    cells.append(("kokang_crackdown", seed, date, cell, territory, workers * part * grown))
    steps = [("kokang", "wa", 900), ("kokang", "golden_triangle", 420), ("kokang", "sihanoukville", 700),
             ("kokang", "gulf", 260), ("kokang", "myawaddy", 800), ("kokang", "caucasus", 80), ("myawaddy", "poipet", 220),
             ("yunnan", "mong_la", 150), ("kokang", "south_asia", 120), ("manila", "idn", 40), ("kokang", "boten", 130),
             ("myawaddy", "gulf", 110), ("sihanoukville", "gulf", 90), ("golden_triangle", "myawaddy", 90)]  # fmt: skip
    for seed in SEEDS:
        for origin, destination, people in steps:
            for weeks in range(2, 160, 6):
                for scenario, share in (("baseline", 0.1), ("kokang_crackdown", 1.0)):
                    date = START + pd.Timedelta(weeks=weeks)
                    amount = people * share * rng.uniform(0.5, 1.5) * 6 / 52 * np.exp(-weeks / 80)
                    moves.append((scenario, seed, date, "0" * 16, origin, None, destination, None, "raided", amount))
        moves.append(("kokang_crackdown", seed, START, "1" * 16, "kokang", None, None, None, "exit", 500.0))
    move_columns = ["scenario", "seed", "date", "compound", "origin_territory", "origin_cell", "destination_territory",
                    "destination_cell", "cause", "workers"]  # fmt: skip
    geo = pd.DataFrame(geo, columns=["cell", "lat", "lon", "country", "territory", "remote"]).drop_duplicates("cell")
    return {
        "cells_geo": geo,
        "cells": pd.DataFrame(cells, columns=["scenario", "seed", "date", "cell", "territory", "workers"]),
        "moves": pd.DataFrame(moves, columns=move_columns),
    }


def comparison():
    rows = [
        ("kokang_crackdown", 12, (-0.62, -0.70, -0.55), (0.84, 0.55, 1.20), (-0.04, -0.07, -0.01), (0.09, 0.05, 0.13), "PARTIAL"),
        ("staged_raids", 12, (-0.02, -0.05, 0.01), (None,) * 3, (0.001, -0.01, 0.012), (0.004, -0.01, 0.02), "NO SUPPRESSION"),
        ("awareness_china", 12, (None,) * 3, (None,) * 3, (-0.15, -0.19, -0.11), (0.12, -0.9, 2.4), "INDETERMINATE"),
    ]  # fmt: skip
    table = []
    for name, count, *measures, verdict in rows:
        row = {"scenario": name, "pairs": count, "verdict": verdict}
        for measure, values in zip(("suppression", "ndr", "loss_change", "western_loss_change"), measures, strict=True):
            row |= dict(zip((measure, f"{measure}_low", f"{measure}_high"), values, strict=True))
        table.append(row)
    rest = {"worker_change": -0.03, "chinese_loss_change": -0.2, "western_share_change": 0.031, "forced_labour_change": -0.02}
    made = pd.DataFrame(table).assign(target="Kokang", **rest)
    return made.assign(**{f"ndr_{zone}": made["ndr"] * part for zone, part in PARTS.items()})


def points():
    """Outcomes of the headline and of two claims in draws and variants of the model."""
    rows = [("headline", draw, "", "holds" if draw < 5 else "fails") for draw in range(1, 9)]
    rows += [(part, draw, "", "holds" if draw < 5 else "undefined") for part in ("H1", "H2") for draw in range(1, 9)]
    rows += [(part, 0, variant, "reverses" if variant else "holds") for part in ("H1", "H2") for variant in VARIANTS]
    return pd.DataFrame(rows, columns=["claim", "draw", "structure", "outcome"])


def specifications(rng):
    """Estimates of two parts of the headline in the same points; one of them is undefined."""
    rows = []
    for part, rope in (("H1", 0.10), ("H2", 0.02)):
        for draw, structure in [(0, variant) for variant in VARIANTS] + [(draw, "") for draw in range(1, 9)]:
            shipped = draw == 0 and not structure
            value = np.nan if draw == 8 else rng.normal(0.3, 0.2)
            ends = (value - 0.1, value + 0.1) if shipped else (np.nan, np.nan)
            outcome = "undefined" if draw == 8 else "holds" if value > rope else "fails"
            head = (part, f"Paraphrase of {part}", f"people of part {part}", 6, 36, True, -rope, rope)
            rows.append((*head, draw, structure, value, *ends, outcome))
    columns = ["claim", "paraphrase", "words", "from_month", "to_month", "percent", "rope_low", "rope_high", "draw", "structure",
               "value", "low", "high", "outcome"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def boxes():
    """A box of the headline with two limits, and one of a claim."""
    rows = [
        ("headline", "fails", "Crackdowns displace rather than end", "enforcement.leak", 0.1, 0.4, 0.0, 0.35, 0.6, 0.85),
        ("headline", "fails", "Crackdowns displace rather than end", "growth.growth_rate", 0.02, 0.1, 0.4, 1.0, 0.6, 0.85),
        ("C001", "holds", "Operations slip away", "beliefs.spill_abroad", 0.5, 1.0, 0.5, 1.0, 0.7, 0.9),
    ]
    columns = ["claim", "outcome", "paraphrase", "parameter", "low", "high", "low_at", "high_at", "coverage", "density"]
    return pd.DataFrame(rows, columns=columns).assign(label=lambda table: "A parameter in words (" + table["parameter"] + ")")


def screening():
    """Two stages of a screening: twenty factors and three parameters, and what another set of seeds does."""
    rows = [("factors", f"file_{k}", f"What file {k} is about", 9, np.nan, 0.02 * k, 0.03, np.nan) for k in range(20)]
    rows += [("parameters", f"a.{k}", f"What parameter {k} is (a.{k})", 1, -0.1 * k, 0.1 * k, 0.05, 0.1) for k in range(3)]
    rows += [(stage, "seed", "Chance (seeds)", 0, np.nan, 0.04, 0.01, np.nan) for stage in ("factors", "parameters")]
    columns = ["stage", "factor", "label", "parameters", "mu", "mu_star", "mu_star_conf", "sigma"]
    words = {"effect": "elsewhere", "effect_label": "People held outside the target", "effect_unit": "% of all people held"}
    return pd.DataFrame(rows, columns=columns).assign(span=1.0, **words)


def indices():
    """Sobol indices of three parameters and of chance, for two effects."""
    rows = []
    for effect, label in (("elsewhere", "People held outside the target"), ("losses", "All victims' losses")):
        for factor, alone, whole in (("seed", 0.2, 0.5), ("a.1", 0.1, 0.2), ("a.2", 0.4, 0.6), ("a.3", -0.1, 0.0)):
            rows.append((effect, label, factor, f"What {factor} is ({factor})", alone, 0.2, whole, 1.2))
    columns = ["effect", "effect_label", "factor", "label", "S1", "S1_conf", "ST", "ST_conf"]
    return pd.DataFrame(rows, columns=columns).assign(span=0.25)


def calibration(rng):
    """Three anchors, one of which no kept draw comes near; two effects over draws; ranks of forty truths."""
    rows = [
        ("workforce of a place, late 2023", "people", 50e3, 100e3, 0.0, 2e3, 60e3, 40e3, 70e3, 120e3, 85e3),
        ("revenue of a country, 2023", "USD/year", 18e9, 44e9, 1e9, 9e9, 1e12, 12e9, 20e9, 30e9, 32e9),
        ("growth of reported losses", "ratio", 2.7, 4.3, 0.5, 1.0, 2.0, np.nan, np.nan, np.nan, 1.5),
    ]
    tails = [f"{group}_{tail}" for group in ("prior", "calibrated") for tail in ("05", "50", "95")]
    predictive = pd.DataFrame(rows, columns=["anchor", "unit", "low", "high", *tails, "shipped"])
    effects = (("ndr", "Net displacement ratio", "ratio", 0.4), ("losses", "All victims' losses", "% of all losses", -0.04))
    calibrated, recovered = [], []
    for effect, label, unit, shipped in effects:
        for group, defined, draws in (("prior", 60, 300), ("calibrated", 0 if effect == "losses" else 25, 30)):
            same = {"effect": effect, "label": label, "unit": unit, "group": group, "defined": defined, "draws": draws}
            values = rng.standard_t(2, defined) * 0.3 if defined else [np.nan]
            calibrated += [same | {"draw": k, "value": value, "shipped": shipped} for k, value in enumerate(values)]
        ranks = np.where(np.arange(40) < 35, rng.random(40), np.nan)
        recovered += [
            {"group": "prior", "effect": effect, "label": label, "rank": rank, "inside": abs(rank - 0.5) < 0.45} for rank in ranks
        ]
    return {
        "predictive": predictive.assign(prior_draws=300, calibrated_draws=30),
        "calibrated": pd.DataFrame(calibrated), "recovered": pd.DataFrame(recovered),
    }  # fmt: skip


def phase():
    """Points of a phase diagram, three across and four up: each regime that has a number, and three that have none."""
    regimes = [["PARTIAL", "INDETERMINATE", "NO SUPPRESSION"], ["FULL", "NO DISPLACEMENT", "EMPTY"],
               ["WORSE", "DIFFUSION", "ENDS"], ["NOT SPATIAL"] * 3]  # fmt: skip
    ratios = [[0.4, 0.11, np.nan], [0.97, 0.02, np.nan], [1.3, -0.2, 0.0], [np.nan] * 3]
    rows = []
    for up, (row, numbers) in enumerate(zip(regimes, ratios, strict=True)):
        for across, (regime, ndr) in enumerate(zip(row, numbers, strict=True)):
            share = (0.2, 0.5, 0.95, 1.0)[up]
            told = {"column": across, "row": up, "x": 2.0 ** (across - 1), "x_tick": f"×{2.0 ** (across - 1):g}"}
            told |= {"y": share, "y_tick": f"{100 * share:.0f}%"}
            told |= {"usual": across == 1 and up == 0, "regime": regime, "by_estimate": "PARTIAL", "places": 1 + up}
            told |= {"suppression": -0.5, "ndr": ndr, "ndr_low": ndr - 0.02, "ndr_high": ndr + 0.02, "coverage": share}
            west = 0.03 if regime == "WORSE" else -0.1 * up
            told |= {"western_loss_change": west, "western_loss_change_low": west - 0.01, "worker_change": -0.1}
            rows.append(told)
    words = {"x_axis": "Cost of moving a crew (times the usual)", "y_axis": "Coverage: share of all people held in the target"}
    return pd.DataFrame(rows).assign(**words, intensity=1.0, raids_asked=1000.0, raids_affordable=1800.0, pairs=6)
