"""From settings to the design of `experiments.claims`: what is asked, at which points, on which map and for how long."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field, field_validator

from experiments.common.console import changed_parameters
from experiments.common.design import Ensemble, _Settings
from experiments.common.draws import draw_parameters, read_draws
from experiments.verdicts.knockout import MECHANISMS, label, subsets, switches
from experiments.verdicts.map_luck import permuted
from experiments.verdicts.points import Point, shipped_point, start_of, variants
from sim import ConfigError, load_region
from sim.claims.claim import HEADLINE, Claim, Headline, load_claims, load_headline, months_after
from sim.scenario import CONFIGS, available, read_choice, read_yaml

Whole = Annotated[int, Field(ge=0, le=100_000)]


class Asked(_Settings):
    """What configs/claims.yaml and the command line ask for."""

    claims: tuple[str, ...]
    region: dict
    ensemble: Ensemble
    draws: int | str
    draw_pairs: Annotated[int, Field(ge=1, le=10_000)]
    structures: str | tuple[str, ...]
    knockout_pairs: Whole
    maps: Whole
    start: str | None
    out: str | None
    params: dict

    @field_validator("draws", mode="before")
    @classmethod
    def _number_or_file(cls, given):
        if isinstance(given, str) and given:
            return given
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 100_000:
            raise ValueError("greater than or equal to 0, or the kept.csv of a calibration")
        return given

    @field_validator("claims", mode="before")
    @classmethod
    def _names(cls, given):
        names = () if given == "all" else given if isinstance(given, list) else str(given).split(",")
        if not all(isinstance(name, str) and name for name in names):
            raise ValueError("all, or a list of claims as [C001,C017]")
        return tuple(dict.fromkeys(names))


def named(asked: Asked) -> tuple[list[Claim], Headline, list[Claim]]:
    """The claims asked for, the headline, and its parts if it is asked for, by name or with all."""
    names = tuple(name for name in asked.claims if name != HEADLINE)
    listed = load_claims(names) if names or not asked.claims else []
    headline = load_headline()
    return listed, headline, list(headline.parts) if HEADLINE in asked.claims or not asked.claims else []


def asked_points(asked: Asked) -> tuple[list[Point], pd.DataFrame]:
    """The shipped model, the draws, the structural variants; and the table of draws.

    Raises ConfigError (one line) for a setting of ensembles that claims would not heed.
    """
    for name, heeded, why in (("until", "pairs", "claims run so many"), ("runs", None, "OUT.begun keeps what was counted")):
        if (given := getattr(asked.ensemble, name)) != heeded:
            raise ConfigError(f"ensemble.{name}: is {given!r}; allowed: {heeded or 'null'}; {why}")
    seed, few = asked.ensemble.seed, range(asked.ensemble.seed, asked.ensemble.seed + asked.draw_pairs)
    none = pd.DataFrame(index=pd.RangeIndex(0, name="draw"))
    if isinstance(asked.draws, str):
        draws = read_draws(asked.draws)
    else:
        draws = draw_parameters(asked.draws, seed).set_index("draw") if asked.draws else none
    points = [shipped_point(asked.ensemble.pairs, seed)]
    points += [Point(int(draw), "", row.to_dict(), few) for draw, row in draws.iterrows()]
    points += [Point(0, name, params, few) for name, params in variants(asked.structures).items()]
    return points, draws


def origin(asked: Asked) -> dict[str, str]:
    """Where the draws come from, for the manifest: {} for draws from the ranges, else file and digest."""
    if not isinstance(asked.draws, str):
        return {}
    return {"draws": {"file": asked.draws, "digest": hashlib.sha256(Path(asked.draws).read_bytes()).hexdigest()[:16]}}


def extra_points(asked: Asked) -> list[tuple[str, Point]]:
    """What only the headline is asked: knock-outs and permuted maps."""
    seed, found = asked.ensemble.seed, []
    if asked.knockout_pairs:
        seeds = range(seed, seed + asked.knockout_pairs)
        found += [("knockout", Point(0, label(chosen), switches(chosen), seeds)) for chosen in subsets(MECHANISMS)]
    region = load_region(read_choice("region", str(asked.region["name"]))["folder"])
    pairs = range(seed, seed + max(asked.draw_pairs, min(2, asked.ensemble.pairs)))
    if asked.maps:
        found.append(("map", Point(0, "real", {}, pairs)))
        found += [("map", Point(0, f"map {k}", {}, pairs, permuted(region, k))) for k in range(1, asked.maps + 1)]
    return found


def shared(asked: Asked, judged: list[Claim]) -> dict:
    """What all worlds share: region, calendar (as long as the last window asks), parameters that the user set."""
    region = str(asked.region.get("name"))
    if asked.region != read_choice("region", region):
        raise ConfigError(f"region: is {asked.region}; allowed: region=NAME with one of {', '.join(available('region'))}")
    if region != (home := read_yaml(CONFIGS / "world.yaml")["region"]):
        raise ConfigError(f"region: is {region}; allowed: {home}, whose places, pools and countries the claims name")
    ends = [months_after(start_of(claim.asked.scenario, region, asked.start), claim.asked.window[1]) for claim in judged]
    end = max(ends, default=None) and max(ends) + dt.timedelta(weeks=2)
    return {"region": region, "start": asked.start, "end": end, "params": changed_parameters(asked.params)}
