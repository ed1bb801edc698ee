"""Properties that hold for any input: worlds, interventions and files that nobody thought of, made up by Hypothesis.

`HYPOTHESIS_PROFILE=thorough` tries many times as many, and new ones each time.
"""
