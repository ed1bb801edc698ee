"""Write docs/claims_verdicts.md: what the articles claim and what the model says, from a folder of `make claims`.

    python scripts/publish_verdicts.py results/claims/FOLDER [--out DIR]   write DIR/claims_verdicts.md (default docs)
    python scripts/publish_verdicts.py results/claims/FOLDER --headline results/claims/OTHER   with the headline over other draws
    python scripts/publish_verdicts.py results/claims/FOLDER --check       exit 1 if the page is not what the folder says
    python scripts/publish_verdicts.py --check                             exit 1 if a rule changed since the page was made

The page ends with the digest of the rule of every claim, so that a verdict is never shown beside a rule that it was not
read by.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import pandas as pd

from sim.claims.cards import border, with_interval
from sim.claims.claim import load_claims, load_headline
from sim.claims.estimands import ESTIMANDS
from sim.scenario import read_yaml

ROOT = Path(__file__).resolve().parents[1]
NAME = "claims_verdicts.md"
AGAINST = ("fails", "reverses")
ORDER = ("holds", "fails", "reverses", "not decided", "undefined", "not judged")
MEANING = {
    "holds": "the whole 95 % interval lies where the claim puts it",
    "fails": "the whole interval falls short of that, so what would refute the claim has come about",
    "reverses": "the opposite comes about",
    "not decided": "the interval lies across the border; more pairs would tell",
    "undefined": "what the claim presupposes did not happen",
    "not judged": "the model has no answer; the remark says why",
}


def read(folder):
    """What a folder of results holds that the page tells."""
    names = ("claims", "readings", "knockout", "maps", "boxes", "points")
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in names}
    return tables | {"manifest": json.loads((folder / "manifest.json").read_text(encoding="utf-8"))}


def cell(text):
    """Text for a cell of a Markdown table."""
    return "" if pd.isna(text) else str(text).replace("|", "\\|")


def share(value):
    """A share in per cent; a dash where nothing was run."""
    return "–" if pd.isna(value) else f"{100 * value:.0f} %"


def estimate(row):
    """Value with its interval, in the estimand's unit."""
    if pd.isna(row["value"]):
        return "undefined"
    return with_interval(row["estimand"], row["value"], row["low"], row["high"])


def over_draws(found):
    """What becomes of the headline over draws and structural variants, and the boxes in which, a line each."""
    points = found["points"].query("claim == 'headline'")
    varied = points[points["structure"].notna()]
    drawn = points[points["draw"] > 0]
    kind = "calibrated draws" if isinstance(found["manifest"]["config"]["draws"], str) else "draws from the prior ranges"
    lines = []
    for many, told in ((drawn, kind), (varied, "structural variants")):
        counts = ", ".join(f"{count} {outcome}" for outcome, count in many["outcome"].value_counts().items())
        lines += [f"- Of {len(many)} {told}: {counts}."] if len(many) else []
    for outcome, limits in found["boxes"].query("claim == 'headline'").groupby("outcome"):
        inside = [f"`{row['parameter']}` in {row['low']:.3g} to {row['high']:.3g}" for row in limits.to_dict("records")]
        there, of_all = share(limits["density"].iloc[0]), share(limits["coverage"].iloc[0])
        lines.append(f"- It {outcome} chiefly where {' and '.join(inside)}: {there} of the draws there, {of_all} of all such.")
    return lines


def headline_lines(found, headline, more):
    """The headline claim with its parts, draws and variants, mechanisms and maps. more: runs of the headline over other draws."""
    readings = found["readings"].set_index("claim")
    lines = ["## The headline claim", "", f"*{headline.paraphrase}.*", ""]
    for part in headline.parts:
        row = readings.loc[part.id]
        regimes = f"; of single worlds {row['p_regime']}" if isinstance(row["p_regime"], str) else ""
        lines.append(f"- {part.paraphrase} (`{part.asked.estimand}`, {part.asked.scenario}): **{row['verdict']}**{regimes}")
    verdict = found["manifest"]["headline"]
    lines += ["", f"Verdict of the conjunction: **{verdict}**."]
    if verdict in AGAINST or "not in target" in str(verdict):
        lines[-1] += " Here the model contradicts the articles."
    lines += ["", *(line for run in (found, *more) for line in over_draws(run))]
    knocked = found["knockout"].query("kind == 'shapley'")
    for part, mine in knocked.groupby("part"):
        values = ", ".join(f"{row['name']} {row['value']:+.2f}" for row in mine.to_dict("records"))
        lines += ["", f"{part} by mechanism (Shapley values over {2 ** len(mine)} worlds): {values}."]
    for part, mine in found["maps"].groupby("part"):
        rank = mine["percentile_of_real"].iloc[0]
        said = "undefined" if pd.isna(rank) else f"at percentile {rank:.0f}"
        lines += ["", f"{part} on permuted maps: the real one stands {said} among {len(mine) - 1}."]
    return [*lines, ""]


def contradictions(found, claims):
    """A plain sentence for each claim that the model contradicts."""
    rows = found["claims"].set_index("claim")
    lines = ["## Where the model contradicts the articles", ""]
    against = [claim for claim in claims if rows.loc[claim.id, "verdict"] in AGAINST]
    for claim in against:
        row = rows.loc[claim.id]
        turned = "the opposite comes about" if row["verdict"] == "reverses" else "not so"
        found = f"{ESTIMANDS[claim.asked.estimand].words}: {estimate(row)}"
        lines.append(f"- **{claim.id}** The articles: {claim.paraphrase}. The model: {turned}; {claim.fails_when} ({found}).")
    return [*(lines if against else [*lines, "Nowhere, in this run."]), ""]


def table_lines(found, claims):
    """All claims, a row each."""
    rows = found["claims"].set_index("claim")
    lines = [
        "## All claims", "",
        "| claim | the articles say | asked of the model | value | holds if | verdict | draws | structures | remark |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for claim in claims:
        row, asked = rows.loc[claim.id], claim.asked
        than = "" if not asked else f" (itself {asked.earlier:g} months before)" if asked.earlier else f" against {asked.other}"
        question, holds = "", ""
        if asked:
            question = f"`{asked.estimand}` {asked.of} {asked.scenario}{than}, months {asked.window[0]:g}–{asked.window[1]:g}"
            holds = border(asked)
        told = [
            claim.id, claim.paraphrase, " ".join(question.split()), estimate(row) if asked else "", holds, row["verdict"],
            share(row["share_of_draws"]), share(row["share_of_structures"]), claim.note or claim.why or "",
        ]  # fmt: skip
        lines.append("| " + " | ".join(map(cell, told)) + " |")
    return [*lines, ""]


def page(found, more=()):
    """The text of docs/claims_verdicts.md. more: what further folders hold of the headline."""
    claims, headline, manifest = load_claims(), load_headline(), found["manifest"]
    counted = found["claims"]["verdict"].value_counts()
    asked, package = manifest["config"], manifest["package"]
    lines = [
        "# What the articles claim and what the model says",
        "",
        "<!-- Generated by scripts/publish_verdicts.py from a run of `make claims`. -->",
        "",
        f"Model output of version {package['version']}, manifest {manifest['digest']}.",
        f"Pairs of worlds: {asked['ensemble']['pairs']}; draws of all parameters from their prior ranges: {asked['draws']}, each",
        f"draw and each structural variant with {asked['draw_pairs']} of them.",
        "",
        "The rule of each claim is its file in `configs/claim`, fixed before the runs; [methods.md](methods.md) says how it is",
        "read, [claims.md](claims.md) which mechanism the model has for it. Intervals (95 %) are over seeds alone; the columns",
        "*draws* and *structures* say in what share of parameter draws and of structural variants the claim holds.",
        "",
        *(f"- **{name}** ({counted[name]}): {MEANING[name]}" for name in ORDER if name in counted),
        "",
        *headline_lines(found, headline, more),
        *contradictions(found, claims),
        *table_lines(found, claims),
        "## Limits",
        "",
        "A verdict says what follows from the model's rules, not what happened. Most parameters are judgement (grade D), and",
        "draws are from prior ranges unless it is said that they are calibrated ([calibration.md](calibration.md)). A claim that",
        "rests on a mechanism put in by hand cannot be confirmed by the model; the remarks name such cases. Evidence ends on",
        "30 June 2024.",
        "",
        "<!-- Rules, by digest: " + " ".join(f"{key}={value}" for key, value in manifest["claims"].items()) + " -->",
    ]
    return "\n".join(lines) + "\n"


def stale(text):
    """What is wrong with a page, given the claims' files as they are now; empty if nothing."""
    told = re.search(r"<!-- Rules, by digest: (.*) -->", text)
    if not told:
        return "it names no rules"
    digests = dict(pair.split("=") for pair in told[1].split())
    now = {claim.id: claim.digest for claim in load_claims()} | {"headline": load_headline().digest}
    changed = [name for name in now if digests.get(name) != now[name]]
    missing = [name for name in now if name != "headline" and f"| {name} |" not in text]
    if changed:
        return f"the rules of {', '.join(changed)} changed since"
    return f"{', '.join(missing)} missing" if missing else ""


def told(options):
    """The page of the folders that were named."""
    return page(read(options.results), [read(folder) for folder in options.headline])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="?", help="a folder of make claims, with all claims")
    parser.add_argument("--headline", type=Path, nargs="+", default=[], help="folders of claims=[headline], over other draws")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of the page")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    options = parser.parse_args(arguments)
    path = options.out / NAME
    if options.check:
        if not path.is_file():
            problem = "it does not exist"
        else:
            text = path.read_text(encoding="utf-8")
            problem = stale(text)
            if options.results and not problem and text != told(options):
                problem = f"it differs from what {options.results} says"
        if problem:
            print(f"{NAME} is not current: {problem}; run make claims and {Path(__file__).name} on its folder", file=sys.stderr)
        return int(bool(problem))
    if options.results is None:
        parser.error("which results? give a folder of make claims")
    if not read_yaml(options.results / "manifest.json").get("headline"):
        parser.error(f"{options.results} holds some claims only; run make claims with claims=all")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(told(options), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
