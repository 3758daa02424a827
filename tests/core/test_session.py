"""Training from end to end on tiny texts: identity, snapshots, stop, resume, fine-tuning."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import math
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from moliere_core.config import RunConfig, TrainingConfig
from moliere_core.corpus import Corpus
from moliere_core.errors import ConfigError, RunError, TrainingError
from moliere_core.models import samples
from moliere_core.models.evaluation import score
from moliere_core.models.references import load_model, load_recurrent
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import Run, request_id, run_path
from moliere_core.training import session as training
from moliere_core.training.session import (
    BatchesDone,
    EpochEnded,
    Event,
    Finished,
    SnapshotTaken,
    Started,
    Stopped,
    continued_from,
    train,
)
from tests.core.trainings import (
    ATTENTIVE,
    CORPUS,
    STREAMS,
    WINDOWS,
    assert_same_training,
    corpus,
)

pytestmark = pytest.mark.slow

if importlib.util.find_spec("keras") is None:
    pytest.skip("Keras is not installed", allow_module_level=True)

NETWORK = "moliere_core.networks.keras_model"  # imported when something is trained


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))


@pytest.fixture(name="whole", scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[RunConfig], Run]:
    """Trainings that nothing interrupted, one a configuration."""
    folder = tmp_path_factory.mktemp("whole")
    return lambda config: train(config, CORPUS, out=folder / config.model.cell)


def stop_after(events: list[Event], condition: Callable[[Event], bool]) -> Callable[[], bool]:
    return lambda: any(condition(event) for event in events)


def test_a_run_holds_its_history_and_snapshots() -> None:
    events: list[Event] = []
    run = train(STREAMS, CORPUS, on_event=events.append)
    assert run.complete
    assert run.path == run_path(run.id)
    assert [s.name for s in run.snapshots] == [
        "epoch-000",
        "step-000030",
        "epoch-001",
        "epoch-002",
        "epoch-003",
    ]
    per_epoch = run.history[0]["updates"]
    assert [r["updates"] for r in run.history] == [per_epoch, 2 * per_epoch, 3 * per_epoch]
    assert per_epoch == (len(CORPUS.select(["a"]).text()) + 1 - 1) // 4 // 5
    assert not (run.path / "resume.safetensors").exists()

    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (started.updates, started.resumed_from) == (3 * per_epoch, 0)
    assert started.chars == run.corpus["chars"] == len(CORPUS.select(["a"]).text())
    assert [e.record for e in events if isinstance(e, EpochEnded)] == run.history
    assert [e.name for e in events if isinstance(e, SnapshotTaken)] == [
        s.name for s in run.snapshots
    ]
    assert not finished.stored
    for event in events:
        assert json.loads(json.dumps(event.to_json(), allow_nan=False))["event"] == event.kind


def test_measures_are_those_of_the_stored_weights() -> None:
    run = train(STREAMS, CORPUS)
    text = CORPUS.select(["b"]).text()
    for record in run.history:
        model = load_recurrent(f"run:{run.id}@{record['epoch']}")
        result = score(model, text)
        assert record["validation_bits_per_char"] == pytest.approx(result.bits_per_char, abs=1e-9)
        own = score(model, CORPUS.select(["a"]).text()).bits_per_char * math.log(2)
        assert record["train_loss"] == pytest.approx(own, abs=1e-6)
        ids = run.vocabulary.encode("\n" + text)
        logits, _ = model.network.run(ids[None, :-1], model.network.zero_state(1))
        hits = logits[0, :, 1:].argmax(-1) + 1 == ids[1:]
        assert record["accuracy"] == pytest.approx(hits.mean())
        own_text = CORPUS.select(["a"]).text()
        ids = run.vocabulary.encode("\n" + own_text)
        logits, _ = model.network.run(ids[None, :-1], model.network.zero_state(1))
        hits = logits[0, :, 1:].argmax(-1) + 1 == ids[1:]
        assert record["train_accuracy"] == pytest.approx(hits.mean())
        assert len(record["sample"]) == samples.CHARS
    first, last = run.history[0], run.history[-1]
    assert last["validation_bits_per_char"] < first["validation_bits_per_char"] < 3
    assert last["loss"] < first["loss"] < math.log(len(run.vocabulary))


def test_windows_from_a_zero_state_learn_too() -> None:
    run = train(WINDOWS, CORPUS)
    assert run.history[-1]["validation_bits_per_char"] < 2.6
    text = CORPUS.select(["a"]).text()
    windows = 1 + (len(text) + 1 - 8 - 1) // 3
    assert run.history[0]["updates"] == windows // 16


@pytest.mark.parametrize("settings", [WINDOWS, STREAMS, ATTENTIVE])
def test_the_last_position_alone_can_be_what_is_learned(settings: RunConfig) -> None:
    told: list[Event] = []
    config = replace(settings, training=replace(settings.training, last_only=True))
    run = train(config, corpus(), on_event=told.append)
    assert run.id != request_id(settings, corpus().digest)
    assert run.complete
    assert all(math.isfinite(record["loss"]) for record in run.history)
    assert load_model(f"run:{run.id}").surprisal("abc").shape == (3,)  # it reads as any other


def test_half_precision_is_measured_as_it_is_stored() -> None:
    run = train(
        replace(WINDOWS, training=replace(WINDOWS.training, epochs=1)), CORPUS, dtype="float16"
    )
    assert load_file(run.snapshot().path)["dense.bias"].dtype == np.float16
    model = load_model(f"run:{run.id}")
    bits = score(model, CORPUS.select(["b"]).text()).bits_per_char
    assert run.history[0]["validation_bits_per_char"] == pytest.approx(bits, abs=1e-9)


def test_no_epochs_store_the_untrained_network() -> None:
    run = train(replace(STREAMS, training=replace(STREAMS.training, epochs=0)), CORPUS)
    assert run.complete
    assert [s.name for s in run.snapshots] == ["epoch-000"]


def test_the_same_request_is_not_trained_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(STREAMS, training=replace(STREAMS.training, epochs=1))
    run = train(short, CORPUS)
    written = {p: p.stat().st_mtime_ns for p in run.path.iterdir()}
    monkeypatch.setattr(f"{NETWORK}.build", lambda *_, **__: pytest.fail("it trains again"))
    events: list[Event] = []
    assert train(short, corpus(), on_event=events.append).id == run.id
    assert [e.to_json() for e in events] == [
        {"event": "finished", "run": run.id, "path": str(run.path), "stored": True}
    ]
    assert {p: p.stat().st_mtime_ns for p in run.path.iterdir()} == written


def test_a_stored_run_opens_without_keras(tmp_path: Path) -> None:
    out = tmp_path / "run"
    short = replace(STREAMS, training=replace(STREAMS.training, epochs=0))
    train(short, CORPUS, out=out)
    script = f"""
        import sys
        from pathlib import Path
        from dataclasses import replace
        from moliere_core.training.session import train
        from tests.core.trainings import CORPUS, STREAMS
        short = replace(STREAMS, training=replace(STREAMS.training, epochs=0))
        assert train(short, CORPUS, out=Path({str(out)!r})).complete
        assert not {{"keras", "tensorflow"}} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)


@pytest.mark.parametrize(
    "config",
    [STREAMS, WINDOWS, ATTENTIVE],
    ids=["streams-lstm", "windows-gru", "windows-transformer"],
)
@pytest.mark.parametrize("place", ["first-epoch", "second-epoch", "while-measuring"])
def test_a_stopped_training_goes_on_as_if_it_had_not_been(
    config: RunConfig, place: str, tmp_path: Path, whole: Callable[[RunConfig], Run]
) -> None:
    per_epoch = whole(config).history[0]["updates"]
    events: list[Event] = []
    snapshot = {"first-epoch": "epoch-000"}.get(place, "epoch-002")
    calls = [0]

    def should_stop() -> bool:
        # Some updates after the place; while measuring, at the very next question.
        if any(
            isinstance(e, EpochEnded)
            if place == "second-epoch"
            else isinstance(e, SnapshotTaken) and e.name == snapshot
            for e in events
        ):
            calls[0] += 1
        return calls[0] > (0 if place == "while-measuring" else per_epoch // 2)

    out = tmp_path / "stopped"
    run = train(config, CORPUS, out=out, on_event=events.append, should_stop=should_stop)
    epochs = {"first-epoch": 0, "second-epoch": 1, "while-measuring": 1}[place]
    assert events[-1] == Stopped(run.id, str(out), epochs)
    assert len(run.history) == epochs
    assert not run.complete

    events.clear()
    again = train(config, CORPUS, out=out, on_event=events.append)
    resumed = {"first-epoch": 0, "second-epoch": 1, "while-measuring": 2}[place]
    assert isinstance(events[0], Started)
    assert events[0].resumed_from == resumed
    assert again.complete
    assert_same_training(whole(config), again)


def test_a_killed_training_goes_on_as_if_it_had_not_been(
    tmp_path: Path, whole: Callable[[RunConfig], Run]
) -> None:
    out = tmp_path / "killed"
    script = f"""
        import os, signal
        from pathlib import Path
        from moliere_core.training.session import SnapshotTaken, train
        from tests.core.trainings import CORPUS, STREAMS

        seen = []

        def on_event(event):
            if isinstance(event, SnapshotTaken):
                seen.append(event.name)

        def should_stop():
            if seen[-1:] == ["epoch-002"]:  # stored, and not measured yet
                os.kill(os.getpid(), signal.SIGKILL)
            return False

        train(STREAMS, CORPUS, Path({str(out)!r}), on_event, should_stop)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(Run.open(out).history) == 1
    assert_same_training(whole(STREAMS), train(STREAMS, CORPUS, out=out))


def test_a_failed_training_goes_on_too(tmp_path: Path, whole: Callable[[RunConfig], Run]) -> None:

    def fail(event: Event) -> None:
        if isinstance(event, EpochEnded):
            raise OSError("the listener is gone")

    out = tmp_path / "failed"
    for _ in range(3):
        with pytest.raises(OSError, match="the listener is gone"):
            train(WINDOWS, CORPUS, out=out, on_event=fail)
    assert_same_training(whole(WINDOWS), train(WINDOWS, CORPUS, out=out))


def test_a_history_ahead_of_the_stored_state_is_trained_again(
    tmp_path: Path, whole: Callable[[RunConfig], Run]
) -> None:
    out = tmp_path / "other"
    events: list[Event] = []
    two = stop_after(events, lambda e: isinstance(e, EpochEnded) and e.record["epoch"] == 2)
    run = train(STREAMS, CORPUS, out=out, on_event=events.append, should_stop=two)
    assert len(run.history) == 2
    (out / "resume.safetensors").unlink()  # as in a run that came back without it
    events.clear()
    again = train(STREAMS, CORPUS, out=out, on_event=events.append)
    assert isinstance(events[0], Started)
    assert events[0].resumed_from == 0
    assert_same_training(whole(STREAMS), again)


def test_stopping_at_once_leaves_a_run_that_can_be_opened() -> None:
    events: list[Event] = []
    run = train(STREAMS, CORPUS, on_event=events.append, should_stop=lambda: True)
    assert [s.name for s in Run.open(run.path).snapshots] == ["epoch-000"]
    assert isinstance(events[-1], Stopped)
    assert not any(isinstance(e, BatchesDone) for e in events)


def test_fine_tuning_keeps_the_alphabet_and_starts_from_the_weights() -> None:
    first = train(WINDOWS, CORPUS)
    frame = CORPUS.frame.assign(cue=CORPUS.frame["cue"].str.replace("l", "z"))
    other = Corpus(frame, "other")
    config = continued_from(replace(STREAMS, plays=("a",)), f"run:{first.id}")
    assert config.model == replace(WINDOWS.model, dropout=0.3, recurrent_dropout=0.3)
    run = train(config, other)
    assert run.vocabulary == first.vocabulary
    assert "z" not in run.vocabulary.chars
    before, start = load_file(first.snapshot().path), load_file(run.snapshot(0).path)
    for name, array in before.items():
        np.testing.assert_array_equal(array, start[name])
    assert (load_file(run.snapshot().path)["embedding"] != before["embedding"]).any()
    assert len(stored_runs()) == 2


def test_fine_tuning_another_architecture_says_what_to_do() -> None:
    first = train(replace(WINDOWS, training=replace(WINDOWS.training, epochs=0)), CORPUS)
    with pytest.raises(ConfigError, match=r"GRU 1 x 6 units.*not LSTM 1 x 6 units.*from scratch"):
        train(replace(STREAMS, initial=f"run:{first.id}"), CORPUS)


def test_too_short_a_text_leaves_nothing_behind(tmp_path: Path) -> None:
    for config in (STREAMS, WINDOWS):
        long = replace(config, training=replace(config.training, seq_length=2_000))
        with pytest.raises(TrainingError, match="choose"):
            train(long, CORPUS, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_loss_that_diverges_is_one_sentence() -> None:
    wild = TrainingConfig(epochs=3, seq_length=8, batch_size=4, learning_rate=1, clip_norm=1e6)
    with pytest.raises(TrainingError, match="learning rate") as caught:
        session_with_nan(replace(STREAMS, training=wild))
    assert "\n" not in str(caught.value)


def session_with_nan(config: RunConfig) -> None:
    framework = importlib.import_module(NETWORK)
    build = framework.build

    def broken(*args: Any, **kwargs: Any) -> Any:
        model = build(*args, **kwargs)
        weights = framework.weights_by_name(model)
        framework.set_weights_by_name(model, weights | {"embedding": weights["embedding"] * np.nan})
        return model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(framework, "build", broken)
        train(config, CORPUS)


def test_without_a_framework_one_sentence_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "moliere_core.networks.keras_model", raising=False)
    monkeypatch.setitem(sys.modules, "keras", None)
    import moliere_core.networks

    monkeypatch.delattr(moliere_core.networks, "keras_model", raising=False)
    with pytest.raises(TrainingError, match=r"pip install keras tensorflow") as caught:
        train(STREAMS, CORPUS)
    assert "\n" not in str(caught.value)


def test_a_run_being_trained_elsewhere_is_refused() -> None:
    run = train(STREAMS, CORPUS, should_stop=lambda: True)
    with run.lock(), pytest.raises(RunError, match="another process"):
        train(STREAMS, CORPUS)


def test_a_run_that_another_process_ends_meanwhile_is_kept(
    monkeypatch: pytest.MonkeyPatch, whole: Callable[[RunConfig], Run]
) -> None:
    ended = whole(STREAMS)
    lock = Run.lock

    @contextlib.contextmanager
    def late(run: Run) -> Iterator[None]:
        for path in ended.path.iterdir():  # the other one ends just before this one has the lock
            shutil.copy(path, run.path)
        with lock(run):
            yield

    monkeypatch.setattr(Run, "lock", late)
    monkeypatch.setattr(f"{NETWORK}.build", lambda *_, **__: pytest.fail("it trains again"))
    assert train(STREAMS, CORPUS).history == ended.history


def test_what_is_left_is_counted_from_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0)
    events: list[Event] = []
    train(STREAMS, CORPUS, on_event=events.append)
    told = [event for event in events if isinstance(event, BatchesDone)]
    chars = STREAMS.training.batch_size * STREAMS.training.seq_length  # an update
    assert told[-1].seconds_left == 0
    for event in told:
        left = (event.updates - event.update) * chars / event.chars_per_second
        assert event.seconds_left == pytest.approx(left)


def test_progress_comes_a_few_times_a_second() -> None:
    clock = training.Clock(chars=100)
    clock_now = [10.0]
    ticks = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "perf_counter", lambda: clock_now[0])
        for _ in range(100):
            ticks.append(clock.tick())
            clock_now[0] += 0.02
    assert clock.rate == pytest.approx(100 / 0.02)
    assert 6 <= sum(t > 0 for t in ticks) <= 8  # of two seconds
    assert sum(ticks) <= 99


@pytest.mark.parametrize("chars", [10, training.TRAIN_SAMPLE_CHARS + 1, 400_000])
def test_the_training_sample_is_bounded_and_spread(chars: int) -> None:
    text = "".join(chr(0x4E00 + i * 20_000 // chars) for i in range(chars))
    sample = training.spread_sample(text)
    assert len(sample) == min(chars, training.TRAIN_SAMPLE_CHARS)
    assert (sample[0], sample[-1]) == (text[0], text[-1])
    assert sample == training.spread_sample(text)


# The quick start


QUICK = replace(STREAMS, training=replace(STREAMS.training, quick_start=True))


def test_a_quick_start_begins_with_the_frequencies_after_an_untrained_network() -> None:
    run = train(QUICK, CORPUS, snapshot_at=(1,))
    plain = train(STREAMS, CORPUS, snapshot_at=(1,))
    first, untrained = (load_file(plain.snapshot(s).path) for s in ("step-1", 0))
    quick = load_file(run.snapshot("step-1").path)
    for name, array in load_file(run.snapshot(0).path).items():
        np.testing.assert_array_equal(array, untrained[name])  # its loss is that of chance
    text = CORPUS.select(["a"]).text()
    letters = run.vocabulary.chars
    counted = np.log([text.count(char) / len(text) for char in letters])
    # One update of Adam moves a weight by its learning rate at most.
    np.testing.assert_allclose(quick["dense.bias"][1:], counted, atol=0.02)
    assert np.abs(first["dense.bias"]).max() < 0.02
    scale = np.abs(quick["embedding"]).mean() / np.abs(untrained["embedding"]).mean()
    assert scale == pytest.approx(20, rel=0.05)


def test_a_quick_start_stopped_and_taken_up_again_ends_as_it_would_have(tmp_path: Path) -> None:
    whole_ = train(QUICK, CORPUS, out=tmp_path / "whole")
    events: list[Event] = []
    stopped = stop_after(events, lambda event: isinstance(event, EpochEnded))
    part = train(QUICK, CORPUS, tmp_path / "part", events.append, stopped)
    assert not part.complete
    assert_same_training(train(QUICK, CORPUS, out=tmp_path / "part"), whole_)


def test_a_fine_tuning_has_no_quick_start() -> None:
    run = train(STREAMS, CORPUS)
    config = continued_from(QUICK, f"run:{run.id}")
    tuned = train(config, CORPUS, snapshot_at=(1,))
    before, after = (load_file(r.snapshot(n).path) for r, n in ((run, None), (tuned, "step-1")))
    np.testing.assert_allclose(after["embedding"], before["embedding"], atol=0.02)


def test_a_setting_that_came_later_leaves_older_requests_as_they_were() -> None:
    assert request_id(STREAMS, "0") == "618984bcc4d6"  # of the version before
    assert request_id(QUICK, "0") != request_id(STREAMS, "0")


def test_a_transformer_reads_each_character_once_an_epoch_and_is_opened_as_any_run() -> None:
    run = train(ATTENTIVE, CORPUS)
    windows = (run.corpus["chars"] + 1 - 1) // ATTENTIVE.model.context
    updates = windows // ATTENTIVE.training.batch_size
    assert [record["updates"] for record in run.history] == [updates, 2 * updates, 3 * updates]
    bits = [record["validation_bits_per_char"] for record in run.history]
    assert bits[-1] < bits[0]
    model = load_model(f"run:{run.id}")
    text = CORPUS.select(["b"]).text()
    assert score(model, text).bits_per_char == pytest.approx(bits[-1], abs=1e-6)
    going_on = continued_from(replace(STREAMS, plays=("a",)), f"run:{run.id}")
    assert going_on.model == replace(ATTENTIVE.model, dropout=0.3)
    other = replace(ATTENTIVE, model=replace(ATTENTIVE.model, heads=4), initial=f"run:{run.id}")
    with pytest.raises(ConfigError, match="is a transformer of 2 blocks"):
        train(other, CORPUS)


def test_the_learning_rate_rises_before_it_falls() -> None:
    from moliere_core.networks import keras_model as framework

    model = framework.build(ATTENTIVE.model, 9)
    config = replace(ATTENTIVE.training, learning_rate=0.1)
    framework.compile_model(model, config, updates=20)
    rates = []
    for step in range(21):
        model.optimizer.iterations.assign(step)
        rates.append(float(model.optimizer.learning_rate))
    assert rates[:6] == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx(0.001)
