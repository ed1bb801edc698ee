"""Compiling: helpers take part of a first run, and processes that compile at once do not spoil each other's cache."""

import os
import shutil
import sys
import threading
import time

import numba
import numpy as np
import pytest
from numba.core.caching import IndexDataCacheFile
from numba.core.runtime import _nrt_python, rtsys

from sim import compiled, compiling, lowering
from tests.running import in_another_process

needs_compiler = pytest.mark.skipif(compiled.INTERPRETED, reason="rules are interpreted here")


WITHOUT_HELP = """
from sim import ahead, compiled, load_scenario, simulate

compiled.cores = lambda: 1
scenario = load_scenario(region="toy", end="2019-02-01")
simulate(scenario, 1)
for rule, given in ahead.calls_of_the_weeks(scenario):
    before = len(rule.within.overloads)
    compiled.compile_for(rule, given)
    print(rule.py_func.__name__, "known" if before == len(rule.within.overloads) else "for other types than the week's")
"""


@needs_compiler
@pytest.mark.slow
def test_a_helper_compiles_the_rules_of_the_week_for_the_types_that_the_week_gives_them(tmp_path):
    calls = in_another_process(WITHOUT_HELP, XDG_CACHE_HOME=str(tmp_path)).strip().splitlines()
    assert len(calls) > 30
    assert [call for call in calls if not call.endswith(" known")] == []


@needs_compiler
def test_processes_that_save_code_for_different_types_at_once_find_each_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    read = IndexDataCacheFile._load_index

    def slowly(index):
        found = read(index)
        time.sleep(0.2)  # long enough for the other to read the same
        return found

    monkeypatch.setattr(IndexDataCacheFile, "_load_index", slowly)
    twins = [compiled.rule(_twice), compiled.rule(_twice)]  # as in two processes: each has a cache object of its own
    types = [(numba.types.int64,), (numba.types.float64,)]
    threads = [threading.Thread(target=twin.compile, args=(kind,)) for twin, kind in zip(twins, types, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for given in (3, 1.5):
        later = compiled.rule(_twice)
        assert later(given) == 2 * given
        assert sum(later.stats.cache_hits.values()) == 1


def _twice(x):
    return x + x


@compiled.rule
def doubled(x):
    """A rule that both Python and other rules call."""
    return x + x


@compiled.rule
def doubled_twice(x):
    """Calls a rule by its name."""
    return doubled(doubled(x))


@compiled.rule
def done_twice(step, x):
    """Calls a rule that it is given."""
    return step(step(x))


@compiled.sequence
def in_order(numbers):
    """Calls a rule for what it does to a table."""
    count_up(numbers)
    count_up(numbers)


@compiled.rule
def count_up(numbers):
    """Adds one to each."""
    for row in range(len(numbers)):
        numbers[row] += 1


def test_a_rule_is_called_by_python_and_by_rules_that_name_it_or_are_given_it():
    assert (doubled(3), doubled_twice(3), done_twice(doubled, 3)) == (6, 12, 12)
    assert (doubled(x=1.5), doubled_twice(1.5), done_twice(doubled, 1.5)) == (3.0, 6.0, 6.0)


@compiled.rule
def count_twice(numbers):
    """Calls a rule that a sequence calls, too."""
    count_up(numbers)
    count_up(numbers)


@compiled.sequence
def in_longer_order(numbers):
    """Calls a rule, a sequence, and a rule that calls a rule."""
    count_up(numbers)
    in_order(numbers)
    count_twice(numbers)


def test_a_sequence_does_what_its_rules_do():
    numbers = np.arange(3)
    in_order(numbers)
    assert numbers.tolist() == [2, 3, 4]
    in_longer_order(numbers)
    assert numbers.tolist() == [7, 8, 9]


LARGE = np.arange(200_000.0)  # Numba writes the address of so large an array into the code


@compiled.rule
def look_up(numbers):
    """Reads from a table that it was not given."""
    for row in range(len(numbers)):
        numbers[row] += int(LARGE[199_999 - row])


@compiled.sequence
def look_up_in_order(numbers):
    """Calls a rule whose code holds an address."""
    look_up(numbers)


FOR_A_RULE, FOR_A_SEQUENCE, FOR_ONE_OF_SEQUENCES, BY_A_HELPER = (
    f"import numpy as np; from sim import compiled; from tests.test_compiled import *; n = np.arange(3); {then}; print(n.sum())"
    for then in ("count_twice(n)", "in_order(n)", "in_longer_order(n)", "compiled.compile_for(count_up, [n]); n += 2")
)


@needs_compiler
@pytest.mark.parametrize(
    "order",
    [
        [FOR_A_SEQUENCE, FOR_A_SEQUENCE],
        [FOR_A_RULE, FOR_A_SEQUENCE, FOR_A_SEQUENCE],
        [BY_A_HELPER, FOR_ONE_OF_SEQUENCES, FOR_A_SEQUENCE, FOR_ONE_OF_SEQUENCES],
        [FOR_A_SEQUENCE, FOR_ONE_OF_SEQUENCES, FOR_A_RULE, FOR_ONE_OF_SEQUENCES],
    ],
)
def test_a_sequence_finds_the_machine_code_that_it_jumps_to_whoever_compiled_it_and_for_whom(order, tmp_path):
    """Each in a process of its own, which has what those before left in the cache."""
    counted = {FOR_A_RULE: "9", FOR_A_SEQUENCE: "9", FOR_ONE_OF_SEQUENCES: "18", BY_A_HELPER: "9"}
    for call in order:
        assert in_another_process(call, XDG_CACHE_HOME=str(tmp_path)).strip() == counted[call]


@needs_compiler
def test_code_that_holds_an_address_is_not_kept_for_other_processes(tmp_path):
    call = FOR_A_RULE.replace("count_twice(n)", "look_up_in_order(n)")
    for _ in range(2):
        assert in_another_process(call, XDG_CACHE_HOME=str(tmp_path)).strip() == str(3 * 199_999)
    assert not list(tmp_path.rglob("*look_up*.nbc"))


@needs_compiler
def test_what_a_name_stands_for_is_chosen_once_for_the_same_types_and_only_while_rules_are_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))  # or it would be compiled once and never again
    asked, choose = [], compiling._choose

    def noted(*given):
        asked.append(given[2])
        return choose(*given)

    monkeypatch.setattr(compiling, "_choose", noted)
    monkeypatch.setattr(compiling.BaseFunction, "get_call_type", noted)
    compiling._chosen.cache_clear()
    assert compiled.rule(_sum_of_five)(1.0, 2.0) == 8.0
    added = [types for types in asked if types == (numba.types.float64, numba.types.float64)]
    assert len(added) == 1
    assert compiling.BaseFunction.get_call_type is noted  # what stood there before


def _sum_of_five(x, y):
    return x + y + x + y + y


@needs_compiler
def test_of_two_processes_that_need_a_rule_one_compiles_it_and_a_helper_does_not_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    rule, numbers = compiled.rule(_twice), np.float64(1.0)
    with compiled.FileLock(rule.within._cache.alone.lock_file, is_singleton=False):  # the other
        compiled.compile_for(rule, [numbers])
        assert not rule.within.overloads
        monkeypatch.setattr(compiled, "LONGEST_WAIT", 0.3)  # then it is compiled all the same: the other may hang
        began = time.monotonic()
        rule.within.compile((numba.typeof(numbers),))
        assert rule.within.overloads and time.monotonic() - began > 0.3
    later = compiled.rule(_twice)
    compiled.compile_for(later, [numbers])
    assert sum(later.within.stats.cache_hits.values()) == 1


@compiled.rule
def total_of(table):
    """The sum of a table, read through rows, a slice and the table on its side; makes no array."""
    total = 0.0
    for row in range(len(table)):
        line, half, turned = table[row], table[row, 1:], table.T
        for column in range(len(line)):
            total += line[column] if column == 0 else half[column - 1]
        total += turned[0, row] - table[row, 0]
    return total


@compiled.rule
def shifted(table, line):
    """Copies parts over parts, for which Numba sets memory aside; makes no array that has a name."""
    table[1:] = table[:-1]
    table[0] = line
    return table[0, 0]


@compiled.rule
def handed_back(table):
    """What it was given."""
    return table


@compiled.rule
def parts_of(table):
    """A new array, and part of what was handed back."""
    made, same = np.zeros(len(table)), handed_back(table)
    for row in range(len(table)):
        made[row] = total_of(same[row : row + 1])
    return made, same[0]


@compiled.rule
def highest(table, own):
    """The row whose first number is highest, or an array of its own: names for parts of what is given, and for more."""
    best, firsts, passing = table[0], np.zeros(len(table)), table
    for row in range(len(table)):
        passing = table[row:]
        firsts[row] = passing[0, 0]
        if passing[0, 0] > best[0]:
            best = passing[0]
    if own:
        best = firsts
    return best


@compiled.rule
def highest_of(table):
    """A row of the table and an array, by way of a rule."""
    return highest(table, False), highest(table[1:], True)


@needs_compiler
def test_rules_that_count_no_references_neither_lose_arrays_nor_keep_them():
    def in_use():
        told = rtsys.get_allocation_stats()
        return told.mi_alloc - told.mi_free, sys.getrefcount(table)

    _nrt_python.memsys_enable_stats()
    table = np.arange(12.0).reshape(4, 3)
    assert total_of(table) == 66.0 and parts_of(table)[0].tolist() == [3.0, 12.0, 21.0, 30.0]
    assert [part.tolist() for part in highest_of(table)] == [[9.0, 10.0, 11.0], [3.0, 6.0, 9.0]]
    line = np.arange(3.0)
    shifted(table, line)
    before = in_use()
    for _ in range(100):
        total_of(table)
        shifted(table, line)
        parts_of(table)
        handed_back(table)
        highest_of(table)
    assert in_use() == before
    line = parts_of(table.copy())[1]  # is left of a table that nobody else holds
    assert in_use()[0] > before[0] and line.tolist() == [0.0, 1.0, 2.0]


@compiled.rule
def own_total(size, table):
    """Makes arrays for itself, one of them in a loop, gives them to rules, and hands back a number."""
    filled, empty, total = np.empty(size), np.zeros((2, size), np.int64), 0.0
    for n in range(size):
        filled[n] = n
        empty[1, n] += n
    for row in range(len(table)):
        again = np.zeros(3)
        again[row % 3] = total_of(table)
        total += again.sum() / len(table)
    return total + total_of(filled.reshape((1, size))) + empty.sum()


@compiled.rule
def own_part(size, which):
    """Makes three arrays and hands back a part of one of two, under another name, and one with a number."""
    first, second, third = np.zeros(size), np.empty(size), np.zeros(size)
    for n in range(size):
        first[n], second[n], third[n] = n, 2.0 * n, 3.0 * n
    chosen = first if which == 0 else second
    return chosen[1:], (handed_back(third), first[0])


@compiled.rule
def own_of_sizes(few, many, sizes):
    """Arrays of whole numbers of several kinds and of a pair of sizes, zeroed where somebody wrote before."""
    total = 0.0
    flags, table, large, none = np.zeros(few, np.bool_), np.zeros(sizes), np.empty((few, many), dtype=np.int32), np.empty(())
    for n in range(few):
        total += flags[n] + table[n].sum()
        flags[n] = True
        for m in range(many):
            large[n, m] = n + m
    for n in range(len(table)):
        for m in range(table.shape[1]):
            table[n, m] = 9.0
    none[()] = 1.0
    return total + large.sum() + flags.sum() + none[()]


@compiled.rule
def own_of_any_size(rows, columns):
    """As many numbers as rows times columns, were there memory for them."""
    return np.empty((rows, columns)).size


@compiled.rule
def own_totals(times, size, table):
    """The same many times over."""
    total = 0.0
    for _ in range(times):
        total += own_total(size, table)
    return total


@compiled.rule
def own_parts(size):
    """What one call left is still there after another."""
    (one, (third, _)), (two, _) = own_part(size, 0), own_part(size, 1)
    return one[0] + one[-1] + two[0] + two[-1] + third[-1]


@needs_compiler
def test_small_arrays_of_a_rule_that_it_hands_back_to_nobody_take_no_memory_that_others_share():
    def made(*given):
        _nrt_python.memsys_enable_stats()
        own_totals(*given)  # compiled
        before = rtsys.get_allocation_stats().alloc
        own_totals(*given)
        return rtsys.get_allocation_stats().alloc - before

    table, large = np.arange(12.0).reshape(4, 3), lowering.NEAR // 8 + 1
    for size in (0, 1, 7, 100, large - 1, large):
        assert own_totals(3, size, table) == 3 * (66.0 + 2 * sum(range(size)))
        assert own_totals(3, size, table) == 3 * own_total.py_func(size, table)
    passed_in, in_the_loop = made(0, 5, table), 4
    assert made(50, 5, table) - passed_in == 50 * in_the_loop
    assert made(50, large, table) - passed_in == 50 * (in_the_loop + 2)
    own_totals(5000, 500, table)  # 60 MB in all: what one call takes of the stack, the next has again


def test_arrays_of_a_rule_have_the_size_and_the_zeros_asked_for():
    for _ in range(2):
        assert own_of_sizes(np.int32(3), np.uint64(4), (3, 5)) == sum(n + m for n in range(3) for m in range(4)) + 3 + 1
        assert own_of_any_size(np.int16(30), np.int64(20)) == 600


@needs_compiler
@pytest.mark.parametrize("sizes", [(2**32, 2**32), (-1, -3), (-4, 5), (2**62, 4)])
def test_a_size_that_cannot_be_is_refused_as_ever(sizes):
    with pytest.raises(ValueError, match=r"too big|negative"):
        own_of_any_size(*sizes)


@needs_compiler
def test_an_array_of_which_a_part_is_handed_back_stays():
    for size in (2, 100, lowering.NEAR):
        part, (whole, number) = own_part(size, 1)
        assert part.tolist() == [2.0 * n for n in range(1, size)] and whole.tolist() == [3.0 * n for n in range(size)]
        assert number == 0.0
        assert own_parts(size) == 1 + (size - 1) + 2 + 2 * (size - 1) + 3 * (size - 1)


@needs_compiler
def test_a_rule_that_only_rules_call_has_no_way_in_from_python():
    doubled_twice(3)
    assert not isinstance(doubled.within, type(doubled))
    with pytest.raises(TypeError, match="doubled"):
        doubled.within(3)


FROM_PYTHON, FROM_A_RULE = (
    "from tests.test_compiled import doubled as d; print(d(4))",
    ("from tests.test_compiled import doubled_twice as d; print(d(2))"),
)


@needs_compiler
@pytest.mark.parametrize("calls", [(FROM_PYTHON, FROM_A_RULE), (FROM_A_RULE, FROM_PYTHON)])
def test_code_kept_for_rules_is_not_taken_for_code_that_python_calls(calls, tmp_path):
    for call in (*calls, *calls):  # the later of them find their own in the cache
        assert in_another_process(call, XDG_CACHE_HOME=str(tmp_path)).strip() == "8"


TASTE = """
import numpy as np
from sim import compiled, randomness

KEY = randomness.Chance(np.uint64(7)), np.uint64(1), np.uint64(2), np.uint64(3)

@compiled.rule
def tastes(key):
    return randomness.gumbel_of(key[0], key[1], key[2], key[3])

def told():
    answers = [float(answer).hex() for answer in (randomness.gumbel_of(*KEY), tastes(KEY))]
    rules = () if compiled.INTERPRETED else (randomness.gumbel_of, tastes)
    print(compiled.SIM.parent, [sum(rule.stats.cache_hits.values()) for rule in rules], *answers, sep="|")
"""


@needs_compiler
@pytest.mark.slow
def test_an_edited_helper_in_another_file_is_compiled_anew_and_an_edit_above_the_rules_compiles_nothing(tmp_path):
    """Two rules use one of another file, whose edit leaves size and time as they were: Numba's own cache would not see it."""
    shutil.copytree(compiled.SIM, tmp_path / "sim", ignore=shutil.ignore_patterns("data", "__pycache__"))

    (tmp_path / "taste.py").write_text(TASTE, encoding="utf-8")

    def tasted(**environment):
        kept = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        said = in_another_process("import taste; taste.told()", at=tmp_path, **kept, **environment)
        where, hits, *answers = said.strip().split("|")
        assert where == str(tmp_path) and answers[0] == answers[1]
        return hits, answers[0]

    compiles, first = tasted()
    assert compiles == "[0, 0]" and tasted() == ("[1, 1]", first)
    above = [tmp_path / "sim" / name for name in compiled.ABOVE_THE_RULES]
    for file in [file for path in above for file in (path.rglob("*.py") if path.is_dir() else [path])]:
        file.write_text(file.read_text(encoding="utf-8") + "\nEDITED = True\n", encoding="utf-8")
    assert tasted() == ("[1, 1]", first), "an edit that no rule can reach threw the cache away"

    helper = tmp_path / "sim" / "elementary.py"
    text, told = helper.read_text(encoding="utf-8"), helper.stat()
    assert "2.0 / (2 * n + 1) for n in" in text
    helper.write_text(text.replace("2.0 / (2 * n + 1) for n in", "2.5 / (2 * n + 1) for n in"), encoding="utf-8")
    os.utime(helper, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert (helper.stat().st_size, helper.stat().st_mtime_ns) == (told.st_size, told.st_mtime_ns)
    compiles, edited = tasted()
    assert compiles == "[0, 0]" and edited != first
    assert edited == tasted(NUMBA_DISABLE_JIT="1")[1]


def test_calls_while_compiling_ask_the_system_for_no_memory():
    resource = pytest.importorskip("resource")

    def faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    def inner():
        return None

    def many_calls_at(depth):
        if depth:
            return many_calls_at(depth - 1)
        before = faults()
        for _ in range(500):
            inner()
        return faults() - before

    def most_at_any_depth():
        return max(many_calls_at(depth) for depth in range(300))

    if most_at_any_depth() < 500:
        pytest.skip("this Python keeps the memory of calls that have ended")
    assert compiling.at_ease(most_at_any_depth) < 100


@pytest.fixture
def cold(tmp_path, monkeypatch):
    """No rule compiled yet, four cores; returns the commands of the helpers that are started."""
    started = []
    monkeypatch.setattr(compiled, "CACHE", tmp_path)
    monkeypatch.setattr(compiled, "INTERPRETED", False)
    monkeypatch.setattr(compiled, "_TOLD", False)
    monkeypatch.setattr(compiled, "_HELPED", compiled.FileLock(tmp_path / "helped.lock"))
    monkeypatch.setattr(compiled, "cores", lambda: 3)
    monkeypatch.setattr(compiled.subprocess, "Popen", lambda command, **_: started.append(command))
    compiled.get_help.cache_clear()
    yield started
    compiled._HELPED.release()
    compiled.get_help.cache_clear()


def test_a_first_run_has_a_helper_on_each_other_core_and_asks_once(cold):
    compiled.get_help()
    compiled.get_help()
    assert [command[-2:] for command in cold] == [["sim.ahead", "1.0"], ["sim.ahead", "0.5"]]


def test_where_the_week_is_compiled_nobody_is_started(cold, tmp_path):
    (tmp_path / "sim_1234").mkdir()
    (tmp_path / "sim_1234" / "model.week-45.py313.nbi").touch()
    compiled.get_help()
    assert not cold


def test_a_second_process_starts_no_helpers_beside_those_of_the_first(cold, tmp_path):
    with compiled.FileLock(tmp_path / "helped.lock", is_singleton=False):
        compiled.get_help()
    assert not cold


def test_a_single_core_compiles_alone(cold, monkeypatch):
    monkeypatch.setattr(compiled, "cores", lambda: 1)
    compiled.get_help()
    assert not cold
