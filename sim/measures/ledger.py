"""The attribution ledger: through which channel operations reappear elsewhere.

Moving is not the only way. Entry and growth fill places that a crackdown left alone even if no crew can move. Crews keep
their identity (lineage) in both worlds of a pair, so each can be followed:

    relocation            people of crews that left the target for another zone, beyond those that do so anyway
    deflection            people of crews that without the intervention would have come to the target (moved in or were
                          founded there) and now stay, or are founded, elsewhere
    entry                 people with whom crews are founded elsewhere that are founded nowhere without
    competitive release   the rest of what elsewhere gains: those already there grow into room, recruits and victims set free

Each is divided by the people removed from the target, so the four add up to the net displacement ratio. People are
counted as a crew sets out or is founded; what becomes of the crew afterwards is in the rest.
"""

import numpy as np
import pandas as pd

from sim.measures.displacement import GATE
from sim.measures.harm import elsewhere, suppression
from sim.measures.intervals import DRAWS, interval, of_means, ratio
from sim.measures.paired import DAYS_PER_MONTH, WINDOW, contrasts, keys_of, per_pair, window_means
from sim.measures.zones import TARGET

CHANNELS = ("relocation", "deflection", "entry", "competitive_release")
CARRIED = CHANNELS[:3]


def channels(
    moves: pd.DataFrame, paired: pd.DataFrame, zones: pd.DataFrame, scenarios: pd.DataFrame, window: tuple[float, float] = WINDOW
) -> pd.DataFrame:
    """People by channel for each pair, with the change in the target: the parts of the ledger before division.

    moves:  scenario, the keys, date, compound, origin_territory, destination_territory, cause, workers.
    paired: as `paired_zones` makes it, of the same runs.   zones: as `zones` makes it.   scenarios: see `contrasts`.
    Flows count from the start to the middle of the window, about as long as the mean person in it had time to arrive.
    Returns scenario, the keys, workers_change target, workers_without target, workers_change elsewhere, relocation,
    deflection, entry, competitive_release (people; NaN for a scenario without a target).
    """
    means, keys, tables = window_means(paired, window), keys_of(paired), []
    for scenario, reference, start in contrasts(scenarios):
        mine = zones[zones["scenario"] == scenario]
        zone = dict(zip(mine["territory"].astype(str), mine["zone"].astype(object), strict=True))
        sides = per_pair(means[means["scenario"] == scenario])
        if f"workers_change {TARGET}" not in sides:
            continue
        months = (moves["date"] - start).dt.days / DAYS_PER_MONTH
        since = moves[(months >= 0) & (months < sum(window) / 2) & moves["scenario"].isin([scenario, reference])]
        steps = _steps(since, zone)
        flows = pd.DataFrame(
            {
                key: _flows(*(pair[pair["scenario"] == name] for name in (scenario, reference)))
                for key, pair in steps.groupby(keys if len(keys) > 1 else keys[0], observed=True)
            },
            index=list(CARRIED),
        ).T.reindex(sides.index).fillna(0.0)  # fmt: skip
        table = sides[[f"workers_change {TARGET}", f"workers_without {TARGET}"]].copy()
        table["workers_change elsewhere"] = elsewhere({name: sides[name] for name in sides}, "workers")
        table[list(CARRIED)] = flows.to_numpy()
        table["competitive_release"] = table["workers_change elsewhere"] - table[list(CARRIED)].sum(axis=1)
        table = table.reset_index()
        table.insert(0, "scenario", scenario)
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["scenario", *keys, *CHANNELS])


def ledger(parts: pd.DataFrame, draws: int = DRAWS, seed: int = 0, gate: float = GATE) -> pd.DataFrame:
    """NDR by channel: scenario, channel, share, low, high; the shares of a scenario add up to its NDR.

    parts: as `channels` makes it. NaN where suppression is not shown: displacement is then undefined.
    """
    rows = []
    for scenario, mine in parts.groupby("scenario", observed=True):
        sample = {name: mine[name].to_numpy(float) for name in mine if name in CHANNELS or name.startswith("workers")}
        shown = interval(sample, of_means(suppression), draws, seed)["high"] < gate
        for channel in CHANNELS:
            of = of_means(lambda mean, channel=channel: ratio(mean[channel], -mean[f"workers_change {TARGET}"]))
            found = interval(sample, of, draws, seed) if shown else dict.fromkeys(("value", "low", "high"), np.nan)
            rows.append(
                {"scenario": scenario, "channel": channel, "share": found["value"], "low": found["low"], "high": found["high"]}
            )
    return pd.DataFrame(rows)


def _steps(moves: pd.DataFrame, zone: dict[str, str]) -> pd.DataFrame:
    """Moves as seen from the target: where from and where to (target, elsewhere or nowhere)."""
    side = {place: "target" if name == TARGET else "elsewhere" for place, name in zone.items()}
    steps = moves[["scenario", *keys_of(moves), "compound", "workers"]].copy()
    for end in ("origin", "destination"):
        steps[end] = moves[f"{end}_territory"].astype(object).map(side).fillna("nowhere")
    steps["founded"] = (moves["cause"] == "entry").to_numpy()
    return steps


def _flows(now: pd.DataFrame, without: pd.DataFrame) -> list[float]:
    """Relocation, deflection and entry of one pair (people)."""

    def carried(steps: pd.DataFrame) -> float:
        out = steps[(steps["origin"] == "target") & (steps["destination"] == "elsewhere")]
        return float(out["workers"].sum())

    def arrivals(steps: pd.DataFrame) -> pd.Series:
        into = steps[(steps["destination"] == "target") & (steps["origin"] != "target")]
        return into.groupby("compound")["workers"].sum()

    def founded(steps: pd.DataFrame, place: str) -> pd.Series:
        here = steps[steps["founded"] & (steps["destination"] == place)]
        return here.groupby("compound")["workers"].sum()

    new, usual = founded(now, "elsewhere"), founded(without, "elsewhere")
    moved_in, came, come = (
        without.loc[(without["origin"] == "elsewhere") & (without["destination"] == "target"), "compound"].unique(),
        arrivals(without), arrivals(now),
    )  # fmt: skip
    sent_elsewhere = new.index.intersection(founded(without, "target").index)  # founded elsewhere instead of in the target
    sent_to_target = usual.index.intersection(founded(now, "target").index)  # the reverse
    gone = now.loc[now["destination"] == "nowhere", "compound"].unique()
    kept_away = came.index.intersection(moved_in).difference(gone).difference(come.index)
    drawn_in = come.index.difference(came.index).difference(now.loc[now["founded"], "compound"])  # the reverse
    founded_otherwise = new[sent_elsewhere].sum() - usual[sent_to_target].sum()
    deflection = float(founded_otherwise + came[kept_away].sum() - come[drawn_in].sum())
    entry = float(new.sum() - usual.sum() - founded_otherwise)
    return [carried(now) - carried(without), deflection, entry]
