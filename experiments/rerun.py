"""Run a stored run again from its manifest and hold it against what is stored, bit by bit.

    python -m experiments.rerun results/compare/2024-05-01_12-00-00           # its first run
    python -m experiments.rerun results/runs/mine 3f2a91c0                    # a run by its id, or by how that begins
    python -m experiments.rerun results/runs/mine kokang_crackdown 7          # by scenario and seed (the first such row)
    python -m experiments.rerun 3f2a91c0                                      # looked for under results/

Nothing is read from the config files of today: settings, parameters and levers stand in the manifest. Where the code, the data
or a library is another than then, it is said before the answer.

Exit code 0 the same to the bit, 1 not the same, 2 a bad argument.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from sim import ConfigError, store
from sim.compiled import source_digest
from sim.ensemble import TABLES, monthly
from sim.ensemble.collect import Collector, kept
from sim.ensemble.design import KEYS, Plan, model_digest, restored, run_id
from sim.model import simulate

REDUCTIONS = {f"{function.__module__}.{function.__qualname__}": function for function in (monthly,)}  # looked up, never imported


def plan_of(results: store.Results) -> Plan:
    """The design of stored results, with its scenarios as they were. Raises ConfigError where there is none."""
    manifest, where = results.manifest, results.path / store.MANIFEST
    told = manifest.get("scenarios")
    if manifest.get("experiment") not in ("ensemble", "compare") or not isinstance(told, dict) or "format" not in manifest:
        raise ConfigError(f"{where}: holds no runs that can be made again; allowed: results of an ensemble or a comparison")
    bases = {name: restored(scenario, str(where)) for name, scenario in told.items()}
    if manifest["experiment"] == "ensemble":
        table = results["design"].astype({"scenario": object})
        return Plan(table, bases, tuple(table["structure"].unique()) if "structure" in table else ())
    pairs = [(name, seed) for name in bases for seed in manifest["seeds"]]
    return Plan(pd.DataFrame(pairs, columns=["scenario", "seed"]).astype({"scenario": object}), bases)


def ids(results: store.Results, plan: Plan) -> list[str]:
    """The ids of the runs, as they were when they ran."""
    if "runs" in results:
        found = results["runs"].set_index("run")["id"]
        return [found.get(run, "") for run in range(len(plan.table))]
    told = results.manifest
    digests = {name: scenario["digest"] for name, scenario in told["scenarios"].items()}
    rows = plan.table.itertuples()
    return [run_id(plan.bases[row.scenario], row.seed, told["digests"]["model"], digests[row.scenario]) for row in rows]


def chosen(results: store.Results, plan: Plan, asked: list[str]) -> int:
    """Number of the run that is asked for: nothing (the first), an id or its beginning, or a scenario and a seed."""
    if not asked:
        return 0
    if len(asked) == 2:
        rows = plan.table.index[(plan.table["scenario"] == asked[0]) & (plan.table["seed"].astype(str) == asked[1])]
    else:
        rows = [run for run, name in enumerate(ids(results, plan)) if name.startswith(asked[0])]
    if not len(rows):
        told = f"{results.path}: has no run {' '.join(asked)}"
        raise ConfigError(f"{told}; allowed: an id of its table 'runs', or a scenario and a seed of its design")
    return int(rows[0])


def changes(manifest: Mapping, plan: Plan) -> Iterator[str]:
    """A line for everything that is not as it was."""
    then, now = manifest["digests"], {"data": plan.first.region.digest, "model": model_digest(), "source": source_digest()}
    if then["data"] != now["data"]:
        yield f"The data of {plan.first.region.name} have CHANGED since (digest {then['data']}, now {now['data']})."
    if then["model"] != now["model"]:
        yield f"The code of the model has CHANGED since (digest {then['model']}, now {now['model']})."
    elif then["source"] != now["source"]:
        yield "The code of the model is the same; code above it (tables, figures) has changed since."
    libraries = store.provenance()["libraries"]
    for name, version in manifest.get("libraries", {}).items():
        if name in ("numpy", "numba") and libraries.get(name) != version:
            yield f"{name} has CHANGED since ({version}, now {libraries.get(name)})."


def made_again(plan: Plan, run: int, manifest: Mapping) -> dict[str, pd.DataFrame]:
    """The tables of a run, run anew; of its whole group where the stored tables are reduced."""
    tables, reduce = tuple(manifest.get("tables", TABLES)), manifest.get("reduce")
    if reduce is not None and reduce not in REDUCTIONS:
        raise ConfigError(f"reduce: {reduce} is not known here; allowed: {', '.join(REDUCTIONS)}; or run the ensemble again")
    runs = [run]
    if reduce:
        groups = plan.groups()
        first = int(groups[groups <= run][-1])
        runs = range(first, next((int(start) for start in groups if start > run), len(plan.table)))
    collector = Collector(plan, runs, tables)
    for number in runs:
        scenario = plan.scenario(number)
        collector.add(number, kept(simulate(scenario, plan.seed(number)), tables))
    made = collector.frames()
    return REDUCTIONS[reduce](made) if reduce else made


def same(made: pd.DataFrame, stored: Iterator[pd.DataFrame]) -> tuple[int, bool]:
    """How many rows the table of a run has, and whether those stored under its keys are the same to the bit."""
    keys = [name for name in KEYS if name in made]
    wanted = made[keys].drop_duplicates().astype({"scenario": object})
    found = [part.loc[_rows_of(part, wanted)] for part in stored]
    there = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    if list(there) != list(made) or len(there) != len(made):
        return len(made), False
    return len(made), _equal(made, there) or _equal(_by_place(made), _by_place(there))


def _equal(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return all(_bits(one[name]) == _bits(other[name]) for name in one)


def _by_place(table: pd.DataFrame) -> pd.DataFrame:
    """The rows by keys, place and date: in tables of older versions they stand by keys, date and place."""
    by = [name for name in (*KEYS, "territory", "pool", "date") if name in table]
    order = table[by].astype({name: str for name in by if name != "date"}).sort_values(by, kind="stable").index
    return table.loc[order]


def _bits(column: pd.Series) -> bytes | list:
    """Numbers by their bits, names as names (null is None)."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_dtype(column):
        return column.to_numpy().tobytes()
    return column.astype(object).where(column.notna(), None).tolist()


def _rows_of(table: pd.DataFrame, wanted: pd.DataFrame) -> pd.Series:
    rows = pd.Series(False, table.index)
    for row in wanted.to_dict("records"):
        mine = pd.Series(True, table.index)
        for name, value in row.items():
            mine &= table[name] == value
        rows |= mine
    return rows


def find(asked: str) -> tuple[store.Results, list[str]]:
    """The results that hold a run: a folder, or where under results/ a run of that id is."""
    if (Path(asked) / store.MANIFEST).is_file():
        return store.load_results(asked), []
    for file in sorted(Path("results").rglob(store.MANIFEST)):
        try:
            results = store.load_results(file.parent)
            chosen(results, plan_of(results), [asked])
            return results, [asked]
        except (ConfigError, KeyError):
            continue
    raise ConfigError(f"{asked}: is neither a folder of results nor a run under results/; allowed: one of them")


def main(arguments: list[str]) -> int:
    """Find, run, compare, say."""
    try:
        if not 1 <= len(arguments) <= 3:
            raise ConfigError("rerun: what? allowed: FOLDER, FOLDER ID, FOLDER SCENARIO SEED, or ID")
        results, asked = find(arguments[0])
        plan = plan_of(results)
        run = chosen(results, plan, asked or arguments[1:])
        row = plan.table.iloc[run]
        keys = ", ".join(f"{name} {row[name]}" for name in plan.keys)
        print(f"Run {ids(results, plan)[run]} ({keys}) of {results.path}")
        print(*(list(changes(results.manifest, plan)) or ["Code and data are the same."]), sep="\n")
        answers = {name: same(table, results.each(name)) for name, table in made_again(plan, run, results.manifest).items()}
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    for name, (rows, is_same) in answers.items():
        print(f"  {name:<8} {rows:>7,} rows {'the same to the bit' if is_same else 'NOT the same'}")
    return 0 if all(is_same for _, is_same in answers.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
