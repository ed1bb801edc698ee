"""What a message about an unknown name offers: the name that was perhaps meant, and the others as far as the list is short."""

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping

from sim.region import ConfigError

MOST_LISTED = 12  # names beside a hint; more would bury the one that was meant
MOST = 100  # names where there is no hint
FEWEST_LETTERS = 4  # of a part of a name by which it is found


def offer(name: object, known: Iterable[str] | Mapping[str, str], listed: str) -> str:
    """'did you mean shwe_kokko? allowed: any of the 80 in territories.csv', the end of a message.

    known    the names; or {name: what people call it}, which may be what was written
    listed   where all of them can be read
    Where nothing is near, all are told, up to MOST.
    """
    told = known if isinstance(known, Mapping) else {one: one for one in known}
    near = nearest(name, told)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    if len(told) > (MOST_LISTED if near else MOST):
        return f"{hint}allowed: any of the {len(told)} in {listed}"
    return f"{hint}allowed: {', '.join(told) or 'nothing'}"


def refuse_unknown(given: Iterable[str], function: Callable, others: Iterable[str] = ()) -> None:
    """Raises ConfigError (one line) for a keyword that a function does not have, nor hand on to what takes `others`."""
    named = (one.name for one in inspect.signature(function).parameters.values() if one.kind is not one.VAR_KEYWORD)
    known = [*named, *others]
    for keyword in given:
        if keyword not in known:
            listed = f"help(sim.{function.__name__})"
            raise ConfigError(f"{function.__name__}: {keyword}: unknown keyword; {offer(keyword, known, listed)}")


def nearest(written: object, told: Mapping[str, str]) -> list[str]:
    """At most two of the names {name: what people call it} that are called so, or contain it, or are spelt much like it."""
    wanted, forms = _plain(written), {}
    for name, called in told.items():
        for form in (_plain(name), _plain(called), _plain(str(called).partition(" (")[0])):
            forms.setdefault(form, name)
    if wanted in forms:
        return [forms[wanted]]
    parts = [name for form, name in forms.items() if len(wanted) >= FEWEST_LETTERS and wanted in form]
    spelt = [forms[form] for form in difflib.get_close_matches(wanted, forms, n=2)]
    return list(dict.fromkeys([*parts, *spelt]))[:2]


def _plain(name: object) -> str:
    return re.sub(r"\W+", "_", str(name).strip().lower())
