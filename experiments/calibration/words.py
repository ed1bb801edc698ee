"""What a calibration says in words: how much of the prior is left, the ledger, effects before and after, how far to trust it."""

from collections.abc import Mapping

import pandas as pd

from experiments.calibration.matching import Rule, share
from experiments.calibration.synthetic import FEWEST
from experiments.calibration.tables import NOBODY, OUTCOMES, SHORT, UNTOUCHED
from experiments.calibration.waves import SHIPPED

FEW = 50  # independent draws below which quantiles are coarse
TOP = 5
PARTS = {"ndr_own_country": "in the country", "ndr_cross_border": "across a border", "ndr_out_of_region": "out of the region"}
Tables = Mapping[str, pd.DataFrame]


def summary(tables: Tables, rule: Rule, scenario: str) -> str:
    """The tables of `experiments.calibrate` in a page."""
    lines = [*_search(tables, rule), "", *_ledger(tables["ledger"]), "", *_effects(tables["effects"])]
    lines += ["", *_sentence(tables, scenario), "", *_recovery(tables["coverage"])]
    lines += ["", *_common(tables), "", *_rules(tables["rules"])]
    if len(tables["kept"]) and (many := tables["waves"]["worth"].iloc[-1]) < FEW:
        lines.append(f"Kept draws are worth about {many:.0f} independent ones: intervals and shares over them are coarse.")
    return "\n".join(lines)


def _search(tables: Tables, rule: Rule) -> list[str]:
    waves, told = tables["waves"], tables["estimands"]
    prior = told[(told["wave"] == 1) & (told["draw"] != SHIPPED)]
    within, low, high = share(int((prior["off"] < rule.cutoff).sum()), len(prior))
    lines = [
        f"A draw is kept if, but for its {rule.forgiven} worst, no anchor is {rule.cutoff:g} standard deviations off or more; "
        f"the model is taken to be right within a factor of {rule.discrepancy:g} (95 %).",
        f"Of {len(prior)} draws of the prior {int((prior['off'] < rule.cutoff).sum())} are kept: {_percent(within)} "
        f"[{_percent(low)}, {_percent(high)}].",
    ]
    for row in waves.iloc[1:].to_dict("records"):
        lines.append(
            f"Wave {row['wave']}: below {row['bar']:.2f} lies {_percent(row['share_of_prior'])} of the prior "
            f"({row['draws']} draws; {_percent(row['steps_taken'])} of steps taken)."
        )
    last = waves.iloc[-1]
    if last["bar"] > rule.cutoff:
        reached = f"the bar reached {last['bar']:.2f} in {len(waves)} waves, not {rule.cutoff:g}"
        lines.append(f"NOTHING IS KEPT: {reached} (waves= for more of them; draws= where all are equally far off).")
    else:
        kept = tables["kept"]
        size = _percent(last["share_of_prior"])
        many = f"{len(kept)} draws ({kept['times'].sum()} states of walks, worth about {last['worth']:.0f} independent draws)"
        lines.append(f"Kept: {many}, from {size} of the prior.")
    off = told.loc[told["draw"] == SHIPPED, "off"]
    if len(off):
        verdict = "kept" if off.iloc[0] < rule.cutoff else "ruled out"
        lines.append(f"The shipped parameters stand at {off.iloc[0]:.2f}: {verdict}.")
    return lines


def _ledger(ledger: pd.DataFrame) -> list[str]:
    lines = [f"{'anchor: 5, 50, 95 % of draws':<66} {'stated':>13} {'prior':>20} {'calibrated':>20} {'shipped':>8}  off"]
    for row in ledger.to_dict("records"):
        found = {name: "/".join(short(row[f"{name}_{tail}"]) for tail in ("05", "50", "95")) for name in ("prior", "calibrated")}
        name, stated = f"{row['anchor']} ({row['unit']})", f"{short(row['low'])}-{short(row['high'])}"
        mark = "" if row["shipped_is"] == "inside" else " OUTSIDE"
        lines.append(
            f"{name:<66} {stated:>13} {found['prior']:>20} {found['calibrated']:>20} {short(row['shipped']):>8} "
            f"{row['shipped_implausibility']:4.1f}{mark}"
        )
    return lines


def _effects(effects: pd.DataFrame) -> list[str]:
    head = "effect, where the target was suppressed: 5, 50, 95 % of draws"
    lines = [f"{head:<66} {'prior':>24} {'calibrated':>24} {'shipped':>8}"]
    for name, mine in effects.groupby("effect", sort=False):
        found = mine.set_index("group")
        percent = str(mine["unit"].iloc[0]).startswith("%")
        form = (lambda value: f"{100 * value:+.0f} %") if percent else (lambda value: f"{value:.2f}")
        told = [
            f"{'/'.join(form(row[f'q{tail}']) if row['defined'] else '-' for tail in ('05', '50', '95'))} ({row['defined']:.0f})"
            for row in (found.loc["prior"], found.loc["calibrated"])
        ]
        words = f"  {PARTS[name]}" if name in PARTS else mine["label"].iloc[0]
        lines.append(f"{words:<66} {told[0]:>24} {told[1]:>24} {form(mine['shipped'].iloc[0]):>8}")
    return lines


def _sentence(tables: Tables, scenario: str) -> list[str]:
    """The sentence with shares: of calibrated worlds, and of prior ones."""
    told, effects = tables["estimands"], tables["effects"].set_index(["effect", "group"])
    prior = told.loc[(told["wave"] == 1) & (told["draw"] != SHIPPED), "outcome"]
    kept = told.loc[told.index.repeat(told["times_kept"]), "outcome"]
    both = lambda *names: f"{_percent(kept.isin(names).mean()) if len(kept) else 'none'} ({_percent(prior.isin(names).mean())})"  # noqa: E731
    asked = [name for name in OUTCOMES if name not in (NOBODY, UNTOUCHED)]
    lines = [f"In {both(*asked)} of calibrated worlds (of prior worlds) {scenario} suppresses operations in its target"]
    if len(kept) and effects.loc[("ndr", "calibrated"), "defined"]:
        median = {name: effects.loc[(name, "calibrated"), "q50"] for name in effects.index.unique("effect")}
        lines[0] += (
            f" (there by {-100 * median['suppression']:.0f} % in the median; of each 100 people removed {100 * median['ndr']:.0f}"
            f" reappear; losses change by {100 * median['losses']:+.1f} %, Western losses by"
            f" {100 * median['western_losses']:+.1f} %)"
        )
    lines[0] += "."
    shares = [f"{name} in {both(name)}" for name in OUTCOMES]
    return [*lines, f"The claim of displacement toward the West, by each draw's own estimate: {'; '.join(shares)}."]


def _recovery(coverage: pd.DataFrame) -> list[str]:
    lines = ["Synthetic truth: were the world like one of the draws, the middle 90 % of the draws kept for it hold it in"]
    for row in coverage.to_dict("records"):
        name = f"  {SHORT[row['effect']]}, truths from {'the prior' if row['group'] == 'prior' else 'calibrated draws'}"
        if not row["recovered"]:
            lines.append(f"{name}: none of {row['truths']} truths keeps {FEWEST} draws")
            continue
        lines.append(
            f"{name}: {_percent(row['inside'])} [{_percent(row['inside_low'])}, {_percent(row['inside_high'])}] of "
            f"{row['recovered']} of {row['truths']} truths; width {row['narrower']:.2f} of that of as many draws of the prior"
        )
    return lines if len(coverage) else ["Synthetic truth: no draw in which anything was displaced."]


def _common(tables: Tables) -> list[str]:
    moved, ridges = tables["moved"], tables["ridges"]
    clear = moved[moved["p_holm"] < 0.05] if len(moved) else moved
    first = ", ".join(f"{row['parameter']} ({row['median']:.2f} of its range)" for row in moved.head(TOP).to_dict("records"))
    lines = [f"Moved most from the prior ({len(clear)} clear of chance): {first or 'none'}."]
    tied = ridges[ridges["beyond_chance"].astype(bool)] if len(ridges) else ridges
    first = ridges.head(TOP).to_dict("records")
    pairs = ", ".join(f"{row['one']} with {row['other']} {row['correlation']:+.2f}" for row in first)
    chance = f" (chance alone makes up to {ridges['chance'].iloc[0]:.2f})" if len(ridges) else ""
    return [*lines, f"Ridges, {len(tied)} of them beyond chance{chance}: {pairs or 'none'}."]


def _rules(rules: pd.DataFrame) -> list[str]:
    lines = ["Other rules would keep, of the prior (with NDR where defined, 5, 50, 95 %):"]
    for row in rules.to_dict("records"):
        ndr = "/".join(f"{row[f'ndr_{tail}']:.2f}" for tail in ("05", "50", "95")) if row["ndr_draws"] else "-"
        shipped = "shipped kept" if row["shipped_kept"] else "shipped ruled out"
        mark = "  (the rule)" if row["asked"] else ""
        lines.append(
            f"  factor {row['discrepancy']:<4g} forgiven {row['forgiven']}: {row['prior_kept']:>4} of {row['prior']}, NDR {ndr} "
            f"({row['ndr_draws']}); {shipped}{mark}"
        )
    return lines


def short(value: float) -> str:
    """A quantity in few characters."""
    if value != value:
        return "-"
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}" if value >= 1e-3 else "0"


def _percent(value: float) -> str:
    return "undefined" if value != value else f"{100 * value:.3g} %"
