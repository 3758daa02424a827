"""Training: characters a second, and seconds to the bits per character of `cours-rapide`.

`cours-rapide` (the course's published settings) is trained for one epoch, then scored on the
validation plays both with the state carried and on overlapping windows from a zero state, as it was
trained; the lower figure is the target. `demo` is then trained as it is, and the first of its
snapshots that, scored with the state carried, is at the target counts. Both are trained by the
product itself; seconds are those of training, the compilation of its graph included. The corpus is
`MOLIERE_CORPUS`, or else the embedded plays.

A transformer as large as `demo`'s network is trained in turns with it, update after update, and
characters are counted against processor time: the machine is as busy for one as for the other.
What both predict after equal seconds is the plan `transformer` of `tools.train_experiments`.

The last row is arithmetic: a layer of 512 units in training, in turns with a large product of
matrices by the same framework in the same process. Operations are counted as 6 for each character
and each parameter of a matrix that is multiplied (a product and a sum, forward once and backward
twice); what the gates cost is not counted, and is in the time.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.table import Row
from moliere_core.config import PRESETS, ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus, load_corpus, split
from moliere_core.models.protocol import CONTEXT_START, UNKNOWN_BITS
from moliere_core.models.references import RecurrentModel
from moliere_core.networks.arrays import log_softmax
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.runs.run import Run
from moliere_core.text.vocabulary import UNKNOWN
from moliere_core.text.windows import sliding_windows
from moliere_core.training.session import Event, train

# As large as each other, with the batches of their presets.
SIDE_BY_SIDE = ("demo", "transformer")
SNAPSHOT_EVERY = 50  # updates between two snapshots, inside the first epoch
SCORING_STREAMS = 8
DEMO_BITS = 1.95  # what a class should see within a minute and a half
WIDE = ModelConfig(units=512, dropout=0.0)
WIDE_BATCH, WIDE_LENGTH = 128, 100
PRODUCT = 2048  # rows and columns of a large product
ARITHMETIC_ROUNDS = 5


@dataclass(frozen=True)
class Trained:
    """A run, its speed, and when each of its snapshots was taken, in seconds of training."""

    run: Run
    chars_per_second: float
    seconds: dict[str, float]


def measure() -> list[Row]:
    corpus = load_corpus()
    course, streams = PRESETS["cours-rapide"], PRESETS["demo"]
    course = replace(course, training=replace(course.training, epochs=1))
    text = split(corpus, (), course.validation).validation_text
    with tempfile.TemporaryDirectory() as folder:
        slow = _train(course, corpus, Path(folder, "course"), every=None)
        model = _models(slow)[-1]
        carried, windowed = _carried_bits(model, text), _windowed_bits(model, text, course)
        target, seconds = min(carried, windowed), slow.seconds["epoch-001"]
        fast = _train(streams, corpus, Path(folder, "streams"), every=SNAPSHOT_EVERY)
        bits = {m.reference: _carried_bits(m, text) for m in _models(fast)[1:]}
        reached, shown = (_seconds_to(fast, bits, goal) for goal in (target, DEMO_BITS))
        last = fast.run.history[-1]
    wide, product = arithmetic()
    recurrent, attentive = side_by_side()
    return [
        Row("training: cours-rapide, windows", "characters/s", f"{slow.chars_per_second:,.0f}"),
        Row(
            "training: cours-rapide, windows",
            "s for one epoch",
            f"{seconds:.0f}",
            f"{target:.3f} bits per character ({carried:.3f} carried, {windowed:.3f} windowed), "
            f"{Path(corpus.source).name}",
        ),
        Row("training: demo, streams", "characters/s", f"{fast.chars_per_second:,.0f}"),
        Row(
            "training: demo, streams",
            "s to the same bits per character",
            f"{reached:.0f}" if reached else "-",
            f"1/{seconds / reached:.1f} of the time" if reached else "not reached",
        ),
        Row(
            "training: demo, streams",
            f"s to {DEMO_BITS} bits per character",
            f"{shown:.0f}" if shown else "-",
            "asked: 90 on two quiet cores",
        ),
        Row(
            "training: demo, streams",
            "bits per character at its end",
            f"{last['validation_bits_per_char']:.3f}",
            f"after {last['seconds']:.0f} s",
        ),
        Row(
            "training: transformer, as large as demo's network",
            "characters/s of processor",
            f"{attentive:,.0f}",
            f"{attentive / recurrent:.0%} of demo's in turns with it ({recurrent:,.0f})",
        ),
        Row(
            f"training: {WIDE.units} units, {WIDE_BATCH} x {WIDE_LENGTH}",
            "GFLOP/s, float32",
            f"{wide:.0f}",
            f"{wide / product:.0%} of a product of {PRODUCT} x {PRODUCT} matrices ({product:.0f})",
        ),
    ]


def side_by_side(rounds: int = ARITHMETIC_ROUNDS) -> tuple[float, float]:
    """Characters a second of the two presets, update after update in turns: the median round."""
    from moliere_core.networks import keras_model as framework

    symbols, steps = 95, []
    for name in SIDE_BY_SIDE:
        config = PRESETS[name]
        batch, length = config.training.batch_size, config.training.seq_length
        streams = not config.model.is_transformer
        model = framework.build(
            config.model, symbols, batch if streams else None, length, stateful=streams
        )
        framework.compile_model(model, config.training, updates=1_000)
        ids = np.random.default_rng(0).integers(0, symbols, (batch, length), np.int32)
        steps.append((partial(model.train_on_batch, ids, ids), batch * length))
        steps[-1][0]()  # the first compiles
    found = [tuple(_per_second(step, chars) for step, chars in steps) for _ in range(rounds)]
    recurrent, attentive = sorted(found, key=lambda pair: pair[1] / pair[0])[rounds // 2]
    return recurrent, attentive


def _per_second(step: Callable[[], object], chars: int, repeats: int = 8) -> float:
    """Of processor time: what else the machine does does not count."""
    began = time.process_time()
    for _ in range(repeats):
        step()
    return repeats * chars / (time.process_time() - began)


def arithmetic(rounds: int = ARITHMETIC_ROUNDS) -> tuple[float, float]:
    """GFLOP/s of training at 512 units, and of a large product: the median round of the share."""
    from keras import ops

    from moliere_core.networks import keras_model as framework

    symbols = 100
    model = framework.build(WIDE, symbols, WIDE_BATCH, WIDE_LENGTH, stateful=True)
    framework.compile_model(model, TrainingConfig(), updates=1_000)
    ids = np.random.default_rng(0).integers(0, symbols, (WIDE_BATCH, WIDE_LENGTH), np.int32)
    square = ops.ones((PRODUCT, PRODUCT), "float32")
    multiplied = WIDE.parameter_count(symbols) - symbols * WIDE.embedding_dim
    training_flops, product_flops = 6 * multiplied * ids.size, 2 * PRODUCT**3

    def update() -> None:
        float(model.train_on_batch(ids, ids))

    def multiply() -> None:
        np.asarray(ops.matmul(square, square)[0, 0])

    update()  # the first of each compiles
    multiply()
    found = []
    for _ in range(rounds):
        before = _rate(multiply, product_flops)
        wide = _rate(update, training_flops)
        found.append((wide, (before + _rate(multiply, product_flops)) / 2))
    return sorted(found, key=lambda pair: pair[0] / pair[1])[len(found) // 2]


def _rate(action: Callable[[], None], flops: float, repeats: int = 3) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        action()
    return repeats * flops / (time.perf_counter() - began) / 1e9


def _seconds_to(trained: Trained, bits: dict[str, float], goal: float) -> float | None:
    """When the first snapshot at `goal` or better was taken; None if none is."""
    name = next((name for name, found in bits.items() if found <= goal), "")
    return trained.seconds.get(name)


def _train(config: RunConfig, corpus: Corpus, out: Path, every: int | None) -> Trained:
    taken: dict[str, float] = {}
    began = time.perf_counter()

    def note(event: Event) -> None:
        document = event.to_json()
        if event.kind == "snapshot":
            taken[document["name"]] = time.perf_counter() - began - taken.get("epoch-000", 0.0)

    updates = range(every, 10_000, every) if every else ()
    run = train(config, corpus, out, note, snapshot_at=updates)
    ended = {f"epoch-{r['epoch']:03d}": r["seconds"] for r in run.history}  # without the measures
    rate = float(np.mean([record["chars_per_second"] for record in run.history]))
    return Trained(run, rate, taken | ended)


def _models(trained: Trained) -> list[RecurrentModel]:
    """The network at each snapshot, its name as the reference."""
    run = trained.run
    return [
        RecurrentModel(s.name, RecurrentNetwork.load(s.path), run.vocabulary) for s in run.snapshots
    ]


def _carried_bits(model: RecurrentModel, text: str) -> float:
    return float(model.surprisal(text, streams=SCORING_STREAMS).mean())


def _windowed_bits(model: RecurrentModel, text: str, config: RunConfig) -> float:
    """Windows from a zero state that overlap by half, each scored on its second half."""
    ids = model.vocabulary.encode(CONTEXT_START + text)
    length = config.training.seq_length
    inputs, targets = sliding_windows(ids, length, length // 2)
    logits, _ = model.network.run(inputs, model.network.zero_state(len(inputs)))
    scored = targets[:, length // 2 :]
    log_probs = log_softmax(logits[:, length // 2 :])
    chosen = np.take_along_axis(log_probs, scored[..., None], axis=-1)[..., 0]
    return float(np.where(scored == UNKNOWN, UNKNOWN_BITS, -chosen / np.log(2)).mean())
