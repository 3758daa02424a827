"""When words and verse appear: counts of texts made by hand, and of a run's snapshots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moliere_core.exploration import lexicon
from moliere_core.judging import alexandrines, emergence
from moliere_core.judging.emergence import Moment, Tally, lasting, tally
from moliere_core.models.references import SHIPPED, open_run
from tests.networks import make_run

# By nobody, in the manner of the time: twelve syllables each, in couplets.
VERSES = (
    "Je ne veux plus souffrir un si cruel outrage,\n"
    "Et mon bras offensé reprend tout son courage.\n"
    "Allez dire à celui que vous nommez mon roi\n"
    "Que personne jamais ne commande chez moi.\n"
)
NOTHING = Tally(0, 0, 0, 0.0, 0, 0.0, 0, 0)


def moment(name: str, *texts: Tally) -> Moment:
    return Moment(name, None, 0, "", texts)


def test_whole_lines_are_counted_beside_chance() -> None:
    found = tally(VERSES + "Une ligne qui ne finit", lexicon.shipped().__contains__)
    assert (found.lines, found.lengthy, found.twelve, found.rhymed) == (4, 4, 4, 4)
    assert found.shuffled < 4
    assert found.mixed <= 4
    assert found.real >= found.words - 1 > 5


def test_a_text_without_a_line_break_has_no_line() -> None:
    assert tally("Ah !", lambda word: False) == NOTHING
    assert moment("m", NOTHING).share("twelve") is None
    assert moment("m", NOTHING, NOTHING).error("twelve") == 0


def test_a_share_is_of_all_texts_together() -> None:
    texts = replace(NOTHING, lines=10, twelve=1), replace(NOTHING, lines=30, twelve=7)
    found = moment("m", *texts)
    assert found.share("twelve") == pytest.approx(8 / 40)
    residuals = np.array([1 - 10 * 0.2, 7 - 30 * 0.2])
    assert found.error("twelve") == pytest.approx(residuals.std(ddof=1) * np.sqrt(2) / 40)
    assert moment("m", *texts[:1]).error("twelve") == 0


def test_above_chance_is_no_luck() -> None:
    clear = [replace(NOTHING, lines=20, twelve=n, shuffled=2.0) for n in (9, 10, 11)]
    luck = [replace(NOTHING, lines=20, twelve=n, shuffled=2.0) for n in (0, 2, 7)]
    assert moment("m", *clear).above("twelve", "shuffled")
    assert not moment("m", *luck).above("twelve", "shuffled")
    assert not moment("m", *clear[:1]).above("twelve", "shuffled")


def test_what_appears_stays_and_two_moments_agree() -> None:
    def first(*holds: bool) -> str | None:
        moments = [moment(f"{place}{there}") for place, there in enumerate(holds)]
        found = lasting(moments, lambda one: one.name.endswith("True"))
        return None if found is None else found.name

    assert first(False, True, False, True, True) == "3True"
    assert first(True, True) == "0True"
    assert first(False, True) is None  # one is luck
    assert first(True, True, False) is None
    assert first(True) == "0True"  # the only one there is
    assert first() is None


def test_lines_that_rhyme_by_chance() -> None:
    lines = ["un courage", "un outrage", "le chien", "le four"]
    assert alexandrines.rhyme_chance(lines[:2]) == 1.0
    chance = alexandrines.rhyme_chance(lines * 3)
    assert chance is not None
    assert 0 < chance < 1
    assert alexandrines.rhyme_chance([]) is None


def test_a_run_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    run = make_run(tmp_path / "runs" / "0123456789ab")
    told: list[float] = []
    found = emergence.measure(
        run, run.snapshots, lambda word: False, told.append, seeds=(1, 2), chars=60
    )
    assert [one.name for one in found] == ["epoch-000", "epoch-001"]
    assert found[0].texts == found[1].texts  # the same weights, the same seeds
    assert told == sorted(told)
    assert told[-1] == 1
    assert emergence.find("run:0123456789ab", run) == ()
    emergence.store("run:0123456789ab", found)
    assert emergence.find("run:0123456789ab", run) == tuple(found)
    other = [replace(one, weights="0") for one in found[:1]]
    emergence.store("run:0123456789ab", [*other, found[1]])
    assert emergence.find("run:0123456789ab", run) == (found[1],)  # other weights: measured again


def test_shipped_counts_are_those_of_the_shipped_weights() -> None:
    for reference in SHIPPED:
        run, _snapshot = open_run(reference)
        found = emergence.find(reference, run)
        assert [one.name for one in found] == [snapshot.name for snapshot in run.snapshots], (
            f"python -m tools.measure_emergence {reference}"
        )
        assert {len(one.texts) for one in found} == {len(emergence.SEEDS)}


def test_real_verse_is_verse_and_real_prose_is_not() -> None:
    verse, prose = (emergence.real()[part] for part in ("verse", "prose"))
    assert verse.twelve / verse.lines > 0.95 > 0.2 > verse.shuffled / verse.lines
    assert verse.rhymed / verse.lines > 0.9 > 0.25 > verse.mixed / verse.lines
    assert prose.twelve / prose.lines < 0.1
