"""Training: from a request to a run, with events on the way, stoppable and resumable at will.

Keras is imported (through `networks.keras_model`) only once there is something to train: the same
request opens the stored run at once. What goes into the history is measured on the stored weights
by the NumPy engine and the one protocol of `models.evaluation`, never by the framework.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus, Split, split
from moliere_core.errors import N_, ConfigError, RunError, TrainingError
from moliere_core.models.networks import NetworkModel, surprisal_bits
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import open_run, snapshot_model
from moliere_core.models.samples import sample
from moliere_core.networks.loading import load_weights as load_weights
from moliere_core.networks.loading import network_of
from moliere_core.runs.history import epoch_record
from moliere_core.runs.run import (
    RESUME,
    Precision,
    Run,
    Snapshot,
    epoch_name,
    request_id,
    run_path,
    step_name,
)
from moliere_core.system.records import DamagedError, parse
from moliere_core.system.storage import write_atomically
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids, Vocabulary
from moliere_core.text.windows import (
    Window,
    contiguous_streams,
    rotated,
    shuffled_batches,
    sliding_windows,
    stream_updates,
)
from moliere_core.training.memory import OldText, spread

STEP_SNAPSHOTS = (30, 100, 300, 1_000, 3_000)  # updates, inside the first epoch
PROGRESS_SECONDS = 0.25  # at least, between two `BatchesDone` events
JUDGED_STREAMS = 16  # pieces of a text judged side by side: the same bits within 1e-7, sooner
TRAIN_SAMPLE_CHARS = 50_000  # of the training text, scored again after every epoch
TRAIN_SAMPLE_BLOCKS = 10  # places it is taken from


# Events


@dataclass(frozen=True)
class Event:
    """Something that happened; `to_json` gives it with its name under "event"."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {"event": self.kind, **asdict(self)}


@dataclass(frozen=True)
class Started(Event):
    """Training begins, or is taken up again after `resumed_from` epochs."""

    kind: ClassVar[str] = "started"
    run: str
    path: str
    epochs: int
    updates: int  # in all epochs together
    parameters: int
    vocab_size: int
    chars: int  # of the training text
    resumed_from: int


@dataclass(frozen=True)
class BatchesDone(Event):
    """Where training stands, at most about four times a second."""

    kind: ClassVar[str] = "progress"
    epoch: int
    update: int
    updates: int
    loss: float  # nats per character with dropout, mean since the `BatchesDone` before
    chars_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class SnapshotTaken(Event):
    """Weights were stored."""

    kind: ClassVar[str] = "snapshot"
    name: str
    update: int


@dataclass(frozen=True)
class EpochEnded(Event):
    """An epoch's record, the same as its line of the history."""

    kind: ClassVar[str] = "epoch"
    record: dict[str, Any]


@dataclass(frozen=True)
class Finished(Event):
    """All epochs are there; `stored` if they already were."""

    kind: ClassVar[str] = "finished"
    run: str
    path: str
    stored: bool


@dataclass(frozen=True)
class Stopped(Event):
    """Training was stopped; the same request takes it up again after `epoch` epochs."""

    kind: ClassVar[str] = "stopped"
    run: str
    path: str
    epoch: int


OnEvent = Callable[[Event], None]


def _ignore(event: Event) -> None:
    """No one listens."""


def _never() -> bool:
    return False


class _Stop(Exception):
    """Raised inside the training when it is asked to stop."""


# The request


@dataclass(frozen=True)
class _Initial:
    """The stored model that a fine-tuning starts from."""

    reference: str
    weights: dict[str, NDArray[np.float32]]
    vocabulary: Vocabulary
    model: ModelConfig
    digest: str

    @classmethod
    def open(cls, reference: str) -> _Initial:
        run, name = open_run(reference)
        path = run.snapshot(name).path
        weights = load_weights(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        architecture = network_of(weights, run.config.model).config
        return cls(reference, weights, run.vocabulary, architecture, digest)

    def check(self, config: ModelConfig) -> None:
        """ConfigError unless `config` has this model's architecture (dropouts may differ)."""
        if _architecture(config) == self.model:
            return
        if config.is_transformer and self.model.is_transformer:
            raise ConfigError(
                "{reference} is a transformer of {layers} blocks, {units} wide, {heads} heads, "
                "{context} characters of context: ask for the same, or train from scratch",
                reference=self.reference,
                layers=self.model.layers,
                units=self.model.units,
                heads=self.model.heads,
                context=self.model.context,
            )
        raise ConfigError(
            "{reference} is {cell} {layers} x {units} units, embedding {embedding}, not "
            "{asked_cell} {asked_layers} x {asked_units} units, embedding {asked_embedding}: "
            "ask for its cell, layers, units and embedding, or train from scratch",
            reference=self.reference,
            **_sizes(self.model),
            **{f"asked_{name}": size for name, size in _sizes(config).items()},
        )


def _architecture(config: ModelConfig) -> ModelConfig:
    return replace(config, dropout=0.0, recurrent_dropout=0.0)


def _sizes(config: ModelConfig) -> dict[str, str | int]:
    return {
        "cell": config.cell.upper(),
        "layers": config.layers,
        "units": config.units,
        "embedding": config.embedding_dim,
    }


def continued_from(config: RunConfig, reference: str) -> RunConfig:
    """`config` as a fine-tuning of `reference`: its architecture, the dropouts of `config`."""
    model = replace(
        _Initial.open(reference).model,
        dropout=config.model.dropout,
        recurrent_dropout=config.model.recurrent_dropout,
    )
    return replace(config, model=model, initial=reference)


def train(
    config: RunConfig,
    corpus: Corpus,
    out: Path | None = None,
    on_event: OnEvent = _ignore,
    should_stop: Callable[[], bool] = _never,
    dtype: Precision = "float32",
    snapshot_at: Collection[int] = STEP_SNAPSHOTS,
    old: OldText | None = None,
) -> Run:
    """Train a model, or open the stored run of the same request.

    An interrupted training (stopped, killed, failed) goes on from its last epoch when it is asked
    for again, and ends with the history that it would have had.

    Args:
        config: all the settings; with `initial`, the model must have that model's architecture
            (see `continued_from`), and its alphabet is kept.
        corpus: where the plays are.
        out: folder of the run; by default its place in the store.
        on_event: called with every event.
        should_stop: asked after every update; true ends the training there.
        dtype: precision of the stored snapshots. Measures are those of the stored weights.
        snapshot_at: updates of the first epoch after which weights are stored.
        old: the text that tells what is forgotten of the initial model (`memory.old_text`).

    Returns:
        The run, complete unless it was stopped.

    Raises:
        TrainingError: no framework, too little text, or a loss that diverged.
        ConfigError: the initial model has another architecture.
        CorpusError: an unknown play.
        RunError: the folder holds something else, or cannot be written.
    """
    initial = _Initial.open(config.initial) if config.initial else None
    if initial:
        initial.check(config.model)
    run_id = request_id(config, corpus.digest, initial.digest if initial else "")
    path = run_path(run_id) if out is None else Path(out)
    texts = split(corpus, config.plays, config.validation, config.training.speakers)
    vocabulary = (
        initial.vocabulary
        if initial
        else Vocabulary.from_text(texts.train_text, config.training.min_char_freq)
    )
    if not vocabulary.chars:
        raise TrainingError(
            "no character occurs {least} times in this text: lower min_char_freq, or add text",
            least=config.training.min_char_freq,
        )
    ids = vocabulary.encode(CONTEXT_START + texts.train_text)
    carried = not config.model.is_transformer and not config.training.last_only
    batches = _Batches(ids, config.training, carried)
    provenance = {
        "source": corpus.source,
        "digest": corpus.digest,
        "chars": len(texts.train_text),
    }
    run = Run.create(path, run_id, config, vocabulary, provenance, texts.held_out)
    stored = run.complete
    if not stored:
        with run.lock():
            stored = run.complete  # another process may have ended it in between
            if not stored:
                session = _Session(
                    run, batches, texts, initial, on_event, should_stop, dtype, snapshot_at, old
                )
                if not session.train():
                    on_event(Stopped(run.id, str(run.path), len(run.history)))
                    return run
    on_event(Finished(run.id, str(run.path), stored))
    return run


class _Batches:
    """What an epoch reads: the same for the same seed and epoch, whoever asks.

    Args:
        ids: the text, shape (chars,).
        config: how it is read.
        carried: whether the network carries a state from one batch to the next, where there is no
            shift. If not, windows lie end to end, shuffled, from a place that changes.

    Attributes:
        streams: whether it is read as streams.
        updates: batches an epoch.
        chars: characters predicted an update.
    """

    def __init__(self, ids: Ids, config: TrainingConfig, carried: bool = True) -> None:
        self._ids, self._config = ids, config
        self.streams = carried and config.shift is None
        batch = config.batch_size
        if self.streams:
            self.updates = stream_updates(len(ids), batch, config.seq_length)
        else:
            windows = len(self._windows(ids)[0])
            batch = min(batch, windows)
            self.updates = windows // batch
        self.chars = batch * (1 if config.last_only else config.seq_length)

    def _windows(self, ids: Ids) -> Window:
        return sliding_windows(
            ids, self._config.seq_length, self._config.shift or self._config.seq_length
        )

    def counts(self, symbols: int) -> NDArray[np.intp]:
        """How often each symbol occurs, shape (symbols,)."""
        return np.bincount(self._ids, minlength=symbols)

    def epoch(self, epoch: int) -> Iterator[Window]:
        """Inputs and targets, each (batch, time)."""
        config, ids = self._config, self._ids
        if config.shift is None:
            ids = rotated(ids, config.seed, epoch)
        if self.streams:
            return contiguous_streams(ids, config.batch_size, config.seq_length)
        return shuffled_batches(self._windows(ids), config.batch_size, config.seed, epoch)


def framework() -> ModuleType:
    """The module of Keras' model, and with it Keras: TrainingError where it is not installed."""
    try:
        from moliere_core.networks import keras_model as model
    except ImportError as error:
        raise TrainingError(
            "training needs Keras and TensorFlow, and {name} is missing: "
            "run `pip install keras tensorflow`",
            name=error.name or N_("one of them"),
        ) from error
    return model


class _Session:
    """One process' share of a training: from the last epoch that was stored to the end."""

    def __init__(
        self,
        run: Run,
        batches: _Batches,
        texts: Split,
        initial: _Initial | None,
        on_event: OnEvent,
        should_stop: Callable[[], bool],
        dtype: Precision,
        snapshot_at: Collection[int],
        old: OldText | None,
    ) -> None:
        self.run, self.batches, self.texts, self.old = run, batches, texts, old
        self.on_event, self.should_stop, self.dtype = on_event, should_stop, dtype
        self.config = run.config.training
        self.updates = self.config.epochs * batches.updates
        self.seconds = 0.0  # spent training, in all sessions
        self.snapshot_at = snapshot_at
        self.framework = framework()
        self.model = self._build(initial)

    def _build(self, initial: _Initial | None) -> Any:
        streams = self.batches.streams
        model = self.framework.build(
            self.run.config.model,
            len(self.run.vocabulary),
            self.config.batch_size if streams else None,
            self.config.seq_length,
            stateful=streams,
            last_only=self.config.last_only,
            seed=self.config.seed,
        )
        if initial:
            self.framework.set_weights_by_name(model, initial.weights)
        self.framework.compile_model(model, self.config, self.updates)
        return model

    def train(self) -> bool:
        """Train to the last epoch; False if it was stopped before."""
        done, pending = self._restore()
        self.on_event(self._started(done))
        if not done:
            self._snapshot(epoch_name(0), 0)
            if self._may_start_quickly():
                symbols = len(self.run.vocabulary)
                self.framework.quick_start(self.model, self.batches.counts(symbols))
        try:
            if pending:
                self._close_epoch(pending)
            for epoch in range(done + 1, self.config.epochs + 1):
                self._close_epoch(self._train_epoch(epoch))
        except _Stop:
            return False
        (self.run.path / RESUME).unlink(missing_ok=True)
        return True

    def _may_start_quickly(self) -> bool:
        """What counting tells is put in the biases of the scores, which a transformer has not."""
        fresh = not self.run.config.initial and not self.run.config.model.is_transformer
        return self.config.quick_start and fresh

    def _started(self, done: int) -> Started:
        return Started(
            run=self.run.id,
            path=str(self.run.path),
            epochs=self.config.epochs,
            updates=self.updates,
            parameters=self.run.config.model.parameter_count(len(self.run.vocabulary)),
            vocab_size=len(self.run.vocabulary),
            chars=len(self.texts.train_text),
            resumed_from=done,
        )

    # The epoch

    def _train_epoch(self, epoch: int) -> dict[str, Any]:
        """Train one epoch and store its weights; what is known of it before it is measured."""
        self.framework.reset_states(self.model)
        generator = np.random.default_rng([self.config.seed, epoch])
        began, update = time.perf_counter(), (epoch - 1) * self.batches.updates
        losses: list[float] = []
        clock = Clock(self.batches.chars)
        for inputs, targets in self.batches.epoch(epoch):
            self._check_stop()
            if self.config.last_only:
                targets = targets[:, -1]
            losses.append(float(self.model.train_on_batch(inputs, targets)))
            if self.batches.streams:
                self._restart_some(generator)
            update += 1
            self._check_loss(losses[-1], update)
            if ticks := clock.tick():
                self._report(epoch, update, float(np.mean(losses[-ticks:])), clock.rate)
            if update in self.snapshot_at and update < self.batches.updates:
                self._snapshot(step_name(update), update)
        seconds = time.perf_counter() - began
        self.seconds += seconds
        pending = {
            "epoch": epoch,
            "updates": update,
            "seconds": round(self.seconds, 3),
            "chars_per_second": round(len(losses) * self.batches.chars / seconds),
            "loss": float(np.mean(losses)),
        }
        # In this order: whatever happens in between, nothing is lost and nothing is told twice.
        self._snapshot(epoch_name(epoch), update)
        self._save_resume(pending)
        return pending

    def _restart_some(self, generator: np.random.Generator) -> None:
        """Begin some streams again from a zero state (`TrainingConfig.fresh_starts`)."""
        fresh = generator.random(self.config.batch_size) < self.config.fresh_starts
        if fresh.any():
            self.framework.reset_states(self.model, fresh)

    def _report(self, epoch: int, update: int, loss: float, rate: float) -> None:
        left = (self.updates - update) * self.batches.chars / rate
        self.on_event(BatchesDone(epoch, update, self.updates, loss, rate, left))

    def _check_loss(self, loss: float, update: int) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                "the loss is no longer a number after {update} updates: choose a learning rate "
                "below {rate:g}, or a smaller clip_norm",
                update=update,
                rate=self.config.learning_rate,
            )

    def _check_stop(self) -> None:
        if self.should_stop():
            raise _Stop

    def _snapshot(self, name: str, update: int) -> None:
        weights = self.framework.averaged_weights_by_name(self.model)
        self.run.save_snapshot(name, weights, self.dtype)
        self.on_event(SnapshotTaken(name, update))

    # The measures

    def _close_epoch(self, pending: dict[str, Any]) -> None:
        """Measure a trained epoch and enter it in the history."""
        model = self._stored(pending["epoch"], pending["updates"])
        record = {
            **pending,
            **judged(model, self.texts, self._check_stop),
            **self._continued(model),
            "sample": sample(model),
        }
        self.run.append_history(record)
        self.on_event(EpochEnded(record))

    def _stored(self, epoch: int, update: int) -> NetworkModel:
        name = epoch_name(epoch)
        path = self.run.path / f"{name}.safetensors"
        return snapshot_model(self.run, Snapshot(name, epoch, update, path))

    def _continued(self, model: NetworkModel) -> dict[str, Any]:
        """What is told of a model that started from another, beside what is told of all."""
        if not self.run.config.initial:
            return {}
        told = self._before
        if self.old:
            told = told | {"old_bits_per_char": self._bits(model, self.old.text)}
        return told

    @cached_property
    def _before(self) -> dict[str, Any]:
        """What the original makes of both texts: in every record, so that any one tells all."""
        original = self._stored(0, 0)
        outside = original.vocabulary.encode(normalise(self.texts.train_text)) == UNKNOWN
        told: dict[str, Any] = {
            "outside": int(outside.sum()),
            "new_bits_before": self._bits(original, self.texts.validation_text),
        }
        if self.old:
            told["old_text"] = self.old.kind
            told["old_bits_before"] = self._bits(original, self.old.text)
        return told

    def _bits(self, model: NetworkModel, text: str) -> float:
        """Bits per character, as `judged` measures them."""
        return float(_read_once(model, text, self._check_stop)[0].mean())

    # Going on

    def _restore(self) -> tuple[int, dict[str, Any] | None]:
        """Take up the stored training.

        Returns:
            The number of epochs trained, and what is known of the last one if the training ended
            before it was measured.
        """
        pending, state = _read_resume(self.run.path / RESUME)
        if pending is None:
            self.run.save_history([])
            return 0, None
        self.framework.restore_training_state(self.model, state)
        self.seconds, done = pending["seconds"], pending["epoch"]
        history = self.run.history
        self.run.save_history(history[:done])
        return done, pending if len(history) < done else None

    def _save_resume(self, pending: dict[str, Any]) -> None:
        state = self.framework.training_state(self.model)
        data = save(state, metadata={"pending": json.dumps(pending)})
        write_atomically(self.run.path / RESUME, data)


def _read_resume(path: Path) -> tuple[dict[str, Any] | None, dict[str, NDArray[Any]]]:
    """What `_save_resume` wrote; None and nothing where there is no such file."""
    if not path.is_file():
        return None, {}
    try:
        with safe_open(path, framework="numpy") as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no dict)
            pending = epoch_record(parse(file.metadata()["pending"]))
            return {**pending, "seconds": pending.get("seconds") or 0.0}, state
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, DamagedError) as error:
        raise RunError(
            "{path} is damaged ({error}): delete it, and the run restarts", path=path, error=error
        ) from error


class Clock:
    """Characters a second within an epoch, and when to say so."""

    def __init__(self, chars: int) -> None:
        self.rate = 0.0
        self._chars, self._updates, self._ticks = chars, 0, 0
        self._began = self._spoke = 0.0

    def tick(self) -> int:
        """Count an update; the updates since the last report if it is time for one, else 0."""
        now = time.perf_counter()
        if not self._began:  # the first update compiles: it is no measure of the others
            self._began = self._spoke = now
            return 0
        self._updates += 1
        self._ticks += 1
        if now - self._spoke < PROGRESS_SECONDS:
            return 0
        self.rate = self._updates * self._chars / (now - self._began)
        ticks, self._ticks, self._spoke = self._ticks, 0, now
        return ticks


def judged(
    model: NetworkModel, texts: Split, check_stop: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """What a network predicts after an epoch, without dropout, under the names of the history.

    Returns:
        On a fixed sample of the training text, nats per known character and the share of all that
        was the most probable character; on the text held out, bits per character and that share.
    """
    sampled = spread_sample(texts.train_text)
    bits, right, _ = _read_once(model, texts.validation_text, check_stop)
    train_bits, train_right, train_known = _read_once(model, sampled, check_stop)
    nats = train_bits[train_known].mean() * math.log(2) if train_known.any() else 0.0
    return {
        "train_loss": float(nats),
        "validation_bits_per_char": float(bits.mean()),
        "accuracy": float(right.mean()),
        "train_accuracy": float(train_right.mean()),
    }


def _read_once(
    model: NetworkModel, text: str, check_stop: Callable[[], None]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """One pass over a text that measures twice.

    Returns:
        Of each character its bits, as `NetworkModel.surprisal` gives them; whether it was the most
        probable one; whether it is in the alphabet.
    """
    ids = model.vocabulary.encode(CONTEXT_START + normalise(text))
    targets = ids[1:]
    bits, right = np.zeros(len(targets)), np.zeros(len(targets), bool)
    for at, logits in model.predictions(ids, JUDGED_STREAMS):
        check_stop()
        bits[at] = surprisal_bits(logits, targets[at])
        right[at] = logits[:, UNKNOWN + 1 :].argmax(-1) + UNKNOWN + 1 == targets[at]
    return bits, right, targets != UNKNOWN


def spread_sample(text: str) -> str:
    """At most `TRAIN_SAMPLE_CHARS` characters, from places evenly spread over the text."""
    return spread(text, TRAIN_SAMPLE_CHARS, TRAIN_SAMPLE_BLOCKS)
