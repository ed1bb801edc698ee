"""Other frameworks' models, timed. Runs in an environment of their own, without this package: python scripts/peer_models.py NAME

    mesa_boltzmann   mesa_schelling   mesa_wolf_sheep   Mesa's own examples, at the large sizes of its own benchmarks
    starsim_sir      Starsim's SIR on its random network, 10,000 and 100,000 agents, 201 steps; the faster counts
    agentpy_wealth   the wealth model of AgentPy's tutorial, told anew with its lists of agents, 1,000 agents

Prints one line of JSON: agent-steps per second of the processor, the best of three. Set-up is not counted.
"""

import json
import sys
import time
from importlib.metadata import version

REPEATS = 3


def mesa_boltzmann():
    from mesa.examples.basic.boltzmann_wealth_model.model import BoltzmannScenario, BoltzmannWealth

    return _mesa(lambda: BoltzmannWealth(BoltzmannScenario(n=10_000, width=100, height=100, rng=1)), 10)


def mesa_schelling():
    from mesa.examples.basic.schelling.model import Schelling, SchellingScenario

    given = {"height": 100, "width": 100, "homophily": 1, "radius": 2, "density": 0.8}
    return _mesa(lambda: Schelling(SchellingScenario(**given, rng=1)), 10)


def mesa_wolf_sheep():
    from mesa.examples.advanced.wolf_sheep.agents import GrassPatch
    from mesa.examples.advanced.wolf_sheep.model import WolfSheep, WolfSheepScenario

    given = {
        "height": 100, "width": 100, "initial_sheep": 1000, "initial_wolves": 500, "sheep_reproduce": 0.4,
        "wolf_reproduce": 0.2, "grass_regrowth_time": 10,
    }  # fmt: skip
    return _mesa(lambda: WolfSheep(WolfSheepScenario(**given, rng=1)), 20, still=GrassPatch)


def _mesa(make, steps, still=()):
    """Agents of the kind `still` wait for events and take no steps: they are not counted."""

    def once():
        model, done = make(), 0
        began = time.process_time()
        for _ in range(steps):
            done += len(model.agents) - (len(model.agents_by_type[still]) if still else 0)
            model.step()
        return done / (time.process_time() - began)

    return once


def starsim_sir():
    import starsim

    def once():
        speeds = []
        for agents in (10_000, 100_000):
            world = starsim.Sim(n_agents=agents, diseases="sir", networks="random", dur=200, verbose=0)
            world.init()
            began = time.process_time()
            world.run()
            speeds.append(agents * world.t.npts / (time.process_time() - began))
        return max(speeds)

    return once


def agentpy_wealth():
    import agentpy

    class Person(agentpy.Agent):
        def setup(self):
            self.wealth = 1

        def give(self):
            if self.wealth > 0:
                self.model.people.random().wealth += 1
                self.wealth -= 1

    class Wealth(agentpy.Model):
        def setup(self):
            self.people = agentpy.AgentList(self, 1000, Person)

        def step(self):
            self.people.give()

    def once():
        began = time.process_time()
        Wealth({"steps": 100, "seed": 1}).run(display=False)
        return 1000 * 100 / (time.process_time() - began)

    return once


MODELS = {"mesa": (mesa_boltzmann, mesa_schelling, mesa_wolf_sheep), "starsim": (starsim_sir,), "agentpy": (agentpy_wealth,)}

if __name__ == "__main__":
    known = {model.__name__: (library, model) for library, models in MODELS.items() for model in models}
    library, model = known[sys.argv[1]]
    once = model()
    speed = max(once() for _ in range(REPEATS))
    print(json.dumps({"version": version(library), "agent_steps_per_second": speed}))
