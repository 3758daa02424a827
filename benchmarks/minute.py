"""A class's first minute: the bits per character that `demo` has reached, from the button on.

A training is asked for as the Training page asks for it, on a server whose worker is started for it
("cold") or is ready ("ready", see `jobs.local.ReadyProcess`); its events tell after how many
updates each moment comes. The two are measured in turns, so that the neighbours are the same for
both. What those updates give, which no clock changes, is measured once: the same training, its
weights stored every few updates and scored on the validation plays with the state carried.

The corpus is `MOLIERE_CORPUS`, or else the embedded plays; on two quiet cores it takes about ten
minutes. Bits are told as they are, and as what they are above the 8-gram, where it was measured on
the same plays.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row
from moliere_core.config import PRESETS
from moliere_core.corpus import Corpus, load_corpus, split
from moliere_core.models.references import snapshot_model
from moliere_core.training import jobs
from moliere_core.training.learning import STREAMS, ladder
from moliere_core.training.session import train

CONFIG = PRESETS["demo"]
MOMENTS = (15.0, 30.0, 60.0)  # seconds after the button
ROUNDS = 2
SNAPSHOT_EVERY = 25  # updates, in the training that is scored; it stops a little after a minute's
READY_SECONDS = 30.0  # a teacher turns the knobs for longer
IDLE = "MOLIERE_TRAINING_IDLE_SECONDS"
STARTS = {"cold": "0", "ready": "600"}


def measure() -> list[Row]:
    corpus = load_corpus()
    found: dict[str, list[list[float]]] = {start: [] for start in STARTS}
    for _ in range(ROUNDS):
        for start, rounds in found.items():
            rounds.append(updates_at(corpus, start))
    updates = {s: [statistics.median(at) for at in zip(*r, strict=True)] for s, r in found.items()}
    curve, best = bits_by_update(corpus, max(map(max, updates.values())))
    return [
        row
        for number, seconds in enumerate(MOMENTS)
        for row in _rows(seconds, {s: at[number] for s, at in updates.items()}, curve, best)
    ]


def updates_at(corpus: Corpus, start: str) -> list[float]:
    """Updates done at each of `MOMENTS` after the button, in a store of its own."""
    with _server(start):
        spec = jobs.prepare(CONFIG, corpus)
        jobs.expect()
        if start == "ready":
            time.sleep(READY_SECONDS)
        began = time.perf_counter()
        job = jobs.submit(spec)
        told: list[tuple[float, float]] = [(0.0, 0.0)]  # seconds, updates
        seen = 0
        while told[-1][0] < MOMENTS[-1] and job.status.active:
            time.sleep(0.05)
            new = job.events(seen)
            seen += len(new)
            now = time.perf_counter() - began
            told += [(now, e["update"]) for e in new if e["event"] == "progress"]
            told.append((now, told[-1][1]))
        jobs.stop(job.id, wait=10)
        return [max(update for at, update in told if at <= moment) for moment in MOMENTS]


@contextmanager
def _server(start: str) -> Iterator[None]:
    """A server of trainings in an empty store, its queue closed at the end."""
    before = {name: os.environ.get(name) for name in ("MOLIERE_HOME", IDLE)}
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"MOLIERE_HOME": home, IDLE: STARTS[start]}
        try:
            yield
        finally:
            jobs.close()
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def bits_by_update(corpus: Corpus, updates: float) -> tuple[NDArray[np.float64], float | None]:
    """What the training has learned, and what the 8-gram tells of the same text.

    Returns:
        Rows of an update and the bits per character after it, up to `updates` at least, and the
        bits per character of the 8-gram; None where it was measured on other plays.
    """
    last = 0

    def note(event: object) -> None:
        nonlocal last
        last = max(last, getattr(event, "update", 0))

    text = split(corpus, (), CONFIG.validation).validation_text
    with tempfile.TemporaryDirectory() as folder:
        run = train(
            CONFIG,
            corpus,
            Path(folder, "run"),
            on_event=note,
            should_stop=lambda: last > updates + SNAPSHOT_EVERY,
            snapshot_at=range(SNAPSHOT_EVERY, 100_000, SNAPSHOT_EVERY),
        )
        scored = [
            (s.update, float(snapshot_model(run, s).surprisal(text, streams=STREAMS).mean()))
            for s in run.snapshots
        ]
        return np.array(sorted(scored)), ladder(run).get(8)


def _rows(
    seconds: float, updates: dict[str, float], curve: NDArray[np.float64], best: float | None
) -> list[Row]:
    bits = {s: float(np.interp(at, curve[:, 0], curve[:, 1])) for s, at in updates.items()}
    rows = []
    for start, found in bits.items():
        note = f"{updates[start]:.0f} updates"
        if best is not None:
            above = found - best
            note += f", {above:.3f} above the 8-gram"
            if start != "cold":
                note += f", {1 - above / (bits['cold'] - best):.0%} fewer than cold"
        rows.append(
            Row(f"a class's minute: {start}", f"bits, {seconds:.0f} s", f"{found:.3f}", note)
        )
    return rows
