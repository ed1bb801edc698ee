"""The keyed draws have been through an established battery, as they are now; the report says so (scripts/battery.py)."""

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim import randomness

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "verification" / "battery"


@pytest.fixture(scope="module")
def battery():
    spec = spec_from_file_location("battery", ROOT / "scripts" / "battery.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def outcomes(stream: str) -> list[tuple[str, float, str]]:
    """Test, p-value and verdict of each line of a report."""
    lines = (REPORT / f"{stream}.txt").read_text(encoding="utf-8").splitlines()
    lines = [line.split("|") for line in lines if line.count("|") == 5]
    return [(words[0].strip(), float(words[4]), words[5].strip()) for words in lines[1:]]


def test_every_report_is_about_the_draws_as_they_are_now(battery):
    now = battery.digest_of_draws()
    for stream in battery.STREAMS:
        header = (REPORT / f"{stream}.txt").read_text(encoding="utf-8").split("\n\n")[0]
        assert re.search(r"^draws     (\w+)", header, flags=re.M)[1] == now, f"{stream}: make a new report"
        assert f"python scripts/battery.py --streams {stream}" in header and re.search(r"dieharder \d", header)
    assert now in (REPORT / "README.md").read_text(encoding="utf-8")


def test_no_stream_fails_and_its_p_values_are_uniform(battery):
    for stream in battery.STREAMS:
        found = outcomes(stream)
        assert len(found) >= len(battery.TESTS)
        assert not [name for name, _, verdict in found if verdict not in ("PASSED", "WEAK")]
        assert stats.kstest([p for _, p, _ in found], "uniform").pvalue > 1e-4


def test_the_summary_tells_what_the_reports_tell(battery):
    rows = re.findall(r"^\| `(\w+)` \| .*? \| (\d+) \| (\d+) \| (\d+) \|", (REPORT / "README.md").read_text(), flags=re.M)
    counted = [
        (stream, str(len(found)), *(str(sum(verdict == word for *_, verdict in found)) for word in ("WEAK", "FAILED")))
        for stream, found in ((stream, outcomes(stream)) for stream in battery.STREAMS)
    ]
    assert rows == counted


def test_an_edit_of_the_mixing_asks_for_a_new_report_and_a_new_decision_does_not(battery, tmp_path, monkeypatch):
    text = Path(randomness.__file__).read_text(encoding="utf-8")
    (tmp_path / "sim").mkdir()
    monkeypatch.setattr(battery, "ROOT", tmp_path)

    def digest(changed):
        (tmp_path / "sim" / "randomness.py").write_text(changed, encoding="utf-8")
        return battery.digest_of_draws()

    now = digest(text)
    assert digest(text.replace("RAID = np.uint64(1)\n", "RAID = np.uint64(1)\nFOG = np.uint64(99)\n")) == now
    assert digest(text.replace('"""64 well-mixed bits', '"""Some well-mixed bits')) == now
    edits = {"x >> _S30": "x >> _S27", "0xBF58476D1CE4E5B9": "0xBF58476D1CE4E5B7", "+ decision * _GOLDEN": "+ decision"}
    for old, new in edits.items():
        assert old in text and digest(text.replace(old, new)) != now


def test_the_streams_are_the_draws_of_the_rules(battery):
    words = np.empty(64, "u8")
    chance = randomness.Chance(np.uint64(randomness.chance_of_week(np.uint64(1), np.int64(300)).key))
    battery.who(words, np.uint64(0))
    assert int(words[5]) == int(randomness.draw_key(chance, np.uint64(5), randomness.TAKINGS, np.uint64(0)))
    for name, stream in battery.STREAMS.items():
        later = np.empty(32, "u8")
        stream(words, np.uint64(0))
        stream(later, np.uint64(32))
        assert (words[32:] == later).all() and len(set(words.tolist())) == 64, name


def test_a_reader_that_has_had_enough_ends_the_feed_without_a_word():
    feed = subprocess.Popen([sys.executable, str(ROOT / "scripts" / "battery.py"), "--feed", "who"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert len(feed.stdout.read(4096)) == 4096
    feed.stdout.close()
    assert feed.wait(timeout=60) == 0 and feed.stderr.read() == b""
