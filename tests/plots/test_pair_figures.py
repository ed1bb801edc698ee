"""What the figures of a single pair show, held against the tables that they are made from."""

import made_up_pair
import pandas as pd
import pytest
from matplotlib.text import Text

from sim import plots
from sim.comparing.figures import fillable
from sim.plots import timeline

SCENARIO = "kokang_crackdown"
RAIDED, LARGER = "a" * 16, "b" * 16


@pytest.fixture(scope="module")
def months(tables):
    return plots.table("timeline", tables, SCENARIO)


@pytest.fixture(scope="module")
def weeks(tables):
    return plots.table("traces", tables, SCENARIO)


@pytest.fixture(scope="module")
def choices(tables):
    return plots.table("choices", tables, SCENARIO)


def words(fig):
    return [text.get_text() for text in fig.findobj(Text) if text.get_visible()]


def test_a_comparison_is_not_asked_for_the_figures_of_a_pair():
    assert not {"timeline", "traces", "choices", "regimes", "specification"} & set(fillable())
    assert {"fan", "forest", "change_map"} <= set(fillable())


def test_the_target_comes_first_and_then_the_places_with_most_people(months):
    places = months[months["kind"] == "territory"].drop_duplicates("key").sort_values("row")
    assert list(places["key"].head(3)) == ["kokang", "sihanoukville", "myawaddy"]
    assert list(places["target"].head(2)) == [1, 0] and len(places) == 13


def test_what_a_holder_does_comes_before_how_it_stands(months):
    last = months[(months["date"] == months["date"].max()) & (months["world"] == "with")].set_index("key")["conduct"]
    assert last["kokang"] == "expels it" and last["wa"] == "stages raids" and last["bavet"] == "hosts"


def test_raids_of_a_month_are_summed_and_people_are_a_mean(tables, months):
    row = months[(months["key"] == "kokang") & (months["world"] == "with") & (months["date"] == "2024-04-01")]
    assert row["raids"].item() == 5  # Mondays in that month, one raid each
    assert row["workers"].item() == pytest.approx(9000 * 0.2)


def test_states_without_effort_are_left_out_and_those_without_soil_have_no_course(months):
    states = months[months["kind"] == "state"]
    assert set(states["key"]) == {"china", "myanmar"}
    usa = made_up_pair.states().assign(raids_a_year_abroad=7.0)
    table = timeline.data(made_up_pair.timeline(), usa, made_up_zones(), made_up_scenarios(), SCENARIO)
    assert set(table.loc[table["key"] == "usa", "conduct"]) == {"policy"}


def made_up_zones():
    return pd.DataFrame({"scenario": [SCENARIO], "territory": ["kokang"], "zone": ["target"]})


def made_up_scenarios():
    return pd.DataFrame({"scenario": [SCENARIO], "title": ["Crackdown"], "start": ["2023-10-30"]})


def test_a_new_holder_is_named_where_the_place_changes_hands(months):
    said = [text.strip() for text in words(plots.figure("timeline").draw(months))]
    assert said.count("The new holder") == 1 and "Kokang ◎\nThe old holder" in said


def test_crews_are_lettered_by_size_and_coloured_by_zone(weeks):
    assert weeks.groupby("crew")["compound"].first().to_dict() == {"A": LARGER, "B": RAIDED}
    moved = weeks[(weeks["compound"] == RAIDED) & (weeks["world"] == "with") & (weeks["territory"] == "wa")]
    assert set(moved["zone"]) == {"own_country"} and set(moved["name"]) == {"Wa area"}


def test_each_thing_that_befalls_a_crew_is_an_event_of_its_week(weeks):
    happened = weeks[weeks["event"] != ""]
    assert set(happened["event"]) == {"raid real", "raid staged", "split", "no room"} and set(happened["world"]) == {"with"}
    said = words(plots.figure("traces").draw(weeks))
    assert {"real raid", "staged raid", "half splits off", "found no room", "end of the crew"} <= set(said)
    assert "tipped off" not in said


def test_traces_without_a_target_in_space_need_no_zone(tables):
    table = plots.table("traces", {**tables, "zones": tables["zones"].assign(zone=None)}, SCENARIO)
    assert set(table["zone"]) == {"everywhere"}
    assert any("shades take turns" in text for text in words(plots.figure("traces").draw(table)))


def test_crews_that_are_nowhere_to_be_seen_are_an_error(tables):
    with pytest.raises(ValueError, match="traces: none of the crews is there"):
        plots.table("traces", {**tables, "traces": tables["traces"].head(0)}, SCENARIO)


def test_of_many_options_the_best_are_shown_and_always_the_one_taken(choices):
    sizes = choices.groupby("decision").size().to_dict()
    assert sizes == {1: 3, 2: 6} and choices.groupby("decision")["taken"].sum().eq(1).all()
    for _, mine in choices.groupby("decision"):
        assert mine["rank"].is_monotonic_increasing and mine["net_kusd"].is_monotonic_decreasing
    worst = choices[(choices["decision"] == 2)]["net_kusd"].min()
    assert worst == pytest.approx(16.0)  # stay and the five best of seven places


def test_decisions_before_the_start_are_not_shown(tables, choices):
    assert len(tables["options"]["date"].unique()) == 3 and choices["decision"].max() == 2
    late = tables["options"].assign(date=pd.Timestamp("2020-01-06"))
    with pytest.raises(ValueError, match="options: none of the crews thinks about its site after the start"):
        plots.table("choices", {**tables, "options": late}, SCENARIO)


def test_moves_go_before_decisions_to_stay_where_there_is_no_room_for_both(tables):
    one = plots.table("choices", tables, SCENARIO, decisions=1)
    assert set(one["ask"]) == {"raided"} and one.loc[one["taken"] == 1, "place"].item() == "Wa area"


def test_letters_of_crews_are_those_of_the_traces(weeks, choices):
    both = pd.concat([table[["compound", "crew"]] for table in (weeks, choices)]).drop_duplicates()
    assert len(both) == 2


def test_no_name_beside_a_row_is_cut(months):
    long = "Philippine local officials and zone operators"
    fig = plots.figure("timeline").draw(months.assign(holder=months["holder"].where(months["key"] != "sihanoukville", long)))
    told = " ".join(" ".join(words(fig)).split())
    assert long in told and "…" not in told
    assert all(name in told for name in months["name"].unique())
