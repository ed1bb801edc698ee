"""Put the keyed draws through an established battery of tests: dieharder (Brown, Eddelbuettel & Bauer), from Debian's packages.

    python scripts/battery.py                     every stream, every test: half an hour; writes docs/verification/battery,
                                                  and goes on where an earlier call was stopped
    python scripts/battery.py --streams           only the page about the reports that are there
    python scripts/battery.py --control           one test on many keys of ours and of SHAKE-128: how its p-values are spread
    python scripts/battery.py --streams who week --tests 0 101 --out DIR
    python scripts/battery.py --feed who          the raw stream itself, 64-bit words without end, for any other battery

A stream is what `sim.randomness.draw_key` gives when one part of the key counts up and all others stand still: no battery could
find more order in the draws of a run, whose keys are hashes already. The last stream takes the keys as the rules take them.
The report carries a digest of what makes the draws; a test asks for a new report once that has changed.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that the script also runs where the package is not installed

from draws_digest import digest_of_draws  # noqa: E402

from sim.compiled import rule  # noqa: E402
from sim.randomness import PLACE, REVIEW, TAKINGS, chance_of_week, draw_key, identity_of  # noqa: E402

PAGE = """# The keyed draws, put through dieharder

Written by `python scripts/battery.py` (dieharder {version}, Debian's package of that name). Draws: `{digest}`, a digest
of the code of `sim/randomness.py` that makes them, without comments, and not of what is made of the bits afterwards;
`tests/verification/test_battery.py` asks for a new report once it has changed.

A stream is what `draw_key` gives, all 64 bits, when one part of the key counts up and the others stand still. In a run keys are
hashes already, so these are the hardest cases, but for the last, whose keys are those of rules. WEAK is dieharder's word
for p below 0.005 or above 0.995, which a perfect generator earns once in a hundred; FAILED is p below 0.000001. The last column
asks whether all p-values of a stream are spread as chance spreads them (Kolmogorov and Smirnov).

**The last column is not a verdict.** It takes the p-values of a stream for independent and exactly uniform, and they are neither:
all tests read the stream from its start, half of the p-values are of one test (102) that counts the same bits in longer and
longer patterns, and dieharder's own p-values lean to the high side. So it is often small for a perfect generator, too (below).

| stream | what counts up | tests | p-values | weak | failed | spread, p |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

The p-values of `alternative` lean to the high side more than that column allows; `other_alternative` was added for that, and
`fresh_alternative`, whose key was chosen before it was read, leans as far. Is it the draws, or the battery? The same was asked
of SHAKE-128 (FIPS 202), which is beyond suspicion, with test 102 alone ([as printed](control.txt)):

| {keys} streams with different keys, test 102 | mean of all p | spread, p: smallest | below 0.05 | below 0.01 |
| --- | --- | --- | --- | --- |
{control}

{told}

Tests: every one that dieharder itself lists as good, numbers {tests}.
Not run: 5, 6, 7 (suspect, in its own words), 14 (do not use), 204 (a test of a test). Each test reads its stream from the start.
Lines as printed: the file of each stream.

Not covered: several keys that count up at once in other orders than a run's; more draws than these tests read, some 2·10⁹
words of 32 bits at most. The finaliser of SplitMix64 has been through larger batteries as a generator of its own; what is tested
here is its use on keys.
"""

REPORT = ROOT / "docs" / "verification" / "battery"
WORDS = 1 << 17  # at once: a megabyte

# Every test of dieharder that its own list calls good, with the length of its patterns where one has to be chosen. Left out:
# 5 to 7 (suspect) and 14 (do not use), in the words of that list, and 204, which tests a test.
TESTS = [
    *("0", "1", "2", "3", "4", "8", "9", "10", "11", "12", "13", "15", "16", "17", "100", "101", "102"),
    *("200 -n 4", "201 -n 3", "202 -n 5", "203 -n 8", "205", "206", "207", "208", "209"),
]
SHOWN = ("test_name", "ntuple", "tsamples", "psamples", "pvalues", "assessment")


@rule
def who(out, first):
    """Crews 0, 1, 2, … in one week, for one decision."""
    chance = chance_of_week(np.uint64(1), np.int64(300))
    for n in range(len(out)):
        out[n] = draw_key(chance, first + np.uint64(n), TAKINGS, np.uint64(0))


@rule
def week(out, first):
    """One crew and decision in weeks 0, 1, 2, …"""
    for n in range(len(out)):
        chance = chance_of_week(np.uint64(1), np.int64(first + np.uint64(n)))
        out[n] = draw_key(chance, np.uint64(12345), TAKINGS, np.uint64(0))


@rule
def seed(out, first):
    """One crew and decision in one week of the worlds with seeds 0, 1, 2, …"""
    for n in range(len(out)):
        chance = chance_of_week(first + np.uint64(n), np.int64(300))
        out[n] = draw_key(chance, np.uint64(12345), TAKINGS, np.uint64(0))


@rule
def alternative(out, first):
    """Alternatives 0, 1, 2, … of one decision of one crew."""
    chance = chance_of_week(np.uint64(1), np.int64(300))
    for n in range(len(out)):
        out[n] = draw_key(chance, np.uint64(12345), TAKINGS, first + np.uint64(n))


@rule
def other_alternative(out, first):
    """The same for another crew and decision in another world, from 2^40 on."""
    chance = chance_of_week(np.uint64(20), np.int64(7))
    for n in range(len(out)):
        out[n] = draw_key(chance, np.uint64(987654321), REVIEW, np.uint64(1 << 40) + first + np.uint64(n))


@rule
def fresh_alternative(out, first):
    """The same as `alternative`, from 0 on, with the key of a third crew, decision and world."""
    chance = chance_of_week(np.uint64(2024), np.int64(151))
    for n in range(len(out)):
        out[n] = draw_key(chance, np.uint64(5551212), PLACE, first + np.uint64(n))


@rule
def as_in_a_run(out, first):
    """Week by week, 512 crews with the identities of entrants, decisions 1 to 32 of each."""
    for n in range(len(out)):
        draw = first + np.uint64(n)
        crew, decision = (draw >> np.uint64(5)) & np.uint64(511), (draw & np.uint64(31)) + np.uint64(1)
        lineage = identity_of(np.int64(0), np.int64(crew))
        out[n] = draw_key(chance_of_week(np.uint64(1), np.int64(draw >> np.uint64(14))), lineage, decision, np.uint64(0))


KINDS = (who, week, seed, alternative, other_alternative, fresh_alternative, as_in_a_run)
STREAMS = {function.__name__: function for function in KINDS}


@rule
def of_key(out, first, key):
    """Alternatives 0, 1, 2, … for one key of many."""
    chance = chance_of_week(np.uint64(1000) + key, np.int64(key))
    for n in range(len(out)):
        out[n] = draw_key(chance, key * np.uint64(1000003), key % np.uint64(30) + np.uint64(1), first + np.uint64(n))


def beyond_suspicion(out, first, key):
    """SHAKE-128 of the key and a counter."""
    out[:] = np.frombuffer(hashlib.shake_128(b"%d/%d" % (key, first // WORDS)).digest(8 * WORDS), "<u8")


CONTROLS = {"draws": of_key, "shake": beyond_suspicion}
KEYS = 24


def feed(name, out):
    """Write a stream to a binary file until its reader has had enough. name: of a stream, or as draws/7: key 7 of a control."""
    words, first = np.empty(WORDS, "<u8"), 0
    kind, _, key = name.partition("/")
    make = (lambda out, first: CONTROLS[kind](out, first, np.uint64(key))) if key else STREAMS[name]
    try:
        while True:
            make(words, np.uint64(first))
            out.write(words.data)
            first += WORDS
    except BrokenPipeError:
        os._exit(0)  # at once: closing the pipe would complain again


def examined(name, test):
    """The lines that dieharder prints about a stream for one test, with the test before them."""
    shown = [word for flag in SHOWN for word in ("-D", flag)]
    source = subprocess.Popen([sys.executable, __file__, "--feed", name], stdout=subprocess.PIPE)
    command = ["dieharder", "-g", "200", "-d", *test.split(), *shown]
    try:
        told = subprocess.run(command, stdin=source.stdout, capture_output=True, text=True, check=True).stdout
    finally:
        source.stdout.close()
        source.wait()
    lines = [line for line in told.splitlines() if line.count("|") == len(SHOWN) - 1]
    return [f"{test:>8}|{line}" for line in lines if not line.lstrip().startswith(SHOWN[0])]


def report(name, tests, version, path):
    """Put a stream through the tests that its report does not have yet. It is written after each, so that none is lost."""
    head = [
        f"stream    {name}: {STREAMS[name].__doc__}",
        f"draws     {digest_of_draws()} (digest of what makes them in sim/randomness.py)",
        f"battery   dieharder {version}, generator 200 (raw words from standard input)",
        f"command   python scripts/battery.py --streams {name}",
        "",
        "|".join(("    test", *SHOWN)),
    ]
    told = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    lines = told[len(head) :] if told[: len(head)] == head else []
    for test in tests:
        if test not in {line.split("|")[0].strip() for line in lines}:
            lines += examined(name, test)
            print(f"{name}: {lines[-1]}", file=sys.stderr, flush=True)
            lines.sort(key=lambda line: TESTS.index(line.split("|")[0].strip()))
            path.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


def control(version, path):
    """Test 102 on many keys: of draws, and of a generator beyond suspicion. A line for each, with its p-values."""
    lines = [f"dieharder {version}, test 102, pvalues as printed: python scripts/battery.py --control", ""]
    for key in range(KEYS):
        for kind in CONTROLS:
            found = [line.split("|")[-2].strip() for line in examined(f"{kind}/{key}", "102")]
            lines.append(" ".join([f"{kind}/{key}", *found]))
            print(lines[-1], file=sys.stderr, flush=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def spread(values):
    """Whether p-values are spread as chance spreads independent ones: p of Kolmogorov and Smirnov."""
    return float(stats.kstest(values, "uniform").pvalue)


def of_controls(path):
    """Rows of the page about the controls, and a sentence that compares the two."""
    found = {kind: [] for kind in CONTROLS}
    for line in path.read_text(encoding="utf-8").splitlines()[2:]:
        name, *values = line.split()
        found[name.partition("/")[0]].append([float(value) for value in values])
    rows, means = [], {}
    for kind, streams in found.items():
        spreads = [spread(values) for values in streams]
        means[kind] = [float(np.mean(values)) for values in streams]
        below = [sum(p < bar for p in spreads) for bar in (0.05, 0.01)]
        rows.append(f"| {kind} | {np.mean(means[kind]):.2f} | {min(spreads):.2g} | {below[0]} | {below[1]} |")
    apart = stats.mannwhitneyu(means["draws"], means["shake"]).pvalue
    told = f"Whether the means of the two kinds differ: p = {apart:.2g} (Mann and Whitney)."
    return "\n".join(rows), told, len(means["draws"])


def summary(out, version):
    """The page about the reports in a folder."""
    rows = []
    for name in (name for name in STREAMS if (out / f"{name}.txt").is_file()):
        lines = [line.split("|") for line in (out / f"{name}.txt").read_text(encoding="utf-8").splitlines()]
        found = [words for words in lines if len(words) == len(SHOWN) + 1][1:]
        done = len({words[0] for words in found})
        weak, failed = (sum(words[-1].strip() == verdict for words in found) for verdict in ("WEAK", "FAILED"))
        p = spread([float(words[-2]) for words in found])
        rows.append(f"| `{name}` | {STREAMS[name].__doc__} | {done} | {len(found)} | {weak} | {failed} | {p:.2g} |")
    controls, told, keys = of_controls(out / "control.txt") if (out / "control.txt").is_file() else ("", "Not asked here.", 0)
    tests = ", ".join(test.split()[0] for test in TESTS)
    made = {"version": version, "digest": digest_of_draws(), "rows": "\n".join(rows), "tests": tests}
    page = PAGE.format(**made, control=controls, told=told, keys=keys)
    (out / "README.md").write_text(page, encoding="utf-8")


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--control", action="store_true", help="test 102 on many keys, beside those of SHAKE-128: six minutes")
    asked.add_argument("--feed", help="write this stream to standard output, without end")
    asked.add_argument("--streams", nargs="*", choices=STREAMS, default=list(STREAMS), help="none: only the page anew")
    asked.add_argument("--tests", nargs="+", choices=TESTS, default=TESTS, help="as in 0 or '200 -n 4'")
    asked.add_argument("--out", type=Path, default=REPORT)
    asked = asked.parse_args()
    if asked.feed:
        return feed(asked.feed, sys.stdout.buffer)
    try:
        about = subprocess.run(["dieharder", "-l"], capture_output=True, text=True, check=False).stdout
        version = about.split("version ")[1].split()[0]
    except (OSError, IndexError):
        sys.exit("dieharder: is not installed or does not answer; on Debian: apt-get install dieharder")
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.control:
        control(version, asked.out / "control.txt")
    for name in asked.streams if not asked.control else ():
        report(name, asked.tests, version, asked.out / f"{name}.txt")
    return summary(asked.out, version)


if __name__ == "__main__":
    main()
