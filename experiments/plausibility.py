"""Is the baseline plausible? Prints it beside anchors of the evidence, with the stated range and inside or outside.

    python -m experiments.plausibility [seeds=8]

Anchors that contradict each other are all shown: what cannot be met at once stays visible as outside.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from experiments.calibration.anchors import ANCHORS, Anchor, Look
from sim import ConfigError, load_scenario, simulate


def compare(seeds: int = 8, scenario=None) -> list[tuple[Anchor, float, float, float]]:
    """Each anchor with the mean, lowest and highest value over seeds 1..seeds of the baseline."""
    scenario = scenario or load_scenario("baseline", end="2024-12-30")
    with ThreadPoolExecutor() as pool:
        looks = list(pool.map(lambda seed: Look.of_run(scenario, simulate(scenario, seed)), range(1, seeds + 1)))
    rows = []
    for anchor in ANCHORS:
        values = [anchor.measure(look) for look in looks]
        rows.append((anchor, float(np.mean(values)), min(values), max(values)))
    return rows


def main(arguments: list[str]) -> int:
    """Print the table."""
    try:
        seeds = 8
        for argument in arguments:
            key, _, value = argument.partition("=")
            if key != "seeds" or not value.isdigit() or int(value) < 1:
                raise ConfigError(f"{argument}: unknown or unusable; allowed: seeds=N with N at least 1")
            seeds = int(value)
        rows = compare(seeds)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{'baseline beside the evidence':<57} {'model':>9} {'over seeds':>19} {'stated range':>19}")
    for anchor, mean, low, high in rows:
        inside = "inside" if anchor.low <= mean <= anchor.high else "OUTSIDE"
        name = f"{anchor.name} ({anchor.unit})"
        print(
            f"{name:<57} {_short(mean):>9} {_short(low):>9}-{_short(high):<9}"
            f" {_short(anchor.low):>9}-{_short(anchor.high):<9} {inside}"
        )
        if inside != "inside":
            print(f"    {anchor.source}")
    return 0


def _short(value: float) -> str:
    return f"{value / 1e9:.1f}bn" if value >= 1e9 else f"{value / 1e3:.0f}k" if value >= 1e4 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
