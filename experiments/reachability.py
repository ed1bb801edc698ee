"""Can the model return every answer? Parameters drawn from their ranges, crossed with scenarios: which regimes occur?

    python -m experiments.reachability [draws=64] [pairs=2] [confirm=12] [region=southeast_asia] [seed=1]
        [scenarios=kokang_crackdown,...] [structures=shipped] [window=6,36] [least=0] [workers=N] [out=DIR]

draws       points of a Latin hypercube over all parameters that have a range (log-uniform where it spans more than tenfold)
pairs       pairs of worlds for each draw and scenario; seeds seed, seed + 1, ...
confirm     pairs that the clearest cases of each regime are run again with; a regime is then reached only if the full verdict,
            with intervals, is that regime. 0: the points decide
structures  shipped; drawn (each switch by lot, for each draw); or switches such as mobility,entry (or all): every draw is crossed
            with each alternative of each of these, one at a time, beside the shipped one
least       share of a scenario's points that must lie in a regime for it to be reached (0: one point is enough)
out         folder for reachability.csv: draw, structure, scenario, regime, suppression, ndr, loss_change, every parameter

The rule is that of `sim.claims.verdict`. With few pairs an interval says little: suppression must show in the whole interval of
the pairs, the rest is judged by the estimate alone. Where one of the pairs has nobody in the target, with no one to remove, the
point is EMPTY: nothing can be asked of it. Where the levers of a scenario act outside its target too, a fall out there is their
own work: such a point is DIRECT and no evidence that benefits can diffuse.

Exit code 0 when every regime is reached, 1 when one is not, 2 for a bad argument.
"""

import datetime as dt
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim import ConfigError, load_scenario, store
from sim.claims import verdict as rules
from sim.ensemble import run_ensemble
from sim.interventions import load_interventions
from sim.measures.comparison import estimates
from sim.measures.paired import DAYS_PER_MONTH
from sim.scenario import CONFIGS, Scenario, available, parse_date, read_choice, read_yaml, shipped_parameters

REGIMES = (
    rules.ENDS, rules.NO_SUPPRESSION, rules.NO_DISPLACEMENT, rules.PARTIAL, rules.FULL, rules.WORSE, rules.DIFFUSION,
)  # fmt: skip
EMPTY, DIRECT = "EMPTY", "DIRECT"
DEFAULTS = {
    "draws": 64, "pairs": 2, "confirm": 12, "region": "southeast_asia", "seed": 1, "structures": "shipped", "window": "6,36",
    "scenarios": "kokang_crackdown,regional_coordination,global_coordination,rebel_offensive,staged_raids,relaxation",
    "least": 0.0, "workers": 0, "out": "",
}  # fmt: skip
BEFORE = dt.timedelta(days=2 * 365)  # of the baseline before the first lever
LIMITS = {"draws": (1, 1e6), "pairs": (2, 1e5), "confirm": (0, 1e5), "seed": (0, 2e9), "least": (0, 1), "workers": (0, 1024)}
TOLD = ("scenario", "regime", "suppression", "ndr", "loss_change", "western_loss_change")  # of a row of estimates
RETRIES = 3  # clearest cases of a regime that are run again
SHARP = 10.0  # a range that spans more than this factor is drawn log-uniformly


def hypercube(points: int, dimensions: int, seed: int) -> np.ndarray:
    """Latin hypercube, points x dimensions in (0, 1): each column has one value in each of `points` equal slices."""
    rng = np.random.default_rng(seed)
    slices = np.argsort(rng.random((dimensions, points)), axis=1).T
    return (slices + rng.random((points, dimensions))) / points


def draw_parameters(points: int, seed: int) -> list[dict[str, dict[str, float]]]:
    """Draws of all parameters within their ranges, {group: {name: value}}, in natural units."""
    wide = [
        (group, name, *map(float, entry["range"]))
        for group, names in shipped_parameters().items()
        for name, entry in names.items()
        if "range" in entry and entry["range"][0] < entry["range"][1]
    ]
    draws = []
    for row in hypercube(points, len(wide), seed):
        draw: dict[str, dict[str, float]] = {}
        for u, (group, name, low, high) in zip(row, wide, strict=True):
            sharp = low > 0.0 and high > SHARP * low
            value = low * (high / low) ** u if sharp else low + (high - low) * u
            draw.setdefault(group, {})[name] = min(max(float(value), low), high)
        draws.append(draw)
    return draws


def structures_of(asked: str, draw: int, seed: int) -> Iterator[tuple[str, dict[str, str]]]:
    """(label, switches) to cross a draw with."""
    switches = {name: entry["choices"] for name, entry in shipped_parameters()["structure"].items()}
    if asked == "drawn":
        rng = np.random.default_rng((seed, draw))
        picked = {name: str(rng.choice(choices)) for name, choices in switches.items()}
        yield " ".join(f"{name}={word}" for name, word in picked.items() if word != switches[name][0]) or "shipped", picked
        return
    yield "shipped", {}
    for name in () if asked == "shipped" else switches if asked == "all" else asked.split(","):
        if name not in switches:
            raise ConfigError(f"structures: {name!r} is not a switch; allowed: shipped, drawn, all, or {', '.join(switches)}")
        for word in switches[name][1:]:
            yield f"{name}={word}", {name: word}


def worlds(names: list[str], settings: dict, params: dict) -> tuple[list[Scenario], pd.DataFrame]:
    """The baseline and the scenarios under the parameters, from two years before the first lever to the end of the window."""
    region = settings["region"]
    begins = {}
    for name in names:
        scenario = load_scenario(name, region=region)
        begins[name] = min(item.settings.start for item in load_interventions(scenario))
        if not scenario.target:
            raise ConfigError(f"scenarios: {name} has no target in space; allowed: scenarios that have one")
    world = read_yaml(CONFIGS / "world.yaml")
    start = max(min(begins.values()) - BEFORE, parse_date(world["start"], "start"))
    end = max(begins.values()) + dt.timedelta(days=settings["window"][1] * DAYS_PER_MONTH + 21)
    made = [load_scenario(name, region, start, end, params) for name in ("baseline", *names)]
    table = pd.DataFrame({"scenario": names, "target": names, "start": [begins[name] for name in names]})
    return made, table


def acts_elsewhere(scenario: Scenario) -> bool:
    """Whether some lever of the scenario is not confined to its target: to other places, or to no place at all."""
    index = scenario.region.index("territories")
    aim = {index[name] for name in scenario.target}
    return any(not aim.issuperset(item.rows["territories"].tolist()) for item in load_interventions(scenario))


def judge(names: list[str], settings: dict, params: dict, pairs: int) -> list[dict]:
    """One row of estimates for each scenario under the parameters, with `regime` (points) and `verdict` (intervals)."""
    made, table = worlds(names, settings, params)
    wide = [scenario.name for scenario in made[1:] if acts_elsewhere(scenario)]
    seeds = range(settings["seed"], settings["seed"] + pairs)
    tables = run_ensemble(made, seeds, settings["workers"] or None)
    shipped = store.region_table(made[0].region.name, "territories")
    targets = {scenario.name: scenario.target for scenario in made[1:]}
    rows = estimates(tables["weekly"], tables["pools"], shipped, table, targets, settings["window"], draws=500).to_dict("records")
    for row in rows:
        points = {f"{name}{end}": row[name] for name in ("ndr", "loss_change", "end_ratio") for end in ("_low", "_high")}
        row["regime"] = rules.verdict(row | points) if np.isfinite(row["suppression_high"]) else EMPTY
        row["verdict"] = rules.verdict(row)
        if row["scenario"] in wide:
            row |= {name: DIRECT for name in ("regime", "verdict") if row[name] == rules.DIFFUSION}
    return rows


def clearest(table: pd.DataFrame, regime: str) -> pd.DataFrame:
    """The cases of a regime that are worth more pairs, clearest first: much removed, and far from the borders."""
    cases = table[table["regime"] == regime].copy()
    cases["clarity"] = -cases["suppression"].clip(upper=0.0)
    if regime == rules.WORSE:
        cases["clarity"] = cases["loss_change"]
    if regime == rules.NO_SUPPRESSION:
        cases["clarity"] = -cases["suppression"].abs()
    if regime == rules.DIFFUSION:
        cases["clarity"] *= -cases["ndr"]
    if regime in (rules.PARTIAL, rules.NO_DISPLACEMENT):
        cases["clarity"] -= (cases["ndr"] - (0.5 if regime == rules.PARTIAL else 0.0)).abs()
    if regime == rules.FULL:
        cases["clarity"] -= (cases["ndr"] - 1.5).abs()
    return cases.sort_values("clarity", ascending=False).head(RETRIES)


def settings_of(arguments: list[str]) -> dict:
    """Checked settings from key=value arguments. Raises ConfigError (one line)."""
    settings = dict(DEFAULTS)
    for argument in arguments:
        key, _, text = argument.partition("=")
        if key not in DEFAULTS:
            raise ConfigError(f"{argument}: unknown key; allowed: {', '.join(DEFAULTS)}")
        try:
            settings[key] = type(DEFAULTS[key])(text)
        except ValueError:
            raise ConfigError(f"{key}: is {text!r}; allowed: a number") from None
    for key, (low, high) in LIMITS.items():
        if not low <= settings[key] <= high:
            raise ConfigError(f"{key}: is {settings[key]}; allowed: {low} to {high:g}")
    if settings["confirm"] == 1:
        raise ConfigError("confirm: is 1; allowed: 0, or at least 2 pairs for an interval")
    read_choice("region", settings["region"])
    known = [name for name in available("scenario") if name != "baseline"]
    settings["scenarios"] = settings["scenarios"].split(",")
    for name in settings["scenarios"]:
        if name not in known:
            raise ConfigError(f"scenarios: {name!r} does not exist; allowed: {', '.join(known)}")
    try:
        first, last = map(float, settings["window"].split(","))
    except ValueError:
        first, last = 0.0, 0.0
    if not 0 <= first < last <= 240:
        raise ConfigError(f"window: is {settings['window']!r}; allowed: two months, the first below the second, as 6,36")
    settings["window"] = (first, last)
    list(structures_of(settings["structures"], 0, 0))
    return settings


def explore(settings: dict) -> pd.DataFrame:
    """Every draw x structure x scenario as a row: its regime, its numbers, and what was drawn."""
    rows, names = [], settings["scenarios"]
    for number, draw in enumerate(draw_parameters(settings["draws"], settings["seed"])):
        for label, switches in structures_of(settings["structures"], number, settings["seed"]):
            drawn = {f"{group}.{name}": value for group, part in draw.items() for name, value in part.items()}
            for row in judge(names, settings, draw | {"structure": switches}, settings["pairs"]):
                told = {"draw": number, "structure": label} | {key: row[key] for key in TOLD}
                rows.append(told | drawn | {"switches": switches, "params": draw})
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {settings['draws']} draws", end="", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def confirmed(table: pd.DataFrame, settings: dict) -> dict[str, str]:
    """Regime -> the case in which the full verdict, with `confirm` pairs, is that regime; regimes without one are left out."""
    found = {}
    for regime in REGIMES:
        for case in clearest(table, regime).to_dict("records"):
            row = judge([case["scenario"]], settings, case["params"] | {"structure": case["switches"]}, settings["confirm"])[0]
            if row["verdict"] == regime:
                numbers = ", ".join(
                    f"{word} {row[key]:+.2f} [{row[f'{key}_low']:+.2f}, {row[f'{key}_high']:+.2f}]"
                    for key, word in (("suppression", "suppression"), ("ndr", "NDR"), ("loss_change", "losses"))
                )
                found[regime] = f"{case['scenario']}, draw {case['draw']}, {case['structure']}: {numbers}"
                break
    return found


def report(table: pd.DataFrame) -> str:
    """Share of points in each regime, by scenario and overall, as text."""
    share = pd.crosstab(table["regime"], table["scenario"], normalize="columns")
    share["overall"] = table["regime"].value_counts(normalize=True)
    order = [*REGIMES, rules.INDETERMINATE, DIRECT, EMPTY]
    share = share.reindex([name for name in order if name in REGIMES or name in share.index]).fillna(0.0)
    return share.map(lambda part: f"{100 * part:.0f} %" if part else "-").rename_axis(None).rename_axis(None, axis=1).to_string()


def reached(table: pd.DataFrame, least: float) -> list[str]:
    """Regimes with at least one point, and with at least that share of the points of some scenario."""
    share = pd.crosstab(table["regime"], table["scenario"], normalize="columns").max(axis=1)
    return [regime for regime in REGIMES if share.get(regime, 0.0) > 0.0 and share[regime] >= least]


def main(arguments: list[str]) -> int:
    """Draw, run, judge, print, write."""
    try:
        settings = settings_of(arguments)
        worlds(settings["scenarios"], settings, {})  # whatever is wrong shows before the first run
        table = explore(settings)
        print(f"\nShare of {table['draw'].nunique()} draws of all parameters, {settings['pairs']} pairs each, in each regime:\n")
        print(report(table))
        found = reached(table, settings["least"])
        if settings["confirm"]:
            cases = confirmed(table[table["regime"].isin(found)], settings)
            print(f"\nClearest cases again with {settings['confirm']} pairs, judged by intervals:")
            for regime in REGIMES:
                print(f"  {regime:<16} {cases.get(regime, 'not confirmed' if regime in found else 'no case')}")
            found = list(cases)
        if settings["out"]:
            with store.results_folder(settings["out"]) as folder:
                store.write_csv(folder, "reachability", table.drop(columns=["switches", "params"]))
                store.write_manifest(folder, {"settings": settings, "reached": found} | store.provenance())
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    missing = [regime for regime in REGIMES if regime not in found]
    if missing:
        print(f"\nclaim not falsifiable under these settings: {', '.join(missing)} not reached")
        return 1
    print("\nEvery regime is reached: the claim can fail in each way.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
