"""The report of a comparison: verdict cards, the table, who gains and who loses, the map, the figures, how it was made."""

import math

import pandas as pd

from sim import plots
from sim.claims.verdict import sentence
from sim.measures.paired import paired_pools, per_pair, window_means
from sim.measures.pairing import FEWEST, TOO_FEW, pairing_text
from sim.plots import style
from sim.plots.dumbbell import pool_name
from sim.report.atlas import atlas
from sim.report.page import DASH, cell, column, fill, numbers, percent, typeset
from sim.report.pictures import embedded

ORDER = ("forest", "tradeoff", "waterfall", "horizons", "fan", "dumbbell", "recovery", "change_map", "operations")
TITLES = {
    "forest": "All scenarios, each beside its counterpart",
    "tradeoff": "Chinese-speaking against Western losses",
    "waterfall": "Through which channel operations reappear",
    "horizons": "Net displacement by horizon",
    "fan": "Paired differences by zone",
    "dumbbell": "Losses of victim pools",
    "recovery": "Until the target is back",
    "change_map": "Change on the map, with moves over borders",
    "operations": "Operations through the years",
}
PAIRING = "times as many runs that worlds without shared draws need for the same interval, of people / of losses in all"
COLUMNS = [
    column("title", "Scenario", kind="text"),
    column("verdict", "Verdict", "by the rules below", kind="text"),
    column("suppression", "Suppression", "change in people held in the target, per cent, with 95 % interval"),
    column("ndr", "Of 100", "of each 100 people removed from the target, how many are held elsewhere because of it"),
    column("ndr_own_country", "own", "of these, in other parts of the country"),
    column("ndr_cross_border", "over", "of these, across a border in the region"),
    column("ndr_out_of_region", "out", "of these, out of the region"),
    column("worker_change", "Workers", "change in all people held, per cent"),
    column("loss_change", "Losses", "change in all victims' losses, per cent, with 95 % interval"),
    column("chinese_loss_change", "Chinese", "change in losses of Chinese-speaking victims, per cent"),
    column("western_loss_change", "Western", "change in losses of Western victims, per cent, with 95 % interval"),
    column("western_share_change", "Share", "change of the Western share of losses, points: it rises whenever others lose less"),
    column("forced_labour_change", "Held", "change of person-weeks in compounds from the start on, per cent"),
    column("pairing", "Pairing", f"what it is worth: {PAIRING}; {TOO_FEW}: under {FEWEST} pairs"),
    column("pairs", "Pairs", "pairs of worlds"),
]
LARGE = 1e9  # what endless sorts as
WITH_INTERVAL = ("suppression", "ndr", "loss_change", "western_loss_change")


def comparison_page(results, region_tables, parameters):
    """report.html of a comparison.

    results: the tables by name (comparison, scenarios, zones, cells, pools), with `manifest` and `path`.
    region_tables: territories and cells of the region as shipped.   parameters: see `sim.report.parameters_table`.
    """
    manifest, told = results.manifest, results["comparison"]
    scenarios = results["scenarios"].astype({"scenario": str})
    window = tuple(manifest["window_months"])
    region = manifest["config"]["region"]
    titles = dict(zip(scenarios["scenario"], scenarios["title"], strict=True))
    shown, left_out = _figures(results.path / "figures", [str(name) for name in told["scenario"]], titles)
    return fill(
        "comparison.html.j2",
        title="Crackdowns on scam compounds: what changes",
        manifest=manifest, numbers=numbers(manifest), window=window, pairs=int(told["pairs"].max()),
        region=region["name"].replace("_", " ").title(),
        cards=[_card(row, scenarios, manifest, window) for row in told.to_dict("records")],
        columns=[one for one in COLUMNS if one["name"] != "pairs" or told["pairs"].nunique() > 1],
        rows=[_row(row, titles) for row in told.to_dict("records")],
        gains=_gains(results["pools"], scenarios, titles, window),
        atlas=atlas(results["cells"], region_tables["cells"], region_tables["territories"], scenarios, results["zones"],
                    region["folder"]),
        figures=shown, left_out=left_out, parameters=parameters,
    )  # fmt: skip


def _card(row, scenarios, manifest, window):
    """One verdict for people: what was done, what came of it, and what that says of the claim."""
    about = manifest["scenarios"].get(row["scenario"], {})
    known = scenarios.set_index("scenario").loc[row["scenario"]]
    undefined = pd.isna(row["ndr"])
    figures = [
        ("people held in the target", percent(row["suppression"])["shown"] + ("" if pd.isna(row["suppression"]) else " %")),
        ("of 100 removed, held elsewhere", DASH if undefined else percent(row["ndr"], sign="")["shown"]),
        ("victims' losses", percent(row["loss_change"])["shown"] + " %"),
        ("Western losses", percent(row["western_loss_change"])["shown"] + " %"),
    ]
    return {
        "id": row["scenario"], "title": known["title"], "target": row["target"] if pd.notna(row["target"]) else "",
        "start": pd.Timestamp(known["start"]), "without": known["relative_to"], "verdict": str(row["verdict"]),
        "sentence": typeset(sentence(row | {"scenario": known["title"]}, window=window)), "figures": figures,
        "expected": about.get("expected"), "rival": about.get("rival"),
    }  # fmt: skip


def _row(row, titles):
    made = {}
    for name in (one["name"] for one in COLUMNS):
        value = titles.get(row["scenario"], row["scenario"]) if name == "title" else row.get(name)
        if name in ("title", "verdict"):
            made[name] = cell("" if pd.isna(value) else str(value), str(value))
        elif name == "pairing":
            made[name] = cell(pairing_text(row).replace("/", " / "), min(row.get("worker_change_pairing", math.nan), LARGE))
        elif name == "pairs":
            made[name] = cell(f"{value:,}", int(value))
        else:
            ends = (row[f"{name}_low"], row[f"{name}_high"]) if name in WITH_INTERVAL else (None, None)
            digits, sign = int(name == "western_share_change"), "" if name.startswith("ndr") else "+"
            made[name] = percent(value, *ends, digits=digits, sign=sign)
    return made


def _gains(pools, scenarios, titles, window):
    """Who gains and who loses: change of each pool's losses under each scenario, per cent. (columns, rows)"""
    means = window_means(paired_pools(pools, scenarios, ("losses_usd",)), window)
    bloc = pools[["pool", "bloc"]].drop_duplicates().astype(str).set_index("pool")["bloc"]
    columns, rows = [column("pool", "Pool", kind="text"), column("bloc", "Bloc", kind="text")], {}
    for scenario, mine in means.groupby("scenario", observed=True):
        columns.append(column(str(scenario), titles[str(scenario)]))
        mean = per_pair(mine).mean()
        for pool in dict.fromkeys(mine["pool"].astype(str)):
            without = mean[f"losses_usd_without {pool}"]
            change = mean[f"losses_usd_change {pool}"] / without if without else float("nan")
            names = pool_name({"pool": pool}), style.BLOC_NAMES.get(bloc[pool], bloc[pool])
            row = rows.setdefault(pool, {"pool": cell(names[0], names[0]), "bloc": cell(names[1], names[1])})
            row[str(scenario)] = percent(change, digits=1)
    return {"columns": columns, "rows": list(rows.values())}


def _figures(folder, scenarios, titles):
    """(groups of figures that are in the page, names of those that are only in the folder)."""
    names = [name for name in ORDER if name in plots.names()]
    stems = [name for name in names if not plots.per_scenario(name)]
    stems += [f"{name}_{scenario}" for name in names if plots.per_scenario(name) for scenario in scenarios]
    kept = embedded(folder, stems)
    groups = [{"title": "All scenarios", "id": "all", "figures": []}]
    groups += [{"title": titles[scenario], "id": scenario, "figures": []} for scenario in scenarios]
    first = {}  # of each figure: its caption is printed once, and the others point to it
    for group in groups:
        for name in names:
            stem = name if group["id"] == "all" else f"{name}_{group['id']}"
            if stem in kept and plots.per_scenario(name) == (group["id"] != "all"):
                group["figures"].append({"stem": stem, "title": TITLES[name], "like": first.get(name), **kept[stem]})
                first.setdefault(name, {"stem": stem, "of": group["title"]})
    left_out = [stem for stem in stems if stem not in kept and (folder / f"{stem}.png").is_file()]
    return [group for group in groups if group["figures"]], left_out
