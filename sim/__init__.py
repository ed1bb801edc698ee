"""A laboratory for one question: do crackdowns on scam compounds end them, or displace them?

>>> import sim
>>> model = sim.ScamNetwork(scenario="baseline", seed=1)  # doctest: +SKIP
>>> model.run(weeks=52).datacollector.get_model_vars_dataframe()  # doctest: +SKIP
"""

from sim.model import ScamNetwork, simulate
from sim.region import ConfigError, load_region
from sim.scenario import load_scenario

__all__ = ["ConfigError", "ScamNetwork", "load_region", "load_scenario", "simulate"]
__version__ = "0.1.0"
