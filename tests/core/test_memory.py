"""What a continued model forgets: which text tells of it, and what is stored of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from moliere_core.config import TrainingConfig
from moliere_core.corpus import EMBEDDED, Corpus, Split, load_corpus
from moliere_core.models.evaluation import score
from moliere_core.models.references import load_model
from moliere_core.runs.history import epoch_record
from moliere_core.runs.run import run_path
from moliere_core.system.records import DamagedError
from moliere_core.training import jobs
from moliere_core.training.jobs.spec import JobSpec
from moliere_core.training.memory import OLD_CHARS, OldText, gently, old_text, spread
from tests.core.trainings import CORPUS, STREAMS, corpus
from tests.networks import make_run

RUN = "0123456789ab"
NEW = Split("tout autre chose, " * 300, "et sa fin", "last-tenth")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))


def trained_on(known: Corpus) -> str:
    """A reference to a run that says that it has read this corpus, "b" held out."""
    run = make_run(run_path(RUN))
    path = run.path / "config.json"
    document = json.loads(path.read_text("utf-8"))
    document["corpus"]["digest"] = known.digest
    document["validation"] = ["b"]
    path.write_text(json.dumps(document), "utf-8")
    return f"run:{RUN}"


def test_the_old_text_is_what_the_original_held_out() -> None:
    found = old_text(trained_on(CORPUS), NEW, [load_corpus(EMBEDDED), CORPUS])
    assert found == OldText("plays", CORPUS.select(["b"]).text())


def test_molieres_plays_are_stood_in_for_by_the_pastiches_and_only_they() -> None:
    found = old_text("petit", NEW)
    assert found is not None
    assert found.kind == "pastiches"
    assert len(found.text) == OLD_CHARS
    assert old_text(trained_on(CORPUS), NEW) is None


def test_who_reads_the_old_text_does_not_forget_it() -> None:
    held = CORPUS.select(["b"]).text()
    same = Split(CORPUS.select(["a"]).text(), held, "plays")
    assert old_text(trained_on(CORPUS), same, [CORPUS]) is None
    pastiches = load_corpus(EMBEDDED).text()
    assert old_text("petit", Split(pastiches, "fin", "last-tenth")) is None


def test_a_sample_is_bounded_and_spread() -> None:
    text = "".join(chr(65 + i // 1000) for i in range(10_000))
    assert spread("court", 100, 4) == "court"
    sample = spread(text, 100, 4)
    assert len(sample) == 100
    assert (sample[0], sample[-1]) == (text[0], text[-1])
    assert len(set(sample)) == 4


def test_a_job_carries_the_old_text_to_whoever_trains_it() -> None:
    config = replace(STREAMS, initial=trained_on(CORPUS), plays=("a",))
    other = corpus("oui non car")
    spec = jobs.prepare(config, other, known=[CORPUS])
    assert spec.old is not None
    assert JobSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert spec.run_id == jobs.describe(config, other).run_id
    without = {name: value for name, value in spec.to_json().items() if name != "old"}
    assert JobSpec.from_json(without).old is None  # a job of before
    assert jobs.prepare(replace(config, initial=None), other, known=[CORPUS]).old is None


def test_a_damaged_old_text_is_told() -> None:
    for damaged in ({"kind": "plays"}, {"kind": "?", "text": "a"}, 3):
        with pytest.raises(DamagedError):
            OldText.from_json(damaged)


def test_a_history_keeps_what_was_forgotten_and_old_ones_are_read() -> None:
    record: dict[str, object] = {"epoch": 1, "updates": 2, "old_bits_per_char": 2.5}
    record |= {"old_bits_before": 1.5, "new_bits_before": 3.0, "outside": 4, "old_text": "plays"}
    assert epoch_record(record) == record
    assert epoch_record({"epoch": 1, "updates": 2}) == {"epoch": 1, "updates": 2}
    with pytest.raises(DamagedError):
        epoch_record(record | {"old_bits_per_char": -1})


def test_who_knows_something_is_corrected_gently() -> None:
    usual = TrainingConfig(learning_rate=8e-3, batch_size=32, seq_length=50, epochs=2)
    long = gently(usual, 1_000_000)
    assert long == replace(usual, learning_rate=1e-3)
    short = gently(usual, 6_000)
    assert (short.batch_size, short.epochs, short.learning_rate) == (4, 8, 1e-3)
    assert gently(replace(usual, learning_rate=1e-4), 1_000_000).learning_rate == 1e-4


@pytest.mark.slow
def test_a_continued_training_measures_both_texts() -> None:
    pytest.importorskip("keras")
    from moliere_core.training.session import Stopped, continued_from, train

    first = train(replace(STREAMS, training=replace(STREAMS.training, epochs=1)), CORPUS)
    assert "old_bits_per_char" not in first.history[0]
    other = corpus("la zut me zut")
    config = continued_from(replace(STREAMS, plays=("a",)), f"run:{first.id}")
    old = OldText("plays", CORPUS.select(["b"]).text())
    events: list[object] = []
    train(
        config,
        other,
        on_event=events.append,
        should_stop=lambda: any(getattr(e, "record", None) for e in events),
        old=old,
    )
    assert isinstance(events[-1], Stopped)
    run = train(config, other, old=old)
    assert len(run.history) == 3
    for record in run.history:
        model = load_model(f"run:{run.id}@{record['epoch']}")
        expected = score(model, old.text).bits_per_char
        assert record["old_bits_per_char"] == pytest.approx(expected, abs=1e-4)
        assert record["old_text"] == "plays"
        assert record["outside"] == sum(letter in "zut" for letter in other.select(["a"]).text())
    before = load_model(f"run:{first.id}")
    told = run.history[-1]
    assert told["old_bits_before"] == pytest.approx(score(before, old.text).bits_per_char, abs=1e-4)
    new = other.select(["b"]).text()
    assert told["new_bits_before"] == pytest.approx(score(before, new).bits_per_char, abs=1e-4)
