"""The keyed draws have been through an established battery, as they are now; the reports say so (scripts/battery.py)."""

import re
import sys
from pathlib import Path

import pytest

from sim import randomness

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "verification" / "battery"
STREAMS = ("who", "week", "seed", "alternative", "other_alternative", "as_in_a_run")


@pytest.fixture
def draws_digest(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import draws_digest

    yield draws_digest
    del sys.modules["draws_digest"]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_report_is_about_the_draws_as_they_are_now_and_no_test_failed(draws_digest, stream):
    head, _, lines = (REPORT / f"{stream}.txt").read_text(encoding="utf-8").partition("\n\n")
    assert re.search(r"^draws     (\w+)", head, flags=re.M)[1] == draws_digest.digest_of_draws(), f"{stream}: make a new report"
    found = [line.split("|") for line in lines.splitlines()[1:]]
    assert len(found) >= 11 and all(words[-1].strip() in ("PASSED", "WEAK") for words in found)


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
    assert digest(text.replace("-np.log(-np.log(", "-np.log1p(-np.log(")) == now != digest(text + "\n_S30 = np.uint64(29)\n")
    edits = {"x >> _S30": "x >> _S27", "0xBF58476D1CE4E5B9": "0xBF58476D1CE4E5B7", "+ decision * _GOLDEN": "+ decision"}
    for old, new in edits.items():
        assert old in text and digest(text.replace(old, new)) != now
