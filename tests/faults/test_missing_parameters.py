"""A parameter that was deleted from its file is named at the door, not by the compiler in the middle of the first week."""

import re
import textwrap

import pytest

import sim.scenario
from experiments.common.console import launch
from experiments.compare import compare
from sim import ConfigError, compiled, load_scenario, needed
from sim.scenario import shipped_parameters


def without(file, name):
    """Delete a parameter with all its lines."""
    text, deleted = re.subn(rf"^  {name}:.*\n(?:    .*\n)*", "", file.read_text(), flags=re.M)
    assert deleted == 1
    file.write_text(text)
    sim.scenario._shipped_parameters.cache_clear()


def test_the_source_reads_every_shipped_parameter_and_no_other():
    shipped = {f"{group}.{name}" for group, names in shipped_parameters().items() for name in names}
    assert set(needed.parameters_read()) == shipped
    assert needed.read_by(compiled.sources(skip=compiled.ABOVE_THE_RULES)) == needed.parameters_read()


# One that a rule reads, one behind an alias, one of the first day, one handed to a function, one in square brackets.
@pytest.mark.parametrize(
    ("group", "name"),
    [("enforcement", "leak"), ("site_choice", "outside"), ("initial", "earning"), ("beliefs", "spill_abroad"),
     ("initial", "assets"), ("structure", "mobility")],
)  # fmt: skip
def test_a_deleted_parameter_is_one_line_with_its_file_and_who_reads_it(own_configs, group, name):
    without(own_configs / "params" / f"{group}.yaml", name)
    with pytest.raises(ConfigError) as said:
        load_scenario("baseline", region="toy")
    told = rf"configs/params/{group}\.yaml: {group}\.{name} is missing, and sim/\w+/?\w*\.py, line \d+ reads it; allowed: .*"
    assert re.fullmatch(told, str(said.value))


def test_a_deleted_file_of_parameters_is_named(own_configs):
    (own_configs / "params" / "accounts.yaml").unlink()
    sim.scenario._shipped_parameters.cache_clear()
    with pytest.raises(ConfigError, match=r"^configs/params/accounts\.yaml: accounts\.\w+ is missing"):
        load_scenario("baseline", region="toy")


def test_the_command_line_says_it_in_one_line_too(own_configs, capsys):
    without(own_configs / "params" / "enforcement.yaml", "leak")
    assert launch(compare, "compare", ["region=toy"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "enforcement.leak is missing" in said


def read_by(tmp_path, text):
    file = tmp_path / "rule.py"
    file.write_text(textwrap.dedent(text))
    return set(needed.read_by([file]))


def test_every_way_to_read_a_parameter_is_seen(tmp_path):
    text = '''
        def press(crews, params):
            """Words about params.labour.nothing are not code."""
            p, a = params.entry, params.accounts
            return crews.rate * p.hope + a.wage + params.labour.debt + far(crews, params.beliefs)

        def far(crews, q):
            return q.fading * crews.km

        def first_day(scenario):
            switches = scenario.params["structure"]
            return scenario.params["initial"]["assets"] if switches["states"] == "off" else 0.0
    '''
    found = {"entry.hope", "accounts.wage", "labour.debt", "beliefs.fading", "initial.assets", "structure.states"}
    assert read_by(tmp_path, text) == found


def test_nothing_else_is_taken_for_a_parameter(tmp_path):
    text = '''
        def plan(scenario, params, p):
            names = {**scenario.params, **params.get("entry", {})}
            for group, entries in scenario.params.items():
                names[group] = entries["value"]
            return p.hope + names["entry"]
    '''
    assert read_by(tmp_path, text) == set()


def test_what_was_found_is_kept_with_the_compiled_code(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "CACHE", tmp_path)
    needed.parameters_read.cache_clear()
    first = needed.parameters_read()
    monkeypatch.setattr(needed, "read_by", lambda files: pytest.fail("it was looked up again"))
    needed.parameters_read.cache_clear()
    assert needed.parameters_read() == first
    (tmp_path / "parameters.json").write_text('{"entry.ho')  # of a process that died
    monkeypatch.setattr(needed, "read_by", lambda files: {"entry.hope": "rule.py, line 1"})
    needed.parameters_read.cache_clear()
    assert needed.parameters_read() == {"entry.hope": "rule.py, line 1"}
    needed.parameters_read.cache_clear()
