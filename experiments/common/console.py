"""What the experiments share at the terminal: Hydra at the door, one line for a mistake, one progress bar.

Exit codes: 0 done, 2 a mistake in what was asked (one line on stderr says which), 130 interrupted. A bug keeps its traceback.
"""

import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import BaseModel, ValidationError
from tqdm import tqdm

from sim import ConfigError
from sim.allowed import nearest, offer
from sim.files import read_yaml, shown
from sim.scenario import CONFIGS, available, shipped_parameters

FOR_HYDRA = re.compile(r"-|[+~]*hydra[.=/]")  # flags such as -m and --cfg, and Hydra's own settings
LISTS = {"scenarios": "scenario", "claims": "claim"}  # settings that list names, and the group of configs that these are of


def launch(task: Callable[[dict], None], config: str, arguments: Sequence[str] | None = None) -> int:
    """Compose configs/<config>.yaml with the arguments, run `task` on it as plain data, and return the exit code.

    With -m the task runs once for each combination of the values given.
    """
    os.environ["HYDRA_FULL_ERROR"] = "1"  # let Hydra's complaints come here instead of onto the screen
    given = sys.argv[1:] if arguments is None else list(arguments)
    given.sort(key=lambda argument: argument not in ("-m", "--multirun"))  # Hydra takes settings only if none stands before it

    def door(settings: DictConfig) -> None:
        nonlocal composed
        composed = True
        plain: dict = {}
        try:
            plain = OmegaConf.to_container(settings, resolve=True, throw_on_missing=True)
            task(plain)
        except (ConfigError, OmegaConfBaseException) as error:
            raise _Told(_by_its_setting(error, plain)) from None  # past Hydra, which would add a line of its own

    composed = False
    with tempfile.TemporaryDirectory() as scratch, _command_line(given), _termination_as_interrupt():
        OmegaConf.register_new_resolver("scratch", lambda: scratch, replace=True)  # Hydra insists on a folder for -m
        try:
            _check_files()
            if any(FOR_HYDRA.match(word) for word in given):
                hydra.main(version_base="1.3", config_path=str(CONFIGS), config_name=config)(door)()
            else:  # the same settings in a third of the time: that composes twice, and sets up what nothing here uses
                door(_composed(config, given))
        except (_Told, ConfigError, HydraException, OmegaConfBaseException) as error:
            print(one_line(error.args[0] if isinstance(error, _Told) else error, config, given), file=sys.stderr)
            return 2
        except Exception as error:
            if composed:
                raise
            print(_uncomposed(error, config), file=sys.stderr)
            return 2
        except KeyboardInterrupt as stop:  # an ensemble on disk says how to go on
            print(stop if stop.args else "Interrupted; nothing was written.", file=sys.stderr)
            return 130
        finally:
            GlobalHydra.instance().clear()
    return 0


def _by_its_setting(error: Exception, settings: dict) -> Exception:
    """What is wrong with the folder of runs is `out` to the ensemble, and `ensemble.runs` to whoever set it."""
    ensemble = settings.get("ensemble")
    runs = ensemble.get("runs") if isinstance(ensemble, dict) else None
    if isinstance(runs, str) and re.match(rf"out: .*{re.escape(os.path.abspath(runs))}[ /;]", str(error)):
        return ConfigError(str(error).replace("out:", "ensemble.runs:", 1))
    return error


def checked[Asked: BaseModel](kind: type[Asked], settings: dict) -> Asked:
    """Settings as a frozen, checked object. Raises ConfigError (one line) on the first thing that is wrong."""
    try:
        return kind.model_validate(settings)
    except ValidationError as error:
        problem = error.errors()[0]
        place, key = problem["loc"][:-1], ".".join(map(str, problem["loc"]))
        if problem["type"] == "extra_forbidden":
            inside = kind
            for step in place:
                inside = inside.model_fields[step].annotation
            raise ConfigError(_unknown(key, str(problem["loc"][-1]), list(inside.model_fields))) from None
        if problem["type"] == "missing":
            raise ConfigError(f"{key}: is missing; allowed: to give it, as the shipped configs do") from None
        message = re.sub(r"^(Value error, |Input )", "", problem["msg"])
        raise ConfigError(f"{key}: is {shown(problem['input'])}; allowed: {message.removeprefix('should be ')}") from None


def changed_parameters(asked: dict) -> dict[str, dict[str, Any]]:
    """Values in `asked` ({group: {name: value, or an entry with a value}}) that are not the shipped ones.

    Raises ConfigError (one line) for a changed unit, range, source or grade: those are data, edited in their file.
    """
    changed: dict[str, dict[str, Any]] = {}
    shipped = shipped_parameters()
    for group, names in asked.items():
        for name, entry in names.items() if group in shipped and isinstance(names, dict) else ():
            original = shipped[group].get(name, {})
            given = entry if isinstance(entry, dict) else {**original, "value": entry}
            for key, value in given.items():
                if key != "value" and value != original.get(key):
                    where, file = f"params.{group}.{name}.{key}", f"configs/params/{group}.yaml"
                    raise ConfigError(f"{where}: is {value!r}; allowed: to set the value; the rest is edited in {file}")
            value = given.get("value")
            if isinstance(value, bool) or value != original.get("value"):
                changed.setdefault(group, {})[name] = value
        if group not in shipped or not isinstance(names, dict):
            changed[group] = names  # sim.scenario says what is wrong with it
    return changed


def job_number() -> int | None:
    """Number of this job in a multirun (-m), else None."""
    return int(HydraConfig.get().job.num) if HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN else None


def progress_bar(steps: int, what: str, done: int = 0, counted: bool = True) -> tqdm:
    """The one progress bar, on stderr; it goes when it is done.

    done: steps before it began, which tell nothing of the pace   counted: False shows the words alone
    """
    seconds = 0.2 if sys.stderr.isatty() else 10.0  # a log file is not to fill with it
    shown = {"file": sys.stderr, "leave": False, "mininterval": seconds, "dynamic_ncols": True}
    form = None if counted else "{desc}"
    return tqdm(total=steps, initial=done, desc=what, bar_format=form, **shown)


def one_line(error: BaseException, config: str, given: Sequence[str] = ()) -> str:
    """What is wrong, in one line: where, what, what is allowed. given: the words of the command line."""
    text = str(error)
    if isinstance(error, ConfigError):
        return " ".join(text.split())
    if match := re.search(r"Could not override '([^'@]+)", text):
        return _misspelt(match[1], config)
    if match := re.search(r"Could not find '([^'/]+)/([^']+)'", text):
        return f"{match[1]}: {match[2]!r} does not exist; {offer(match[2], available(match[1]), f'configs/{match[1]}')}"
    if meant := _meant(given, config):
        return meant
    first = _short(" ".join(text.split("\nSee ")[0].split()))
    return f"command line: {first}; allowed: key=value, as shown by --cfg job"


def _check_files() -> None:
    """Read what Hydra is about to compose: it knows no limit to aliases, and shows a traceback for a slip of the pen."""
    shipped_parameters()
    for path in (path for group in ("", "region", "ensemble", "executor") for path in sorted((CONFIGS / group).glob("*.yaml"))):
        defaults = read_yaml(path).get("defaults")
        if isinstance(defaults, list) and "_self_" not in defaults:  # Hydra would say so at length, and let others overrule it
            raise ConfigError(f"{path}: defaults: _self_ is missing; allowed: to name it, after all that the file sets anew")


def _composed(config: str, given: Sequence[str] = ()) -> DictConfig:
    with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONFIGS)):
        return hydra.compose(config, overrides=list(given))


class _Told(BaseException):
    """Carries an error out of Hydra, which prints about exceptions that it sees."""


def _misspelt(path: str, config: str) -> str:
    """Which step of a dotted key does not exist, and what does."""
    GlobalHydra.instance().clear()
    try:
        known: Any = OmegaConf.to_container(_composed(config))
    except (HydraException, OmegaConfBaseException) as error:
        return _uncomposed(error, config)
    for step in path.split("."):
        if not isinstance(known, dict) or step not in known:
            break
        known = known[step]
    room, others = CONFIGS / path.split(".")[0], []  # where settings of other choices stand, as address does of executor=dask
    if path.count(".") == 1 and room.is_dir() and isinstance(known, dict):
        others = [f"{room.name}={name}" for name in available(room.name) if step in read_yaml(room / f"{name}.yaml")]
    if others:
        return f"{path}: belongs to {' or '.join(others)}; allowed here: {', '.join(known)}"
    return _unknown(path, step, list(known) if isinstance(known, dict) else [])


def _meant(given: Sequence[str], config: str) -> str:
    """What to type where names stand without the key that they belong to, as `kokang_crackdown`; "" where there are none."""
    bare = [word for word in given if "=" not in word and not word.startswith("-")]
    settings = read_yaml(CONFIGS / f"{config}.yaml")
    for key, group in LISTS.items():
        known = {name: name for name in available(group)}
        names = [nearest(word, known)[0] for word in bare if nearest(word, known)]
        if names and (isinstance(settings.get(key), list) or settings.get(key) == "all"):
            typed = f"'{key}=[{','.join(names)}]'"  # in quotes: a shell reads brackets as a pattern
            said = f"command line: {' '.join(bare)!r} is no setting; did you mean {typed}?"
            return f"{said} allowed: key=value, as shown by --cfg job"
    return ""


def _uncomposed(error: Exception, config: str) -> str:
    """What Hydra says of a file whose text is in order but not its settings."""
    said = _short(" ".join(str(error).split())) or type(error).__name__
    return f"configs/{config}.yaml: cannot be composed: {said}; allowed: a file as shipped"


def _short(said: str, most: int = 1000) -> str:
    return said if len(said) <= most else f"{said[:most]}…"


def _unknown(path: str, step: str, known: list[str]) -> str:
    return f"{path}: unknown key {step!r}; {offer(step, sorted(known), 'what --cfg job shows')}"


@contextmanager
def _command_line(arguments: list[str]) -> Iterator[None]:
    """Hydra reads sys.argv."""
    before, sys.argv = sys.argv, [sys.argv[0], *arguments]
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """A batch system's SIGTERM cleans up as Ctrl-C does."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
