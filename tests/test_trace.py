"""A pair looked at closely is the pair of any other run, and what a crew is said to weigh is what it chooses by."""

import numpy as np
import pandas as pd
import pytest
from running import scenario_on

from experiments import trace
from experiments.closeup.weighing import OPTIONS
from experiments.closeup.witness import largest, watch
from sim import load_scenario
from sim.model import simulate
from sim.randomness import NEST, PLACE, chance_of_week, gumbel_of, identity
from sim.records import moves_by_name
from sim.store import load_results

TOY = ["region=toy", "end=2020-12-28"]
SIMILAR = {"own_country": "similar_own", "abroad": "similar_abroad", "out_of_region": "similar_remote"}


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """The results of the job on the invented region, and the pair of scenarios."""
    out = tmp_path_factory.mktemp("trace") / "out"
    assert trace.main(["scenario=kokang_crackdown", "crews=4", f"out={out}", *TOY]) == 0
    both = {world: load_scenario(name, "toy", None, "2020-12-28") for world, name in trace_names().items()}
    return load_results(out), both


def trace_names():
    return {"with": "kokang_crackdown", "without": "baseline"}


@pytest.fixture(scope="module", params=["kokang_crackdown", "rebel_offensive", "states_endogenous"])
def watched(request):
    """What many crews weigh in one world of two years: (scenario, its tables)."""
    scenario = scenario_on("toy", request.param, end=pd.Timestamp("2020-12-28").date())
    return scenario, watch(scenario, 1, largest(scenario, 1, 0, 40))


def test_what_became_of_a_crew_is_told_with_names_and_no_identifiers():
    traces = pd.DataFrame({
        "compound": f"{7:016x}", "world": "with", "raid": ["real", ""], "cause": ["", "tipped_off"], "status": "open",
        "territory": ["old_town", "new_town"], "workers": 1200.0, "date": pd.to_datetime(["2024-01-01", "2024-02-05"]),
    })  # fmt: skip
    (line,) = trace.story(traces, [7], {"old_town": "Old Town", "new_town": "New Town"})
    assert line.endswith("with: 1 real raid; Feb 2024 to New Town (tipped off); last open in New Town, 1,200 people")


@pytest.mark.parametrize("world", ["with", "without"])
def test_the_world_that_is_looked_at_is_the_world_of_any_run_to_the_bit(job, world):
    results, both = job
    done = simulate(both[world], 1)
    seen = results["timeline"].query("world == @world")
    shape = (both[world].weeks, len(both[world].region.territories))
    for column, records in (("workers", done.records.workers), ("raids", done.records.raids)):
        np.testing.assert_array_equal(seen[column].to_numpy().reshape(shape).astype(records.dtype), records)
    moves = pd.DataFrame(moves_by_name(done.moves, both[world]))
    traces = results["traces"].query("world == @world and cause != ''").astype({"compound": str, "cause": str})
    mine = moves[moves["compound"].isin(set(results["traces"]["compound"].astype(str)))]
    told = set(zip(traces["compound"], traces["date"], traces["cause"], strict=True))
    assert told == set(zip(mine["compound"], pd.to_datetime(mine["date"]), mine["cause"], strict=True)) and told


def test_both_worlds_are_one_until_the_intervention(job):
    results, _ = job
    start = results["scenarios"].set_index("scenario").loc["kokang_crackdown", "start"]
    for name in ("timeline", "traces", "effort"):
        table = results[name].drop(columns="scenario")
        worlds = [table[table["world"] == world].drop(columns="world") for world in trace_names()]
        early = [world[world["date"] < start].reset_index(drop=True) for world in worlds]
        late = [world[world["date"] >= start].reset_index(drop=True) for world in worlds]
        pd.testing.assert_frame_equal(*early, check_exact=True)
        assert not late[0].equals(late[1])


def test_the_crews_are_the_largest_that_stand_in_the_target_at_the_start(job):
    results, both = job
    start = results["scenarios"].set_index("scenario").loc["kokang_crackdown", "start"]
    first = results["traces"].query("world == 'with'")
    first = first[first["date"] == start - pd.Timedelta(weeks=1)]
    assert list(results.manifest["compounds"]) == list(first.sort_values("workers", ascending=False)["compound"].astype(str))
    assert set(first["territory"]) == set(both["with"].target) and len(first) == 4


def test_figures_are_there_with_their_numbers_and_the_digest(job):
    results, _ = job
    for name in ("timeline", "traces", "choices"):
        for suffix in (".png", ".svg", ".csv", ".txt"):
            assert (results.path / "figures" / f"{name}{suffix}").stat().st_size > 100
        assert results.manifest["digest"] in (results.path / "figures" / f"{name}.txt").read_text()
    assert results.manifest["experiment"] == "trace" and results.manifest["seeds"] == [1]


def test_a_trace_ends_when_its_crew_does(watched):
    traces = watched[1]["traces"]
    assert traces.filter(like="effort_").sum(axis=1).to_numpy() == pytest.approx(1)
    assert set(traces["status"]) <= {"open", "moving", "closed"}
    for _, mine in traces.groupby("compound"):
        assert not (mine["status"] == "closed").iloc[:-1].any()
        assert mine["date"].diff().dropna().eq(pd.Timedelta(weeks=1)).all()
    closed = traces[traces["status"] == "closed"]
    assert closed["cause"].isin(["closed", "exit"]).all() and closed["workers"].eq(0).all()


def test_effort_at_home_is_that_of_the_states_whose_soil_it_is(job):
    results, both = job
    effort, region = results["effort"], both["with"].region
    country = {row.territory: row.country for row in region.territories}
    own = {row.state: row.country for row in region.states}
    home = effort["territory"].astype(str).map(country) == effort["state"].astype(str).map(own)
    assert (home == effort["at_home"]).all() and effort["effort"].gt(0).all()
    campaign = effort.query("world == 'with' and state == 'arda' and territory == 'north_enclave'")
    assert campaign["effort"].max() == pytest.approx(10) and not campaign["at_home"].any()


def test_a_crew_that_chooses_a_place_goes_there_that_week_or_stays_where_it_is(watched):
    traces = watched[1]["traces"]
    chose = traces[traces["bound_for"] != ""]
    went = chose["cause"] != ""
    assert went.any() and (chose.loc[went, "territory"] == chose.loc[went, "bound_for"]).all()
    assert (chose.loc[~went, "territory"] == chose.loc[~went, "from_territory"]).all()


def test_what_is_weighed_with_the_luck_of_the_week_gives_the_choice_that_is_made(watched):
    scenario, tables = watched
    p, options = scenario.params["site_choice"], tables["options"]
    reviews = options.groupby(["compound", "date"])
    assert len(reviews) > 15 and len(set(options.loc[options["taken"], "option"])) > 1
    for (compound, date), mine in reviews:
        week = (pd.Timestamp(date).date() - scenario.start).days // 7
        chance, who = chance_of_week(np.uint64(1), np.int64(week)), np.uint64(int(compound, 16))
        chance = type(chance)(np.uint64(chance.key))
        best, chosen = -np.inf, None
        for nest, rows in mine.groupby("option"):
            value, luck = rows["net_usd"].to_numpy() / p["noise"], gumbel_of(chance, who, NEST, np.uint64(OPTIONS.index(nest)))
            place = ""
            if nest in SIMILAR:
                similar = p[SIMILAR[nest]]
                draws = [gumbel_of(chance, who, PLACE, np.uint64(identity("territory", name))) for name in rows["place"]]
                place = rows["place"].iloc[int(np.argmax(value / similar + draws))]
                value = value.max() + similar * np.log(np.exp((value - value.max()) / similar).sum())
            if float(np.max(value)) + luck > best:
                best, chosen = float(np.max(value)) + luck, (nest, place)
        taken = mine[mine["taken"].astype(bool)]
        assert [chosen] == list(zip(taken["option"], taken["place"], strict=True)), (compound, date)


def test_probabilities_of_a_decision_add_up_to_one_and_favour_what_is_worth_most_in_its_nest(watched):
    options = watched[1]["options"]
    assert options.groupby(["compound", "date"])["probability"].sum().to_numpy() == pytest.approx(1)
    for _, rows in options.groupby(["compound", "date", "option"]):
        assert rows["net_usd"].idxmax() == rows["probability"].idxmax()


def test_a_crew_that_is_told_to_leave_cannot_stay():
    scenario = scenario_on("toy", "rebel_offensive", end=pd.Timestamp("2021-12-27").date())
    options = watch(scenario, 1, largest(scenario, 1, 0, 40))["options"]
    expelled = options[options["ask"] == "expelled"]
    assert len(expelled) and not {"stay", "hide"} & set(expelled["option"])
    assert "stay" in set(options.loc[options["ask"] != "expelled", "option"])


def test_states_have_a_course_only_where_they_decide(watched):
    scenario, tables = watched
    courses = set(tables["states"]["course"])
    assert courses <= {"tolerate", "stage", "suppress"} if scenario.name == "states_endogenous" else courses == {"policy"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["nowhere"], "nowhere"),
        (["scenario=nowhere"], "nowhere"),
        (["baseline"], "traced: baseline is compared with nothing"),
        (["crews=0"], "crews: is 0"),
        (["lineages=[kokang]"], "lineages.0: is 'kokang'"),
        (["crew=3"], "crew"),
        (["lineages=[ffffffffffffffff]", "end=2019-09-02"], "lineages: ffffffffffffffff is in neither world"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(capsys, tmp_path, wrong, said):
    assert trace.main([*TOY, f"out={tmp_path / 'out'}", *wrong]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert said in error and not (tmp_path / "out").exists()
