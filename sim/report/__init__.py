"""Reports: results as one page that a browser opens without a network. Tables and pictures in, HTML out.

    page = comparison_page(results, region_tables, parameters)    # of a folder of experiments.compare
    page = claims_page(results, parameters)                       # of a folder of experiments.claims
    write(page, "results/compare/today/report.html")

`comparison` and `claims` gather what a page says, `atlas` the map with its slider, `pictures` the figures, `page` fills the
templates. Nothing here runs a model or judges; the page holds all that it shows, and asks for nothing from elsewhere.
"""

from sim.report.claims import claims_page
from sim.report.comparison import comparison_page
from sim.report.page import write
from sim.report.parameters import parameters_table

__all__ = ["claims_page", "comparison_page", "parameters_table", "write"]
