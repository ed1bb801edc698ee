"""The bars of a long job: what is being done, and a pace that compiling does not spoil."""

import pytest

from experiments.common.progress import COMPILING, Phases, worlds_run


@pytest.fixture
def told(capsys):
    """What has stood on the line since this was last asked."""
    return lambda: [line.strip() for line in capsys.readouterr().err.split("\r") if line.strip()]


def test_the_first_world_is_told_apart_from_those_that_follow(told):
    with Phases() as progress:
        progress.begin("worlds", 20, first=COMPILING)
        assert told() == ["compiling the rules if they are new (up to a minute, once), and the first of 20 worlds"]
        progress.step()
        assert told()[-1].startswith("worlds:   5%") and progress._bar.initial == 1  # its time is not in the pace


def test_each_phase_counts_its_own_steps(told):
    with Phases() as progress:
        progress.begin("worlds", 2, first=COMPILING)
        progress.step()
        progress.step()
        progress.begin("estimates and intervals", 0)
        assert told()[-1] == "estimates and intervals"
        progress.begin("figures", 5)
        assert "figures:   0%" in told()[-1]
        progress.step()
        progress.more(3)
        assert (progress._bar.n, progress._bar.total) == (1, 8)


def test_nothing_is_left_on_the_line(told):
    with Phases() as progress:
        progress.begin("figures", 5)
        told()
    assert told() == []


def test_a_bar_for_worlds_leaves_the_first_out_of_the_pace_and_goes_when_they_are_done(capsys):
    with worlds_run(3, "wave 1: worlds") as step:
        step()
        step()
    shown = capsys.readouterr().err
    assert f"{COMPILING} of 3 wave 1: worlds" in shown and "wave 1: worlds:  33%" in shown
