"""How fast is it? Speed against size, memory, start-up, where the time goes, and other frameworks on the same machine.

    python -m experiments.benchmark 'sizes=[100,1000]' peers=false out=DIR

Settings: configs/benchmark.yaml. Prints JSON; docs/benchmarks.md says how to read it and what was found. Every number is
measured in a process of its own, on one core unless it says threads. A benchmark, not a test: nothing fails for being slow.
"""

import json
import os
import platform
import sys
import tempfile
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from experiments.common.console import checked, launch, progress_bar
from experiments.timing.own_process import in_own_process
from experiments.timing.peers import peers
from sim import load_scenario, store
from sim.compiled import source_digest

Count, Several = Annotated[int, Field(ge=0, le=1000)], Annotated[int, Field(ge=1, le=1000)]
Compounds = Annotated[int, Field(ge=10, le=10_000_000)]
CHOICE = ("decide", "act", "enter")  # the rules that choose a site


class Asked(BaseModel):
    """What configs/benchmark.yaml and the command line say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: dict
    sizes: Annotated[tuple[Compounds, ...], Field(min_length=1)]
    blocks: Several
    weeks: Several
    profile: Compounds
    cells: tuple[Annotated[int, Field(ge=1, le=64)], ...]
    interpreted: Count
    start_up: bool
    runs: Count
    peers: bool
    out: str | None


def benchmark(settings: dict) -> None:
    """Measure one thing after the other, and print and write what was found."""
    asked = checked(Asked, settings)
    region = asked.region["name"]
    load_scenario(region=region)  # whatever is wrong shows before the first measurement
    if asked.out:
        with store.results_folder(asked.out) as folder:
            text = json.dumps(measured(asked, region), indent=2)
            (folder / "benchmark.json").write_text(text + "\n", encoding="utf-8")
            store.write_manifest(folder, {"experiment": "benchmark", "config": settings} | store.provenance())
    else:
        text = json.dumps(measured(asked, region), indent=2)
    print(text)


def measured(asked: Asked, region: str) -> dict:
    """All that is asked for; the keys are those of docs/benchmarks.md."""
    found: dict = {"machine": machine(), "source": source_digest(), "region": region}
    with progress_bar(len(asked.sizes) + len(asked.cells) + 5, "compiling") as bar:

        def then(what: str) -> None:
            bar.update()
            bar.set_description(what)

        workload("weeks", region=region, compounds=asked.sizes[0], blocks=1, weeks=1, worlds=1)  # fills the compile cache
        found["sizes"] = []
        for size in asked.sizes:
            then(f"{size} compounds")
            told = workload("weeks", region=region, compounds=size, blocks=asked.blocks, weeks=asked.weeks)
            found["sizes"].append({"asked": size} | told)
        costs = [size["ns_per_compound_week"] for size in found["sizes"]]
        found["dearest_over_cheapest_size"] = round(max(costs) / min(costs), 2)
        then("without the compiler")
        if asked.interpreted:
            given = {"region": region, "compounds": asked.interpreted, "blocks": 1, "weeks": asked.weeks, "worlds": 1}
            slow, fast = workload("weeks", **given, NUMBA_DISABLE_JIT="1"), workload("weeks", **given)
            times = fast["compound_weeks_per_second"] / slow["compound_weeks_per_second"]
            found["interpreted"] = slow | {"compiled_over_interpreted": round(times, 1)}
        found["maps"] = []
        for parts in asked.cells:
            then(f"cells in {parts} parts")
            told = workload("rules", region=region, compounds=asked.profile, parts=parts, weeks=2 * asked.weeks)
            found["maps"].append({"parts": parts, "choice_ns": round(sum(told["ns_by_rule"][rule] for rule in CHOICE), 2)} | told)
        then("ensemble")
        if asked.runs:
            found["ensemble"] = workload("ensemble", region=region, runs=asked.runs, threads=[1, 2])
        then("start-up")
        if asked.start_up:
            found["start_up"] = start_up(region)
        then("peers")
        found["peers"] = {}
        if asked.peers:
            ours = max(size["compound_weeks_per_second"] for size in found["sizes"])
            for name, told in peers().items():
                ratio = {"ours_over_theirs": round(ours / told["agent_steps_per_second"], 2)} if "absent" not in told else {}
                found["peers"][name] = told | ratio
        then("done")
    return found


def workload(name: str, **given) -> dict:
    """One of experiments.timing.workloads in a fresh process; names in capitals are its environment."""
    environment = {key: given.pop(key) for key in list(given) if key.isupper()}
    return in_own_process([sys.executable, "-m", "experiments.timing.workloads", name, json.dumps(given)], **environment)


def start_up(region: str) -> dict[str, dict]:
    """From an empty compile cache, and again from the full one."""
    command = [sys.executable, "-m", "experiments.timing.start_up", region]
    with tempfile.TemporaryDirectory() as cache:
        own = {"XDG_CACHE_HOME": cache}
        return {state: in_own_process(command, **own) for state in ("cold", "warm")}


def machine() -> dict:
    """In general words; the load says how far the clock can be trusted (1 per core: somebody else is at work)."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": platform.machine(), "system": platform.system(), "cores": os.cpu_count(), "load": busy and round(busy, 1),
        "python": platform.python_version(),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 done, 2 a mistake in what was asked."""
    return launch(benchmark, "benchmark", arguments)


if __name__ == "__main__":
    sys.exit(main())
