"""A laboratory for one question: do crackdowns on scam compounds end them, or displace them?

>>> import sim
>>> model = sim.ScamNetwork(scenario="baseline", seed=1)  # doctest: +SKIP
>>> model.run(weeks=52).datacollector.get_model_vars_dataframe()  # doctest: +SKIP
>>> sim.compare("kokang_crackdown", pairs=40).plot.map()  # doctest: +SKIP
"""

import importlib

__all__ = [
    "ConfigError", "ScamNetwork", "compare", "design", "load_region", "load_results", "load_scenario", "monthly",
    "run_ensemble", "simulate", "variant",
]  # fmt: skip
__version__ = "0.1.0"

_ROOMS = {
    "sim.model": ("ScamNetwork", "simulate"),
    "sim.scenario": ("load_scenario",),
    "sim.region": ("ConfigError", "load_region"),
    "sim.ensemble": ("design", "monthly", "run_ensemble"),
    "sim.store": ("load_results",),
    "sim.comparing": ("compare", "variant"),
}


def __getattr__(name):
    """What users ask for, imported when they do: one run needs no ensembles, and what starts helpers needs no Mesa."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(room), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__():
    """What stands here, for those who look with the Tab key."""
    return sorted({*globals(), *__all__})
