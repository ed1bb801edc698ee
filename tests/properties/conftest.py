"""How hard to try. The usual profile is the same on every machine and in every run; the thorough one looks for more."""

import os

from hypothesis import HealthCheck, settings

# No deadline, no complaint about slowness: how long an example takes says more about the machine than about the model.
usual = settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", usual)
settings.register_profile("thorough", usual, max_examples=2000, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
