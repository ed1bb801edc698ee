"""Jobs: slices of a plan that a worker runs, and the loop that keeps a crew of workers busy.

A job travels to its worker whole and comes back as what is kept of its runs. A run that fails comes back as its traceback;
a worker that dies takes nothing with it: its jobs are run again, alone, and only a job that kills its worker twice is given up.
"""

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from sim.ensemble.collect import Collector, Kept, kept
from sim.ensemble.design import Plan, model_digest
from sim.ensemble.executors import Crew
from sim.model import simulate
from sim.region import ConfigError

Tables = dict[str, pd.DataFrame]
Reduce = Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame | Tables]
DEATHS = 2  # of a worker that runs nothing else, after which a job is given up


@dataclass(frozen=True)
class Job:
    """Runs `first`, first + 1, ... of a plan, which is cut to them; code: digest of the source that is to run them."""

    plan: Plan
    first: int
    tables: tuple[str, ...]
    reduce: Reduce | None
    code: str


class Outcome(NamedTuple):
    """A run that ended: what is kept of it, or why it failed (one line, and its traceback)."""

    run: int
    id: str
    kept: Kept | None
    error: str | None = None
    trace: str | None = None


@dataclass
class Done:
    """What a job brought: its runs and, where they are reduced, the tables of each group, in order."""

    outcomes: list[Outcome]
    reduced: list[Tables] = field(default_factory=list)


def run_job(job: Job) -> Done:
    """Run a job. Raises ConfigError when this machine would run other code; any other failure is an outcome."""
    if job.code != model_digest():
        raise ConfigError(f"executor: a worker runs other code (digest {model_digest()}, here {job.code}); allowed: the same")
    outcomes = [_outcome(job, place) for place in range(len(job.plan.table))]
    if job.reduce is None:
        return Done(outcomes)
    done, ends = Done([]), [*job.plan.groups()[1:], len(outcomes)]
    for first, last in zip(job.plan.groups(), ends, strict=True):
        outcomes_of_group = outcomes[first:last]
        collector = Collector(job.plan, range(first, last), job.tables)
        for place, outcome in enumerate(outcomes_of_group, start=first):
            if outcome.kept is not None:
                collector.add(place, outcome.kept)
        try:
            made = job.reduce(collector.frames())
            done.reduced.append({"summary": made} if isinstance(made, pd.DataFrame) else dict(made))
        except Exception as error:
            outcomes_of_group = [_failed(outcome.run, outcome.id, error) for outcome in outcomes_of_group]
        done.outcomes += [outcome._replace(kept=None) for outcome in outcomes_of_group]
    return done


def _outcome(job: Job, place: int) -> Outcome:
    run, identity = job.first + place, ""
    try:
        identity = job.plan.run_id(place, job.code)
        return Outcome(run, identity, kept(simulate(job.plan.scenario(place), job.plan.seed(place)), job.tables))
    except Exception as error:  # the rest goes on
        return _failed(run, identity, error)


def _failed(run: int, identity: str, error: BaseException) -> Outcome:
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return Outcome(run, identity, None, what, "".join(traceback.format_exception(error)))


def lost(job: Job, error: BaseException) -> Done:
    """The outcome of a job whose worker died or could not answer."""
    runs = range(len(job.plan.table))
    names = [job.plan.run_id(place, job.code) for place in runs]
    return Done([_failed(job.first + place, names[place], error) for place in runs])


def all_done(jobs: Iterable[Job], crew: Crew, may_begin: Callable[[Job], bool]) -> Iterator[tuple[Job, Done]]:
    """Every job with what it brought, in the order in which they end.

    may_begin   whether there is room for a job's results; asked again after each job that ends
    Leaving early (Ctrl-C, a full disk) waits only for jobs that have begun.
    """
    waiting: dict[Future, Job] = {}
    coming, suspects = iter(jobs), deque[tuple[Job, int]]()  # jobs whose worker died, and how often alone
    following = next(coming, None)
    try:
        while True:
            if suspects and not waiting:  # one at a time: so it shows which of them kills its worker
                waiting[_submitted(suspects[0][0], crew)] = suspects[0][0]
            while not suspects and following and len(waiting) < 2 * crew.slots and may_begin(following):
                waiting[_submitted(following, crew)] = following
                following = next(coming, None)
            if not waiting:
                return
            died = []
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                job = waiting.pop(future)
                try:
                    done = future.result()
                except BrokenExecutor as error:
                    died.append((job, error))
                    continue
                except CancelledError:
                    raise ConfigError("executor: the cluster is gone; allowed: one that stays until the runs are done") from None
                except ConfigError:
                    raise
                except Exception as error:  # Dask gives a job up, or its results cannot travel
                    done = lost(job, error)
                if suspects and suspects[0][0] is job:
                    suspects.popleft()
                yield job, done
            if died:
                yield from _bury(died, waiting, suspects, crew)
    finally:
        for future in waiting:
            future.cancel()


def _submitted(job: Job, crew: Crew) -> Future:
    try:
        return crew.executor.submit(run_job, job)
    except BrokenExecutor as error:  # a process died since we last looked
        future: Future = Future()
        future.set_exception(error)
        return future


def _bury(died: Sequence[tuple[Job, BaseException]], waiting: dict, suspects: deque, crew: Crew) -> Iterator[tuple[Job, Done]]:
    """A process died and broke its pool: a new pool, and the jobs that were under way once more."""
    if crew.again is None:
        raise ConfigError(f"executor: its workers died ({died[0][1]}); allowed: processes, dask or slurm, which replace them")
    under_way = [*(job for job, _ in died), *waiting.values()]
    waiting.clear()
    crew.executor.shutdown(wait=False, cancel_futures=True)
    crew.executor = crew.again()
    if not suspects:
        suspects.extend((job, 0) for job in sorted(under_way, key=lambda job: job.first))
        return
    job, deaths = suspects.popleft()  # it was alone
    if deaths + 1 < DEATHS:
        suspects.appendleft((job, deaths + 1))
    else:
        yield job, lost(job, RuntimeError("its worker process died each time (killed, or out of memory)"))
