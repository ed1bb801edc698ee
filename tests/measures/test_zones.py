import pandas as pd
import pytest

from sim.measures.zones import zones

TERRITORIES = pd.DataFrame(
    {
        "territory": ["hill", "valley", "coast", "island", "embassy"],
        "country": ["here", "here", "there", "afar", "here"],
        "remote": [0, 0, 0, 1, 1],
    }
)


def placed(targets, scenario="crackdown"):
    table = zones(TERRITORIES, targets)
    return table[table["scenario"] == scenario].set_index("territory")["zone"].to_dict()


def test_every_territory_lies_in_the_zone_that_the_target_gives_it():
    assert placed({"crackdown": ["hill"]}) == {
        "hill": "target",
        "valley": "own_country",
        "coast": "cross_border",
        "island": "out_of_region",
        "embassy": "out_of_region",
    }


def test_a_target_across_a_border_leaves_nothing_across_a_border():
    zone = placed({"crackdown": ["hill", "coast"]})
    assert zone["valley"] == "own_country"
    assert "cross_border" not in zone.values()


def test_a_remote_target_is_a_target():
    assert placed({"crackdown": ["island"]})["island"] == "target"


def test_without_a_target_no_territory_has_a_zone():
    table = zones(TERRITORIES, {"campaign": [], "crackdown": ["hill"]})
    assert table.loc[table["scenario"] == "campaign", "zone"].isna().all()
    assert table.loc[table["scenario"] == "crackdown", "zone"].notna().all()
    assert len(table) == 10


def test_a_target_that_does_not_exist_is_refused_in_one_line():
    with pytest.raises(ValueError, match=r"targets: crackdown names atlantis; allowed: coast") as refusal:
        zones(TERRITORIES, {"crackdown": ["atlantis"]})
    assert "\n" not in str(refusal.value)
