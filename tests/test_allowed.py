"""What is offered in the place of a name that does not exist."""

import pytest

from sim.allowed import offer
from sim.region import load_region

MANY = [f"place_{number}" for number in range(150)]


@pytest.mark.parametrize(
    ("table", "written", "meant"),
    [
        ("territories", "kokan", "kokang"), ("territories", "Kokang", "kokang"), ("territories", "KK Park", "myawaddy"),
        ("territories", "Shwe Kokko", "shwe_kokko"), ("pools", "United States", "usa"), ("pools", "USA", "usa"),
        ("pools", "china", "mainland_china"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_it_is_spelt_and_as_people_say_it(table, written, meant):
    said = offer(written, load_region("southeast_asia").called(table), f"{table}.csv")
    assert said.startswith(f"did you mean {meant}") and len(said) < 100


def test_a_short_list_stands_beside_the_hint_and_a_long_one_is_only_pointed_at():
    assert offer("stat", ["start", "end"], "there") == "did you mean start? allowed: start, end"
    assert offer("place_3x", MANY, "there").endswith("? allowed: any of the 150 in there")


def test_where_nothing_is_near_all_are_told_unless_they_are_too_many():
    assert offer("zzz", ["start", "end"], "there") == "allowed: start, end"
    assert offer("zzz", MANY, "there") == "allowed: any of the 150 in there"
    assert offer(3, [], "there") == "allowed: nothing"
