"""Measures: estimands of paired worlds. Tables in, tables out; nothing here knows the model.

`zones` places territories relative to a target, `paired` puts two worlds of one seed side by side, `displacement`
turns pairs into ratios with intervals, `comparison` makes the one table that is read and judged.
"""
