"""A laboratory for one question: do crackdowns on scam compounds end them, or displace them?

>>> import sim
>>> model = sim.ScamNetwork(scenario="baseline", seed=1)  # doctest: +SKIP
>>> model.run(weeks=52).datacollector.get_model_vars_dataframe()  # doctest: +SKIP
>>> sim.compare("kokang_crackdown", pairs=40).plot.map()  # doctest: +SKIP
"""

import importlib

from sim.model import ScamNetwork, simulate
from sim.region import ConfigError, load_region
from sim.scenario import load_scenario

__all__ = [
    "ConfigError", "ScamNetwork", "compare", "design", "load_region", "load_results", "load_scenario", "monthly",
    "run_ensemble", "simulate", "variant",
]  # fmt: skip
__version__ = "0.1.0"

_LATER = {"design": "sim.ensemble", "monthly": "sim.ensemble", "run_ensemble": "sim.ensemble", "load_results": "sim.store"}
_LATER |= {"compare": "sim.comparing", "variant": "sim.comparing"}


def __getattr__(name):
    """Ensembles, results and comparisons are imported when first asked for: one run needs none of them."""
    if name not in _LATER:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)
