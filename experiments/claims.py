"""What the articles claim, and what the model says: every claim judged, over seeds, parameters and structures.

    python -m experiments.claims [claims='[C001,C017]'] [ensemble.pairs=40] [draws=100] [structures=all] [out=DIR]
    python -m experiments.claims draws=results/calibrate/.../kept.csv     # draws that the evidence does not rule out

Settings: configs/claims.yaml. Each claim's rule is fixed in its file in configs/claim, whose digest goes into the manifest.
Written: claims.csv, readings.csv (p, regimes, flips), points.csv (outcome by draw and variant), pairs.csv (what was counted),
draws.csv, boxes.csv (PRIM), knockout.csv, maps.csv, cards.txt, manifest.json.

What was counted is kept in OUT.begun until the end: after an interruption the same command with the same out= goes on.
"""

import datetime as dt
import sys
import time
from pathlib import Path

import pandas as pd

from experiments.common.console import checked, launch
from experiments.common.kept import kept_steps
from experiments.common.progress import COMPILING, Phases
from experiments.report import write_report
from experiments.verdicts import discovery, tables
from experiments.verdicts.design import Asked, asked_points, extra_points, named, origin, shared
from experiments.verdicts.points import Point, run_point, start_of, worlds
from sim import load_region, store
from sim.claims.cards import card, claims_table, compact, headline_card
from sim.claims.claim import Claim
from sim.claims.reading import NOT_JUDGED, Reading, read
from sim.claims.several import conjunction, conjunctions, corrected, intersection_union
from sim.claims.verdict import FAILS, HOLDS, IN_SPACE_ONLY, REVERSES
from sim.compiled import source_digest
from sim.scenario import read_choice


def claims(settings: dict) -> None:
    """Run what the claims need, judge them, print the cards and write the results."""
    began = time.perf_counter()
    asked = checked(Asked, settings)
    listed, headline, parts = named(asked)
    judged = [claim for claim in listed if claim.judged]
    points, draws = asked_points(asked)
    base = shared(asked, judged + parts)
    names = {claim.asked.scenario for claim in judged + parts}
    starts = {name: start_of(name, base["region"], base["start"], base["end"]) for name in sorted(names)}
    needed = worlds(judged + parts)
    runs = len(needed) * sum(len(point.seeds) for point in points)
    extra = extra_points(asked) if parts else []
    extra_runs = len(worlds(parts)) * sum(len(point.seeds) for _, point in extra)
    out = Path(asked.out or f"results/claims/{dt.datetime.now():%Y-%m-%d_%H-%M-%S}")
    recipe = _recipe(settings, listed, headline, base, origin(asked))

    with kept_steps(out, runs + extra_runs) as steps, store.results_folder(out) as folder:
        of_what = f"{len(judged)} of {len(listed)} claims{' and the headline' * bool(parts)}" if listed else "The headline"
        print(f"{of_what} from {len(needed)} worlds: {runs + extra_runs:,} runs.", flush=True)
        if steps.begun():
            print(f"Going on with what {steps.folder} keeps of them.", flush=True)
        with Phases() as progress:
            progress.begin("worlds", runs + extra_runs, first=COMPILING)
            how = (base, starts, asked.ensemble.workers, progress.step, steps)
            kept = _run(points, judged + parts, how)
            found = [(kind, point, run_point(point, parts, *how)) for kind, point in extra]
        ran = time.perf_counter()
        readings, heads, verdict, p = _judged(listed, parts, kept)
        by_draw, by_structure = conjunctions(heads), conjunctions(heads, "by_structure")
        told = tables.all_tables(readings, heads, by_draw, by_structure, kept, found)
        outcomes = {reading.claim.id: reading.by_draw for reading in readings} | ({"headline": by_draw} if by_draw else {})
        told["boxes"] = _boxes(draws, outcomes)
        of = "calibrated draws" if isinstance(asked.draws, str) else "parameter draws"
        top = [headline_card(headline, heads, verdict, p, by_draw, by_structure, of)] if heads else []
        cards = top + [card(reading, of) for reading in readings]
        store.write_csv(folder, "claims", claims_table(readings))
        for name, table in (told | {"draws": draws.reset_index()}).items():
            store.write_csv(folder, name, table)
        (folder / "cards.txt").write_text("\n\n".join(cards) + "\n", encoding="utf-8")
        wall = {"runs": round(ran - began, 1), "total": round(time.perf_counter() - began, 1)}
        store.write_manifest(folder, recipe | {"headline": verdict} | store.provenance() | {"wall_seconds": wall})
        write_report(folder)

    print("\n\n".join(cards), end="\n\n")
    print(compact(readings) if readings else "", end="\n\n" if readings else "")
    wrote = f"{out}: claims.csv, report.html, cards.txt, tables and manifest ({wall['total']:.0f} s)"
    print(tables.summary(readings, told), wrote, sep="\n")


def _run(points: list[Point], judged: list[Claim], how: tuple) -> dict:
    """{claim id: what it counts in every pair of every point}. how: what `run_point` is given besides."""
    kept: dict[str, list[pd.DataFrame]] = {claim.id: [] for claim in judged}
    for point in points if judged else ():
        for claim, rows in run_point(point, judged, *how).items():
            kept[claim].append(rows)
    return {claim: pd.concat(rows) for claim, rows in kept.items()}


def _judged(listed: list[Claim], parts: list[Claim], kept: dict) -> tuple[list[Reading], list[Reading], str | None, float]:
    """Readings of the claims with corrected p, those of the headline's parts, its verdict and its p."""
    readings = [read(claim, kept[claim.id]) if claim.judged else Reading(claim, NOT_JUDGED) for claim in listed]
    heads = [read(part, kept[part.id]) for part in parts]
    readings, p = corrected(readings, intersection_union([head.p for head in heads]) if heads else float("nan"))
    return readings, heads, conjunction([head.outcome for head in heads]) if heads else None, p


def _boxes(draws: pd.DataFrame, outcomes: dict) -> pd.DataFrame:
    if len(draws) < discovery.FEWEST_DRAWS or not discovery.available():
        return pd.DataFrame(columns=list(discovery.COLUMNS))
    return discovery.boxes(draws, outcomes, (HOLDS, IN_SPACE_ONLY, FAILS, REVERSES))


def _recipe(settings: dict, listed: list[Claim], headline, base: dict, drawn: dict) -> dict:
    """The part of the manifest that decides the results, with a digest of it. Each claim's rule was fixed before the runs."""
    region = load_region(read_choice("region", base["region"])["folder"])
    recipe = {
        "experiment": "claims", "config": settings, "end": str(base["end"]),
        "claims": {claim.id: claim.digest for claim in listed} | {"headline": headline.digest},
        "digests": {"data": region.digest, "source": source_digest()}, **drawn,
    }  # fmt: skip
    return {"digest": store.digest(recipe), **recipe}


if __name__ == "__main__":
    sys.exit(launch(claims, "claims"))
