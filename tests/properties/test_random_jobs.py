"""Every job asked for with something wrong, in its files or on its command line: it would run, or one line says what is wrong.

The door is the one that the command line uses, `launch`; behind it, where the first run would begin, stands a guard. Edited are
the files of the jobs themselves, of their ensembles, executors and claims; what a scenario is made of: test_random_configs.
"""

import contextlib
import importlib
import io
import shutil
import warnings
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.common.console import launch
from sim.scenario import CONFIGS, available

from .edits import edits, places, spoilt

BEGINS = {  # what a job calls when all is checked and the first run would begin
    "compare": "run_pairs", "claims": "_run", "trace": "largest", "phase": "explore", "sensitivity": "all_stages",
    "calibrate": "search", "factorial": "sim.compare", "reachability": "explore", "benchmark": "measured", "diverge": "new_world",
}  # fmt: skip
JOBS = {name: importlib.import_module(f"experiments.{name}") for name in BEGINS}
CLAIMS = [*available("claim")]
FILES = [f"{name}.yaml" for name in JOBS] * 3 + [f"executor/{name}.yaml" for name in available("executor")] * 2
FILES += ["ensemble/default.yaml"] * 6 + [f"claim/{name}.yaml" for name in (CLAIMS[0], CLAIMS[30], "headline")] * 3
QUICK = ["draws=0", "structures=none", "knockout_pairs=0", "maps=0"]  # claims: the design of these is no setting
ASKED = {"claims": QUICK, "diverge": ["baseline", "placebo"]}  # what a job cannot do without
WORDS = [
    "{}", "[]", "[a]", "[[a]]", "{a: 1}", "null", "''", "text", "-1", "0", "3", "1.5", "1e400", "nan", "-inf", "true", "${x}",
    "???", "'\u2028'", "[1,2]", "[36,6]", "9" * 30, "2019-13-45", "1/0", "=", "{kind: []}", "[{}]", "all", "[all]",
]  # fmt: skip


class ItWouldRun(Exception):
    """The guard: whatever was asked was found in order."""


def guard(*_, **__):
    raise ItWouldRun


@cache
def settings_of(name: str) -> list[str]:
    """Dotted keys of what a job composes, parameters left out."""
    found = []
    assert launch(found.append, name, []) == 0
    return [".".join(path) for path in places(found[0]) if path and path[0] != "params" and all(isinstance(k, str) for k in path)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the configs that the tests of this file may spoil, one file at a time."""
    return shutil.copytree(CONFIGS, tmp_path_factory.mktemp("world") / "configs")


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Asks a job with these words; what it says on stderr, warnings included, or None where it would run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("here"))
        for name, job in JOBS.items():
            patch.setattr(job, BEGINS[name], guard) if "." not in BEGINS[name] else patch.setattr(BEGINS[name], guard)

        def ask(name: str, *words: str) -> list[str] | None:
            job, screen = JOBS[name], io.StringIO()
            with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stderr(screen):
                warnings.simplefilter("always")
                try:
                    with contextlib.redirect_stdout(io.StringIO()):
                        status = job.main(list(words)) if hasattr(job, "main") else launch(getattr(job, name), name, list(words))
                except ItWouldRun:
                    return None
            assert status == 2
            return screen.getvalue().splitlines() + [str(warning.message) for warning in warned]

        yield ask


def words_for(file: str) -> tuple[str, list[str]]:
    """The job that reads a file, and the words with which it does."""
    group, _, name = file.removesuffix(".yaml").rpartition("/")
    if group == "claim":
        return "claims", [f"claims=[{name}]", *QUICK]
    if group:
        return "compare", ["region=toy", f"{group}={name}"]
    return name, ASKED.get(name, [])


def in_one_line(told: list[str] | None) -> bool:
    return told is None or (len(told) == 1 and 0 < len(told[0]) < 4000 and "Traceback" not in told[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", JOBS)
def test_every_job_as_shipped_comes_to_its_first_run(said, name):
    assert said(name, *ASKED.get(name, [])) is None


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("executor/threads.yaml", "kind: {}\n", "executor.kind: is {}; allowed: threads, processes, dask, slurm"),
        ("executor/threads.yaml", "kind: [threads]\n", "executor.kind: is ['threads']; allowed: threads"),
        ("executor/threads.yaml", "", "executor.kind: is None; allowed: threads"),
        ("trace.yaml", "defaults: [compare]\ntraced: baseline\n", "trace.yaml: defaults: _self_ is missing; allowed: "),
        ("trace.yaml", "defaults: [compare, _self_]\ntraced: baseline\n", "seed: is missing; allowed: to give it"),
    ],
)
def test_what_was_found_so_once_is_answered_in_one_line(folder, said, file, content, words):
    job, given = words_for(file)
    with spoilt(folder, file, content.encode()):
        told = said(job, *given)
    assert in_one_line(told) and words in told[0], told


def test_a_kind_of_executor_that_is_no_word_is_answered_in_one_line(said):
    assert said("compare", "executor.kind=[a]") == [
        "executor.kind: is ['a']; allowed: threads, processes, dask, slurm, or an Executor of your own"
    ]


@pytest.mark.slow
@settings(max_examples=3 * settings().max_examples)
@given(edit=edits(FILES))
def test_an_edited_file_of_a_job_is_accepted_or_answered_in_one_line(folder, said, edit):
    job, words = words_for(edit[0])
    with spoilt(folder, *edit):
        told = said(job, *words)
    assert in_one_line(told), told


@pytest.mark.slow
@settings(max_examples=3 * settings().max_examples)
@given(data=st.data(), job=st.sampled_from(list(JOBS)), word=st.sampled_from(WORDS))
def test_an_odd_word_on_the_command_line_is_accepted_or_answered_in_one_line(said, data, job, word):
    key = data.draw(st.sampled_from(settings_of(job)), label="key")
    told = said(job, f"{key}={word}", *(other for other in QUICK if job == "claims" and not other.startswith(key)))
    assert in_one_line(told), told
