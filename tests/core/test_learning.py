from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from moliere_core.corpus import Split
from moliere_core.models.evaluation import score
from moliere_core.models.references import NGRAMS, load_recurrent, open_run
from moliere_core.runs.run import Run, Snapshot
from moliere_core.training import learning
from tests.networks import make_run

TEXTS = Split("la peste soit de l'avarice " * 20, "et des avaricieux " * 12, "plays")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "run", ("epoch-000", "step-000010", "epoch-001"))


def unmeasured(run: Run) -> list[Snapshot]:
    return [found for found in run.snapshots if found.name not in learning.measured(run)]


def test_the_history_measures_epochs_only(run: Run) -> None:
    assert learning.measured(run) == {"epoch-001": learning.Measure(None, 4.2)}
    assert [s.name for s in unmeasured(run)] == ["epoch-000", "step-000010"]


def test_what_is_measured_is_stored_and_read(run: Run) -> None:
    shares: list[float] = []
    records = learning.measure(run, TEXTS, unmeasured(run), shares.append)
    assert shares == [0.5, 1]
    learning.save_measures(run, records)
    assert not unmeasured(run)
    measure = learning.measured(run)["step-000010"]
    assert measure.validation == records["step-000010"]["validation_bits_per_char"]
    assert measure.train == pytest.approx(records["step-000010"]["train_loss"] / math.log(2))


def test_measures_are_those_of_the_end_of_an_epoch(run: Run) -> None:
    texts = Split("la peste é soit de l'avarice " * 20, TEXTS.validation_text, "plays")
    records = learning.measure(run, texts, [run.snapshot("step-10")])
    record = records["step-000010"]
    model = load_recurrent(f"{run.path}@step-10")
    bits = score(model, texts.train_text).bits
    known = [char in model.vocabulary.index for char in texts.train_text]
    nats = bits[known].mean() * math.log(2)  # the characters that it can know, as in training
    assert record["train_loss"] == pytest.approx(nats, rel=1e-3)
    held = score(model, texts.validation_text).bits_per_char
    assert record["validation_bits_per_char"] == pytest.approx(held, rel=1e-3)


def test_other_weights_are_not_measured(run: Run) -> None:
    learning.save_measures(run, learning.measure(run, TEXTS, unmeasured(run)))
    run.snapshot("step-10").path.write_bytes(run.snapshot("step-10").path.read_bytes() + b" ")
    assert [s.name for s in unmeasured(run)] == ["step-000010"]


@pytest.mark.parametrize("damage", ["", "[]", "{", "{}", "[" * 100_000, '{"epoch-000": 3}'])
def test_a_damaged_file_counts_for_nothing(run: Run, damage: str) -> None:
    (run.path / learning.MEASURES).write_text(damage, "utf-8")
    assert list(learning.measured(run)) == ["epoch-001"]


def test_petit_is_measured_at_every_moment() -> None:
    petit = open_run("petit")[0]
    assert not unmeasured(petit), "run python -m tools.measure_snapshots"


def test_the_ladder_is_for_those_who_hold_out_the_same_plays(run: Run) -> None:
    assert learning.ladder(run) == {}
    for reference in ("petit", "grand"):
        ladder = learning.ladder(open_run(reference)[0])
        assert list(ladder) == list(range(1, 9))
        assert list(ladder.values()) == sorted(ladder.values(), reverse=True)


def test_the_ladder_is_not_for_a_last_tenth(tmp_path: Path) -> None:
    petit = open_run("petit")[0]
    for held_out, orders in (("plays", 8), ("last-tenth", 0)):
        run = Run.create(
            tmp_path / held_out, petit.id, petit.config, petit.vocabulary, petit.corpus, held_out
        )
        assert len(learning.ladder(run)) == orders


def test_the_card_says_the_same_twice() -> None:
    card = (NGRAMS.parent / "card.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(kn-\d)` \| [\d,]+ \| ([\d.]+) \|$", card, re.MULTILINE)
    stored = json.loads(learning.CARD.read_text(encoding="utf-8"))["bits_per_char"]
    assert {name: float(bits) for name, bits in rows} == stored
