"""The main job: what does an enforcement campaign change, against the same worlds without it?

    python -m experiments.compare 'scenarios=[kokang_crackdown]' ensemble.pairs=40 params.enforcement.leak=0.8 out=DIR

    python -m experiments.compare ensemble.until=precision ensemble.runs=results/runs/mine executor=processes

Settings: configs/compare.yaml. Every scenario is run with the seeds of the baseline, and compared pair by pair.
"""

import sys
import textwrap
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from itertools import chain, count
from pathlib import Path

import pandas as pd

from experiments.common.console import checked, job_number, launch
from experiments.common.design import Asked, fitted_window, read_scenarios
from experiments.common.progress import COMPILING, Phases
from experiments.common.runs import Tables, run_pairs, told_how_to_go_on
from experiments.report import write_report
from sim import store
from sim.claims.verdict import sentence
from sim.comparing.figures import draw_all, drawings
from sim.comparing.folder import estimands, judged, measured, recipe, with_verdicts, write_tables
from sim.comparing.remarks import of_scenarios, of_targets
from sim.ensemble.executors import checked_executor
from sim.measures.comparison import WIDTH, comparison, estimates, format_table

MOST_TOLD = 12  # scenarios whose verdicts are told on the terminal, in sentences


def compare(settings: dict) -> None:
    """Run, measure, judge, draw and write one comparison; print the table and the verdicts."""
    began = time.perf_counter()
    asked = checked(Asked, settings)
    checked_executor(asked.executor)
    scenarios, table = read_scenarios(asked)
    world, pairs = scenarios[0], asked.ensemble.pairs
    window, remark = fitted_window(asked, table, world)
    remarks = [*([remark] if remark else []), *of_scenarios(scenarios)]
    out = _out(asked.out)
    judge = partial(judged, scenarios=scenarios, table=table, window=window)

    with told_how_to_go_on(asked.ensemble.runs), store.results_folder(out) as folder:
        plan = f"{len(scenarios) * pairs} runs ({pairs} of each) on {world.region.name}, {world.start} to {world.end}"
        print(textwrap.fill(f"The baseline beside {', '.join(asked.scenarios)}: {plan}.", WIDTH))
        print(*remarks, sep="\n", end="\n" if remarks else "", flush=True)
        with Phases() as progress:
            progress.begin("worlds", len(scenarios) * pairs, first=COMPILING)
            look = partial(_tell_first, asked, judge, progress.say)
            tables, stopped = run_pairs(asked, scenarios, partial(judge, estimates), progress.step, progress.more, look)
            ran = time.perf_counter()
            first = asked.ensemble.seed
            progress.begin("estimates and intervals", 0)
            made_by = recipe(settings, scenarios, range(first, first + stopped["pairs"]), stopped, window)
            tables |= measured(scenarios, table) | {"comparison": judge(with_verdicts, tables)}
            progress.end()
            _tell(tables["comparison"], stopped, window, out)  # what follows takes as long again
            progress.begin("the other estimands", 0)
            tables["estimands"] = estimands(tables, scenarios, window)
            write_tables(folder, tables)
            tabled = time.perf_counter()
            progress.begin("figures", len(drawings(tables)))
            undrawn = draw_all(
                tables, folder / "figures", world.region.name, window, made_by["digest"], asked.ensemble.workers,
                progress.step,
            )  # fmt: skip
        drawn = time.perf_counter()
        wall = {"runs": ran - began, "tables": tabled - ran, "figures": drawn - tabled, "total": drawn - began}
        wall = {part: round(seconds, 2) for part, seconds in wall.items()}
        if failed := _failed(tables["runs"]):
            store.write_csv(folder, "failures", tables["runs"].dropna(subset="error"))
        after = of_targets(tables)
        known = {"remarks": remarks + after, "undrawn": undrawn, "failed": len(failed), "wall_seconds": wall}
        store.write_manifest(folder, made_by | store.provenance() | known)
        write_report(folder)

    if failed and asked.ensemble.runs:
        failed.append("the same command with ensemble.retry_failed=true, and another out, runs those again")
    print(*after, *failed, *undrawn, f"{out}: tables, figures, report.html and manifest ({wall['total']:.0f} s)", sep="\n")


def _tell_first(asked: Asked, judge: Callable, say: Callable[[str], None], tables: Tables, pairs: int) -> None:
    """Print the table of the first pairs, as the last will be made but without verdicts, and what it is worth."""
    of = f"{pairs} of {asked.ensemble.pairs} pairs" + (" or more" if asked.ensemble.until == "precision" else "")
    worth = (
        f"First look: {of}. It shows directions and rough sizes; intervals of so few pairs are far too narrow, so nothing is "
        "judged by them yet. The table of all pairs follows and replaces this one."
    )
    say(f"\n{textwrap.fill(worth, WIDTH)}\n\n{format_table(judge(comparison, tables))}\n")


def _tell(found: pd.DataFrame, stopped: dict, window: tuple[float, float], out: Path) -> None:
    """Print the table, and a sentence for each scenario unless there are many."""
    print(f"\n{format_table(found)}\n")
    if len(found) <= MOST_TOLD:
        for row in found.to_dict("records"):
            print(textwrap.fill(sentence(row, window=window), WIDTH), end="\n\n")
    else:
        print(f"A sentence for each scenario: {out / 'report.html'}")
    if stopped["rule"] == "precision":
        widths = ", ".join(f"{name} {width:.3g}" for name, width in stopped["widths"].items())
        print(f"Stopped after {stopped['pairs']} pairs: {stopped['because']}. Widest intervals: {widths or 'none is defined'}.")
    sys.stdout.flush()


def _failed(runs: pd.DataFrame) -> list[str]:
    """A line for each run that failed: its pair is left out, and its traceback stands in failures.csv."""
    failed = runs.dropna(subset="error").to_dict("records")
    return [f"failed: {row['scenario']}, seed {row['seed']}: {row['error']}; that pair is left out" for row in failed]


def _out(given: str | None) -> Path:
    """Where results go; the jobs of a multirun get numbered folders in one place."""
    job = job_number()
    if job is None:
        return Path(given or _dated())
    return Path(given or _dated_once()) / str(job)


def _dated() -> str:
    """A folder that is not there yet: a clock that was set back may name one again."""
    name = f"results/compare/{datetime.now():%Y-%m-%d_%H-%M-%S}"
    return next(free for free in chain([name], (f"{name}_{n}" for n in count(2))) if not Path(free).exists())


_dated_once = cache(_dated)


if __name__ == "__main__":
    sys.exit(launch(compare, "compare"))
