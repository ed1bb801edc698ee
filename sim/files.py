"""The files in configs/: read as plain data (text, numbers, dates, lists, mappings), and the keys that may stand in each kind.

A file may come from anywhere, so reading it runs no code, follows no chain of aliases into a memory full of copies, and drops no
line in silence (a key given twice). Whatever is wrong is one line: where, what, what is allowed.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sim.allowed import offer
from sim.region import ConfigError

MOST_CHARACTERS = 1_000_000  # of a file with its aliases written out; the largest shipped one has about ten thousand
TAG = "tag:yaml.org,2002:"
PLAIN = {TAG + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")}


def read_yaml(path: Path) -> dict:
    """A YAML file as a mapping of plain data; an empty file is an empty mapping. Raises ConfigError (one line)."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise ConfigError(f"{path}: config file is missing or cannot be read") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; allowed: text in UTF-8") from None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return {}
        _check(node)
        data = loader.construct_document(node)
    except RecursionError:
        raise ConfigError(f"{path}: not valid YAML: nested too deeply") from None
    # Besides its own errors PyYAML lets through those of Python, for words such as 2019-13-45, !!int '' or !!bool perhaps.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, ArithmeticError, TypeError) as error:
        problem = " ".join(str(error).replace('"<unicode string>"', "it").split())
        raise ConfigError(f"{path}: not valid YAML: {problem}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: is {shown(data)}; allowed: keys and their values")
    return data


def _check(root: yaml.Node) -> None:
    """Raises YAMLError unless all below a node is plain, every key is text and given once, and aliases stay few."""
    ahead, met = [root], 0
    while ahead:
        node = ahead.pop()
        met += 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        if met > MOST_CHARACTERS:
            raise yaml.YAMLError(f"more than {MOST_CHARACTERS:,} characters with its aliases written out")
        if node.tag not in PLAIN:
            raise yaml.YAMLError(f"{node.tag} is no plain data{node.start_mark}")
        if isinstance(node, yaml.SequenceNode):
            ahead += node.value
        elif isinstance(node, yaml.MappingNode):
            keys = [key.value if key.tag in (TAG + "str", TAG + "merge") else None for key, _ in node.value]
            for (key, value), word in zip(node.value, keys, strict=True):
                if word is None:
                    raise yaml.YAMLError(f"a key is no text; allowed: a word, in quotes if need be{key.start_mark}")
                ahead += [key, value]
            if len(set(keys)) < len(keys):
                raise yaml.YAMLError(f"a key is given twice: {', '.join(keys)}{node.start_mark}")


def checked[Given: BaseModel](model: type[Given], given: Any, where: str) -> Given:
    """Plain data as a checked object. Raises ConfigError (one line) on the first thing that is wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"]))
        if problem["type"] == "extra_forbidden":
            raise ConfigError(f"{where}: {key}: unknown key; {offer(key, model.model_fields, 'docs')}") from None
        said = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        raise ConfigError(f"{where}: {key + ': ' if key else ''}is {shown(problem['input'])}; allowed: {said}") from None


def shown(value: Any, most: int = 200) -> str:
    """A value as it may stand in a message: not endless."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"


# --- what may stand in each kind of file ----------------------------------------------------------


def _names(given: Any) -> Any:
    if given in (None, "everywhere") or (isinstance(given, list) and all(isinstance(name, str) for name in given)):
        return given
    raise ValueError("everywhere, or a list of territories")


Target = Annotated[Any, BeforeValidator(_names)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]  # strict: no text that looks like one


class File(BaseModel):
    model_config = ConfigDict(extra="forbid")


class World(File):
    """configs/world.yaml."""

    region: str
    start: dt.date | str
    end: dt.date | str


class RegionChoice(File):
    """A file in configs/region."""

    name: str
    folder: Annotated[str, Field(pattern=r"^\w[\w.-]*$")]


class Restated(File):
    """What a scenario may say anew for another region."""

    title: str = ""
    target: Target = ()
    interventions: list[Any] | None = None
    agents: list[Any] | None = None


class ScenarioFile(File):
    """A file in configs/scenario; levers and kinds of agent check their own settings."""

    name: str = ""
    title: str = ""
    source: str = ""
    relative_to: str | None = None
    expected: str = ""
    rival: str = ""
    target: Target = ()
    region: dict[str, Restated] | None = None
    params: dict[str, Any] | None = None
    interventions: list[Any] | None = None
    agents: list[Any] | None = None


class Parameter(File):
    """A parameter in a file of configs/params: a number with its range, or one of several named choices."""

    value: Any  # checked with what a scenario says about it
    unit: str
    range: tuple[Number, Number] | None = None
    choices: Annotated[list[str], Field(min_length=1)] | None = None
    source: str
    grade: Literal["A", "B", "C", "D"]
    note: str = ""

    @model_validator(mode="after")
    def _one_of_both(self):
        if self.choices is None and not (self.range and self.range[0] <= self.range[1]):
            raise ValueError("choices, or a range of two numbers, the lower first")
        return self
