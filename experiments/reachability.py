"""Can the model return every answer? Parameters drawn from their ranges, crossed with scenarios: which regimes occur?

    python -m experiments.reachability draws=96 'scenarios=[kokang_crackdown]' structures=drawn out=DIR

Settings: configs/reachability.yaml. Exit code 0 when every regime is reached, 1 when one is not, 2 for a bad argument; written
to `out`, if given: reachability.csv, a row for each draw, structure and scenario.
"""

import sys

from experiments.common.console import checked, launch
from experiments.common.draws import cross_structures, draw_parameters
from experiments.common.regimes import REGIMES, Explored, confirmed, explore, reached, shares, worlds
from sim import ConfigError, store


def reachability(settings: dict) -> list[str]:
    """Draw, run, judge, print, write; the regimes that were not reached."""
    asked = checked(Explored, settings)
    for name, pairs in (("ensemble.pairs", asked.ensemble.pairs), ("confirm", asked.confirm)):
        if pairs == 1:
            raise ConfigError(f"{name}: is 1; allowed: at least 2 pairs for an interval")
    draws = draw_parameters(asked.draws, asked.ensemble.seed, asked.groups)
    design = cross_structures(draws, asked.structures, asked.ensemble.seed)
    worlds(asked, {})  # whatever is wrong shows before the first run

    table = explore(asked, design)
    print(f"Share of {len(draws)} draws of {draws.shape[1] - 1} parameters, {asked.ensemble.pairs} pairs each, in each regime:\n")
    percent = shares(table).map(lambda part: f"{100 * part:.0f} %" if part else "-")
    print(percent.rename_axis(None).rename_axis(None, axis=1).to_string())
    found = reached(table, asked.least)
    if asked.confirm:
        cases = confirmed(table[table["regime"].isin(found)], asked)
        print(f"\nClearest cases again with {asked.confirm} pairs, judged by intervals:")
        for regime in REGIMES:
            print(f"  {regime:<16} {cases.get(regime, 'not confirmed' if regime in found else 'no case')}")
        found = list(cases)
    if asked.out:
        with store.results_folder(asked.out) as folder:
            store.write_csv(folder, "reachability", table)
            store.write_manifest(folder, {"settings": settings, "reached": found} | store.provenance())
    missing = [regime for regime in REGIMES if regime not in found]
    told = f"claim not falsifiable under these settings: {', '.join(missing)} not reached"
    print(f"\n{told}" if missing else "\nEvery regime is reached: the claim can fail in each way.")
    return missing


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 every regime is reached, 1 one is not, 2 a mistake in what was asked."""
    missing: list[str] = []
    return launch(lambda settings: missing.extend(reachability(settings)), "reachability", arguments) or int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
