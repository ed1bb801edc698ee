"""Write the scenarios of equal budget: the 16 cells of the factorial (factorial_*.yaml), severity_only and certainty_only.

    python scripts/build_factorial.py            measure the budgets and write the files
    python scripts/build_factorial.py --check    exit 1 and name each file that differs from what the model gives

reach {unilateral, coordinated} x side {supply, victim} x instrument x ai {off, on}. The instrument is nested in the side:
{certainty, severity} for supply, {awareness, friction} for victims, since a victim cannot be sentenced. Equal budget:

    certainty   the same raid-years: effort x compounds summed over states and places in the first week, after capacity has
                cut it. Alone: one state, EFFORT in every place of the target. Together: that state asks for half of it and so
                does each host at home, and one common factor on their raid capacity makes the same total.
    severity    the expected sanction on the mean crew of the target that the certainty cell of the same reach brings.
    awareness   the same number of people reached a week; alone in one pool, together in all.
    friction    the same share of the world's payments stopped; alone in one pool, together in all.

All measured without added AI. A raid-year and a warning have no common coin: compare reaches within an instrument, and
instruments within supply. severity_only and certainty_only are the same comparison along one border, the sentence given.
"""

import argparse
import copy
import dataclasses
import datetime as dt
import sys
import textwrap
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.interventions import load_interventions, pull  # noqa: E402
from sim.model import week  # noqa: E402
from sim.rules.worth import sanction_cost  # noqa: E402
from sim.scenario import CONFIGS, load_scenario, read_choice  # noqa: E402
from sim.state import OPEN, real  # noqa: E402
from sim.world import enlarged, new_world  # noqa: E402

# The effort is small because severity has to match it: where hardly anybody is raided, sentences have little to multiply.
EFFORT, REACH, FRICTION = 0.5, 0.01, 0.3  # raids per compound-year; share of the susceptible a week; share of payments
AMPLE, SEEDS, MOST_SEVERE = 12, (1, 2, 3, 4), 1e9
INSTRUMENTS = {"supply": ("certainty", "severity"), "victim": ("awareness", "friction")}


class Setting(NamedTuple):
    """Who acts where on a region; `hosts` gives the part of the target that each host governs."""

    region: str
    start: str
    actor: str
    hosts: dict[str, str]
    pool: str

    @property
    def target(self):
        """All places, in order of the hosts."""
        return ", ".join(self.hosts.values()).split(", ")


MEKONG = Setting("southeast_asia", "2023-09-04", "china", {
    "myanmar": "kokang, wa_north, wa_south, mong_la, muse, tachileik, shwe_kokko, myawaddy, dkba_area, payathonzu",
    "laos": "golden_triangle",
    "cambodia": "sihanoukville, poipet, osmach, bavet, koh_kong, dara_sakor, thmor_da, chrey_thom, kampot_bokor, phnom_penh",
}, "mainland_china")  # fmt: skip
BORDER = MEKONG._replace(hosts={"myanmar": "kokang, wa_north, mong_la, muse"})
SENTENCE = {"southeast_asia": 3e8, "toy": 1e8}  # USD, as a boss values it: far beyond sanction.prison
TOY = Setting("toy", "2019-07-01", "arda", {"borin": "north_enclave, borin_port"}, "arda_people")


class Measured:
    """Worlds of the baseline on the first day of the policy (run from the default start), and what a week of levers does."""

    def __init__(self, setting):
        self.setting, self.base = setting, load_scenario("baseline", region=setting.region)
        self.week = (dt.date.fromisoformat(setting.start) - self.base.start).days // 7
        self.worlds, losses = [], 0.0
        for seed in SEEDS:
            world = new_world(self.base, seed)
            for number in range(self.week):
                world = enlarged(world)
                week(world)
                losses = losses + real(world.pools["losses"]) * (number >= self.week - 52)
            self.worlds.append(world)
        pool = self.base.region.index("pools")[setting.pool]
        self.paid = losses[pool] / losses.sum()
        at_risk = sum(world.pools["susceptible"] for world in self.worlds)
        self.people = at_risk[pool] / at_risk.sum()
        self.still = self.trial([])

    def trial(self, interventions):
        """Mean crew of the target after a week of levers: hazard (raids a year), capital, workers; and raids spent a year."""
        scenario = dataclasses.replace(self.base, interventions=tuple(interventions))
        places = [self.base.region.index("territories")[name] for name in self.setting.target]
        found = []
        for world in copy.deepcopy(self.worlds):
            world = enlarged(world)
            pull(world, load_interventions(scenario), self.week)
            week(world)
            crews = world.compounds[(world.compounds["status"] == OPEN) & np.isin(world.compounds["territory"], places)]
            spent = (world.effort * world.territories["compounds"]).sum()
            found.append([crews["hazard"].mean(), crews["capital"].mean(), crews["workers"].mean(), spent])
        return np.mean(found, axis=0)

    def sanction(self, hazard, severity=0.0):
        """Expected sanction (USD) on the mean crew of the baseline, raided at this rate under this severity."""
        lever = self.worlds[0].lever.territory.copy()
        lever["severity"] = severity
        return float(sanction_cost(hazard, self.still[1], self.still[2], lever[0], self.worlds[0].params[0]))


def solve(rises, wanted, low, high):
    """Where a rising function reaches a value, to three digits."""
    if not rises(low) <= wanted <= rises(high):
        raise SystemExit(f"scripts/build_factorial.py: {wanted:.3g} is out of reach between {low:g} and {high:g}; lower EFFORT")
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rises(middle) < wanted else (low, middle)
    return float(f"{high:.3g}")


def budgets(setting):
    """Interventions of each (reach, instrument), and the numbers for the header."""
    m, one = Measured(setting), {"start": setting.start}
    raid = {"lever": "raid_campaign", **one}

    def together(factor):
        half = {"effort": EFFORT / 2, "budget": factor}
        if len(setting.hosts) == 1:  # one host governs all: one line for both
            return [{**raid, "actors": [setting.actor, *setting.hosts], "territories": setting.target, **half}]
        at_home = [{**raid, "actors": [host], "territories": there.split(", "), **half} for host, there in setting.hosts.items()]
        return [{**raid, "actors": [setting.actor], "territories": setting.target, **half}, *at_home]

    alone = [{**raid, "actors": [setting.actor], "territories": setting.target, "effort": EFFORT, "budget": AMPLE}]
    cost = m.trial(alone)[3]
    factor = solve(lambda b: m.trial(together(b))[3], cost, 1.0, 100.0)
    cells, numbers = {}, {}
    for reach, levers in (("unilateral", alone), ("coordinated", together(factor))):
        hazard, _, _, spent = m.trial(levers)
        wanted = m.sanction(hazard)
        severity = solve(lambda s: m.sanction(m.still[0], s), wanted, 0.0, MOST_SEVERE)
        cells[reach, "certainty"] = levers
        cells[reach, "severity"] = [{"lever": "harsher_sentences", "territories": setting.target, "severity": severity, **one}]
        raids = f"{spent - m.still[3]:.0f} raids a year more than the baseline"
        k = f"{m.sanction(m.still[0]):.3g} to {wanted:.3g} USD (mean crew: {m.still[2]:.0f} people"
        numbers[reach, "certainty"] = f"{raids}; mean hazard {m.still[0]:.3f} to {hazard:.3f} a year"
        numbers[reach, "severity"] = f"expected sanction {k}, {m.still[1]:.3g} USD, hazard {m.still[0]:.3f} a year)"
    for instrument, lever, key, dose, share, of in (
        ("awareness", "awareness_campaign", "reach", REACH, m.people, "susceptible people reached a week"),
        ("friction", "victim_protection", "friction", FRICTION, m.paid, "payments stopped"),
    ):
        cells["unilateral", instrument] = [{"lever": lever, "pools": [setting.pool], key: dose, **one}]
        cells["coordinated", instrument] = [{"lever": lever, key: float(f"{dose * share:.3g}"), **one}]
        for reach in ("unilateral", "coordinated"):
            numbers[reach, instrument] = f"{dose * share:.2%} of the world's {of}"
    return cells, numbers


def line(given, indent, places):
    """An intervention as YAML, wrapped; the target's places by their anchor."""

    def word(value):
        if isinstance(value, list):
            return f"*{places.region}" if value == places.target else f"[{', '.join(value)}]"
        return f"{value:g}" if isinstance(value, float) else str(value)

    text = ", ".join(f"{key}: {word(value)}" for key, value in given.items())
    wrapped = textwrap.wrap(f"- {{{text}}}", 128 - indent, subsequent_indent="   ")
    return "\n".join(" " * indent + row for row in wrapped)


def target(setting, side, indent):
    """The target's places, which interventions refer to; none on the victim side."""
    places = f"&{setting.region} [{', '.join(setting.target)}]" if side == "supply" else "[]"
    return textwrap.wrap(f"{' ' * indent}target: {places}", 130, subsequent_indent=" " * (indent + 2))


def cell(reach, side, instrument, ai, measured):
    """The text of one file."""
    race = read_choice("scenario", "ai_arms_race")
    arms = {"southeast_asia": race["interventions"], "toy": race["region"]["toy"]["interventions"]} if ai == "on" else {}
    cells, numbers = measured[MEKONG.region]
    toy = measured[TOY.region][0]
    rows = [
        *textwrap.wrap(
            f"A cell of the equal-budget factorial, written by scripts/build_factorial.py: {instrument} ({side} side), {reach}, "
            f"AI tools {ai}. Budget: {numbers[reach, instrument]}.",
            126,
            initial_indent="# ",
            subsequent_indent="# ",
        ),
        f"title: 'Factorial: {instrument}, {reach}, AI {ai}'",
        "source: docs/model.md; evidence/claims.csv C012 C036 C051",
        f"relative_to: {'ai_arms_race' if ai == 'on' else 'baseline'}",
        "expected: at equal budget, together beats alone and certainty beats severity",
        "rival: who acts and by which means makes no difference at equal budget",
    ]
    rows += [*target(MEKONG, side, 0), "interventions:"]
    rows += [line(given, 2, MEKONG) for given in cells[reach, instrument] + list(arms.get("southeast_asia", []))]
    rows += ["region:", "  toy:", *target(TOY, side, 4), "    interventions:"]
    rows += [line(given, 6, TOY) for given in toy[reach, instrument] + list(arms.get("toy", []))]
    return "\n".join(rows) + "\n"


def pair():
    """severity_only and certainty_only: the effort whose raids make a mean crew expect what the sentence does."""
    levers, said = {}, ""
    for setting in (BORDER, TOY._replace(hosts={"borin": "north_enclave"})):
        m, severity = Measured(setting), SENTENCE[setting.region]
        where = {"territories": setting.target, "start": setting.start}
        raids = {"lever": "raid_campaign", "actors": [setting.actor], **where, "budget": AMPLE}
        hazard = lambda effort: m.trial([{**raids, "effort": effort}])[0]  # noqa: B023, E731
        wanted = m.sanction(m.still[0], severity)
        effort = solve(lambda e: m.sanction(hazard(e)), wanted, 0.0, 5.0)  # noqa: B023
        levers["severity_only", setting.region] = {"lever": "harsher_sentences", **where, "severity": severity}
        levers["certainty_only", setting.region] = {**raids, "effort": effort}
        said = said or (
            f"Equal expected sanction: on the mean crew of the target on the first day ({m.still[2]:.0f} people, "
            f"{m.still[1]:.3g} USD, {m.still[0]:.3f} raids a year; baseline, seeds {SEEDS[0]}-{SEEDS[-1]}) `sanction_cost` rises "
            f"from {m.sanction(m.still[0]):.3g} to {wanted:.3g} USD, by severity_only through the sentence and by certainty_only "
            f"through the hazard ({hazard(effort):.3f}). Written by scripts/build_factorial.py."
        )
    told = {
        "severity_only": (
            "Executions and long sentences for bosses within China's reach; nobody is raided more.",
            "Severity alone", "evidence/events.csv E101 E123; evidence/claims.csv C010 C011",
            "a stark warning; bosses leave the places within reach", "no more than certainty_only, or nothing at all",
        ),
        "certainty_only": (
            "More raids within China's reach along its border; sentences, shields and leaks stay.",
            "Certainty alone", "Nagin 2013; evidence/claims.csv C010",
            "suppresses more than severity_only", "no more than severity_only",
        ),
    }  # fmt: skip
    files = {}
    for name, (first, title, source, expected, rival) in told.items():
        rows = [f"# {first}", *textwrap.wrap(said, 128, initial_indent="# ", subsequent_indent="# "), f"title: {title}"]
        rows += [f"source: {source}", "relative_to: baseline", f"expected: {expected}", f"rival: {rival}"]
        rows += [f"target: [{', '.join(BORDER.target)}]", "interventions:", line(levers[name, "southeast_asia"], 2, MEKONG)]
        rows += ["region:", "  toy:", "    target: [north_enclave]", "    interventions:", line(levers[name, "toy"], 6, TOY)]
        files[f"{name}.yaml"] = "\n".join(rows) + "\n"
    return files


def build():
    """All files by name."""
    measured = {setting.region: budgets(setting) for setting in (MEKONG, TOY)}
    files = pair()
    for side, reach, ai in product(INSTRUMENTS, ("unilateral", "coordinated"), ("off", "on")):
        for instrument in INSTRUMENTS[side]:
            files[f"factorial_{reach}_{side}_{instrument}_{ai}.yaml"] = cell(reach, side, instrument, ai, measured)
    return files


def main():
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    files, folder = build(), CONFIGS / "scenario"
    if not parser.parse_args().check:
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return 0
    shipped = {path.name for pattern in ("factorial_*", "*_only") for path in folder.glob(f"{pattern}.yaml")}
    stale = [name for name in sorted(shipped | set(files))
             if name not in shipped or files.get(name) != (folder / name).read_text(encoding="utf-8")]  # fmt: skip
    for name in stale:
        print(f"configs/scenario/{name}: differs from what the model gives; run scripts/build_factorial.py")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
