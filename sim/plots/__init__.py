"""Figures: one file each, told by its name; a table in, a Figure out.

A figure is a module of this folder with CAPTION (the estimand in words), `data(<tables>, ...)`, which makes the tidy
table behind the picture, and `draw(table, provenance)`, which draws exactly that table. Nothing here runs a model or
decides where files go. A new figure is a new file; there is no list to extend.

`data` asks for what it reads by the names of its parameters (weekly, pools, moves, cells, zones, scenarios,
comparison, territories, countries, cells_geo; points and specifications of the claims; timeline, states, traces and
options of one pair), so an experiment can call every figure the same way: see `table`. NEEDS_TARGET marks figures of
displacement. `film` is no figure, and made on request.
"""

import importlib
import inspect
import pkgutil

from sim.plots.output import write

__all__ = ["figure", "names", "needs_target", "per_scenario", "reads", "table", "write"]


def names():
    """The names of all figures, sorted."""
    files = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [name for name in files if hasattr(importlib.import_module(f"{__name__}.{name}"), "CAPTION")]


def figure(name):
    """The module of a figure, with CAPTION, data and draw."""
    if name not in names():
        raise ValueError(f"sim/plots: no figure {name!r}; there are {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")


def per_scenario(name):
    """True when the figure shows one scenario; False when it shows the whole comparison."""
    return "scenario" in inspect.signature(figure(name).data).parameters


def needs_target(name):
    """True when the figure is of displacement, which a scenario without a target in space has none of (NEEDS_TARGET)."""
    return getattr(figure(name), "NEEDS_TARGET", False)


def reads(name):
    """The tables that a figure is made from."""
    parameters = inspect.signature(figure(name).data).parameters.values()
    wanted = [parameter.name for parameter in parameters if parameter.kind is not inspect.Parameter.KEYWORD_ONLY]
    return [wish for wish in wanted if wish != "scenario"]


def table(name, tables, scenario=None, **options):
    """The table behind a figure: `data` called with the tables it names in its parameters.

    tables: a mapping from table name to DataFrame (it may read lazily). Raises ValueError for a table it lacks.
    """
    arguments = {"scenario": scenario} if per_scenario(name) else {}
    for wish in reads(name):
        if wish in tables:
            arguments[wish] = tables[wish]
        else:
            raise ValueError(f"figure {name}: needs the table {wish!r}; given: {', '.join(sorted(tables))}")
    return figure(name).data(**arguments, **options)
