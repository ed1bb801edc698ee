"""The keyed draws have been through an established battery, as they are now; the reports say so (scripts/battery.py)."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from sim import randomness

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "verification" / "battery"
STREAMS = ("who", "week", "seed", "alternative", "other_alternative", "fresh_alternative", "as_in_a_run")
MOST_WEAK = 4  # of some 60: a perfect generator is WEAK once in a hundred, and p-values of one test go together


@pytest.fixture
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield importlib.import_module
    for name in ("battery", "draws_digest"):
        sys.modules.pop(name, None)


@pytest.fixture
def draws_digest(scripts):
    return scripts("draws_digest")


def read(stream):
    """The head of a report, and its lines as (test, p, verdict)."""
    head, _, lines = (REPORT / f"{stream}.txt").read_text(encoding="utf-8").partition("\n\n")
    found = [[word.strip() for word in line.split("|")] for line in lines.splitlines()[1:]]
    return head, [(words[0], float(words[-2]), words[-1]) for words in found]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_report_is_about_the_draws_as_they_are_now_and_all_its_tests_were_passed(scripts, stream):
    head, found = read(stream)
    assert re.search(r"^draws     (\w+)", head, flags=re.M)[1] == scripts("draws_digest").digest_of_draws(), "make a new report"
    assert list(dict.fromkeys(test for test, _, _ in found)) == scripts("battery").TESTS, "tests are missing: go on with it"
    verdicts = [verdict for _, _, verdict in found]
    assert set(verdicts) <= {"PASSED", "WEAK"} and verdicts.count("WEAK") <= MOST_WEAK


def test_every_stream_has_a_report_and_the_page_is_about_these_reports(scripts, tmp_path):
    battery = scripts("battery")
    assert tuple(battery.STREAMS) == STREAMS
    for file in REPORT.glob("*.txt"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    battery.summary(tmp_path, "3.31.1")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == (REPORT / "README.md").read_text(encoding="utf-8")
    assert "| 0.00 |" not in (REPORT / "README.md").read_text(encoding="utf-8")


def test_an_edit_of_the_mixing_asks_for_a_new_report_and_what_is_made_of_the_bits_does_not(draws_digest, tmp_path, monkeypatch):
    text = Path(randomness.__file__).read_text(encoding="utf-8")
    (tmp_path / "sim").mkdir()
    monkeypatch.setattr(draws_digest, "ROOT", tmp_path)

    def digest(changed):
        (tmp_path / "sim" / "randomness.py").write_text(changed, encoding="utf-8")
        return draws_digest.digest_of_draws()

    now = digest(text)
    assert digest(text.replace("RAID = np.uint64(1)\n", "RAID = np.uint64(1)\nFOG = np.uint64(99)\n")) == now
    assert digest(text.replace('"""64 well-mixed bits', '"""Some well-mixed bits')) == now
    for afterwards in {"-log(-log(": "-log(-2.0 * log(", "_TO_UNIT = 2.0**-52": "_TO_UNIT = 2.0**-53"}.items():
        assert afterwards[0] in text and digest(text.replace(*afterwards)) == now
    assert digest(text + "\n_S30 = np.uint64(29)\n") != now
    edits = {"x >> _S30": "x >> _S27", "0xBF58476D1CE4E5B9": "0xBF58476D1CE4E5B7", "+ decision * _GOLDEN": "+ decision"}
    for old, new in edits.items():
        assert old in text and digest(text.replace(old, new)) != now
