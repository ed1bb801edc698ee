"""Claims as files: what is asked of the model, and what would refute it, written down before any run.

One file of configs/claim per claim of the articles; the file name is the id. A claim compares a scenario with its
counterfactual by one estimand in one window, against a region of practical equivalence, in one direction. `headline.yaml`
holds the parts of the headline claim. The digest of each file goes into the manifest of every run that judges it.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sim.claims.estimands import ESTIMANDS
from sim.region import ConfigError
from sim.scenario import CONFIGS, available, check_parameters, read_yaml
from sim.store import digest

FOLDER = CONFIGS / "claim"
HEADLINE = "headline"
ITSELF = "itself"  # the counterfactual of a trend: the same world, some months earlier
LONGEST = 25  # lines of a claim's file

Line = Annotated[str, Field(min_length=3, max_length=400)]


class Asked(BaseModel):
    """What is measured and how it is read.

    scenario, counterfactual   names of configs/scenario; counterfactual "itself" is the same world `earlier` months before
    without                    parameters {group.name: value} that only the counterfactual has: a mechanism shut off
    estimand, of               one of `sim.claims.estimands`, and what it is taken of (a pool, a country), if it asks
    window                     months after the start of the scenario (of the run, for one without levers)
    rope                       values of the estimand that count as no difference, from and to
    direction                  above or below the rope, or within it: where the claim puts the value
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    scenario: str
    counterfactual: str = "baseline"
    without: dict[str, float | str] = {}
    earlier: Annotated[float, Field(gt=0, le=120)] | None = None
    estimand: str
    of: str = ""
    window: tuple[float, float]
    rope: tuple[float, float]
    direction: Literal["above", "below", "within"]

    @field_validator("scenario", "counterfactual")
    @classmethod
    def _known_scenario(cls, name: str) -> str:
        if name not in (*available("scenario"), ITSELF):
            raise ValueError(f"a name of configs/scenario, not {name!r}")
        return name

    @field_validator("estimand")
    @classmethod
    def _known_estimand(cls, name: str) -> str:
        if name not in ESTIMANDS:
            raise ValueError(f"one of {', '.join(ESTIMANDS)}")
        return name

    @field_validator("without")
    @classmethod
    def _known_parameters(cls, given: dict) -> dict:
        check_parameters(nested(given), "without")
        return given

    @field_validator("window", "rope")
    @classmethod
    def _in_order(cls, pair: tuple[float, float]) -> tuple[float, float]:
        if not pair[0] < pair[1]:
            raise ValueError("two numbers, the first below the second")
        return pair

    @model_validator(mode="after")
    def _trends_say_from_when(self) -> "Asked":
        if (self.counterfactual == ITSELF) != (self.earlier is not None):
            raise ValueError("earlier: with counterfactual itself, and only with it")
        if self.scenario == self.counterfactual and not self.without:
            raise ValueError("counterfactual: another scenario, or parameters in without")
        if ESTIMANDS[self.estimand].of and not self.of:
            raise ValueError(f"of: {ESTIMANDS[self.estimand].of}")
        return self

    @property
    def world(self) -> str:
        """Label of the world with."""
        return self.scenario

    @property
    def other(self) -> str:
        """Label of the world without: its scenario, and what is shut off in it."""
        changes = " ".join(f"{path}={value}" for path, value in sorted(self.without.items()))
        name = self.scenario if self.counterfactual == ITSELF else self.counterfactual
        return f"{name} {changes}".strip()


class Claim(BaseModel):
    """A claim of the articles: judged by what it asks, or not judged and why.

    family     confirmatory: one of the few contrasts named beforehand, corrected by Holm; else by Benjamini-Hochberg
    fails_when what would refute it, in words
    note       what the model leaves out of it
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, Field(pattern=r"^(C\d{3}|H\d)$")]
    article: str
    paraphrase: Line
    judged: bool = True
    why: Line | None = None
    asked: Asked | None = None
    fails_when: Line | None = None
    family: Literal["confirmatory", "exploratory"] = "exploratory"
    note: str = ""

    @model_validator(mode="after")
    def _judged_or_not(self) -> "Claim":
        if self.judged and (self.asked is None or self.fails_when is None or self.why):
            raise ValueError("a judged claim has asked and fails_when, and no why")
        if not self.judged and (self.asked is not None or not self.why):
            raise ValueError("a claim that is not judged has a why, and asks nothing")
        return self

    @property
    def digest(self) -> str:
        """Digest of the whole file: any change of a rule shows in the manifest."""
        return digest(self.model_dump())


class Headline(BaseModel):
    """The headline claim: a conjunction, which holds where every part does (intersection-union)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    paraphrase: Line
    fails_when: Line
    parts: tuple[Claim, ...]

    @property
    def digest(self) -> str:
        """Digest of the whole file."""
        return digest(self.model_dump())


def load_claims(names: tuple[str, ...] = (), folder: Path = FOLDER) -> list[Claim]:
    """The claims by id, in order; all of them without names. Raises ConfigError (one line) for what is wrong in a file."""
    known = sorted(path.stem for path in folder.glob("C*.yaml"))
    for name in names:
        if name not in known:
            raise ConfigError(f"claims: {name!r} does not exist; allowed: all, or of {HEADLINE}, {known[0]} to {known[-1]}")
    return [_read(folder / f"{name}.yaml", Claim) for name in names or known]


def load_headline(folder: Path = FOLDER) -> Headline:
    """The headline claim with its parts."""
    return _read(folder / f"{HEADLINE}.yaml", Headline)


def nested(paths: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """{group.name: value} as {group: {name: value}}."""
    made: dict[str, dict[str, Any]] = {}
    for path, value in paths.items():
        group, _, name = path.partition(".")
        made.setdefault(group, {})[name] = value
    return made


def _read[Kind: BaseModel](path: Path, kind: type[Kind]) -> Kind:
    where = f"configs/claim/{path.name}"
    given = read_yaml(path)
    try:
        made = kind.model_validate(given)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    except ValidationError as error:
        problem = error.errors()[0]
        key, message = ".".join(map(str, problem["loc"])), problem["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{where}: {key or 'claim'}: {message}") from None
    if isinstance(made, Claim) and made.id != path.stem:
        raise ConfigError(f"{where}: id is {made.id!r}; allowed: the name of the file, {path.stem}")
    return made


def months_after(start: dt.date, months: float) -> dt.date:
    """The date some months after another."""
    return start + dt.timedelta(days=round(months * 365.25 / 12))
