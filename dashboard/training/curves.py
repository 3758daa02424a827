"""What the curves of a training show: pure functions from its events to plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moliere_core.training.specialise.loop import Point

POINTS = 250  # of the live curve: finer ones cannot be told apart on a projector
TURN = 0.005  # nats that validation must lose again before the screen speaks of overfitting


@dataclass(frozen=True)
class Epoch:
    """What was measured at the end of an epoch; None where nobody measured it.

    Attributes:
        number: from 1.
        loss: mean over the epoch, with dropout, in nats per character.
        train_loss: of the weights at its end, without dropout, on training text, in nats.
        validation: the same on the text held out.
        accuracy: share of that text that was the most probable character.
        train_accuracy: the same on training text, of the weights at its end.
        sample: what the network wrote.
    """

    number: int
    loss: float | None
    train_loss: float | None
    validation: float | None
    accuracy: float | None
    train_accuracy: float | None
    sample: str

    @property
    def bits(self) -> float | None:
        """The validation in bits per character."""
        return None if self.validation is None else self.validation / math.log(2)


@dataclass(frozen=True)
class Curves:
    """A training as far as it has come.

    Attributes:
        epochs: how many were asked for.
        live: (epochs gone, nats per character as it learns), thinned to `POINTS`.
        ended: the epochs that have ended, in order.
        dropout: whether some of its outputs are hidden while it learns.
    """

    epochs: int
    live: tuple[tuple[float, float], ...]
    ended: tuple[Epoch, ...]
    dropout: bool = False


@dataclass(frozen=True)
class Forgetting:
    """What a model learned of a new text, and lost of an old one; in bits per character.

    Attributes:
        kind: of the old text, see `moliere_core.training.memory.OldText`; "" where there is none.
        outside: characters of the text it reads that are not in its alphabet.
        before: the original, on the new text and on the old.
        points: (epoch, new, old); a None where it was not measured.
    """

    kind: str
    outside: int
    before: tuple[float | None, float | None]
    points: tuple[tuple[float, float | None, float | None], ...]


def forgetting(history: Sequence[Mapping[str, Any]]) -> Forgetting | None:
    """What a history tells of a model that started from another; None where it tells nothing."""
    told = next((record for record in history if "new_bits_before" in record), None)
    if told is None:
        return None
    return Forgetting(
        told.get("old_text", ""),
        int(told.get("outside") or 0),
        (told["new_bits_before"], told.get("old_bits_before")),
        tuple(
            (r["epoch"], r.get("validation_bits_per_char"), r.get("old_bits_per_char"))
            for r in history
        ),
    )


def forgetting_of(old: str, points: Sequence[Point]) -> Forgetting | None:
    """The same of a GPT that is specialised, at the points where it was scored.

    Args:
        old: the kind of the old text.
        points: along its training.
    """
    scored = [point for point in points if point.new is not None or point.old is not None]
    if not scored:
        return None
    first, *others = scored
    later = tuple((point.epoch, point.new, point.old) for point in others)
    return Forgetting(old, 0, (first.new, first.old), later)


def from_events(
    events: Sequence[Mapping[str, Any]],
    history: Sequence[Mapping[str, Any]],
    epochs: int,
    dropout: bool = False,
) -> Curves:
    """The curves that the events of a job tell; the history serves where they tell none.

    A training that is taken up again begins at its last epoch: what was drawn beyond is undone.
    """
    live: list[tuple[float, float]] = []
    ended: dict[int, Epoch] = {}
    per_epoch = 0.0
    for event in events:
        kind = event["event"]
        if kind == "started":
            per_epoch = event["updates"] / max(event["epochs"], 1)
            resumed = event["resumed_from"]
            live = [point for point in live if point[0] <= resumed]
            ended = {number: epoch for number, epoch in ended.items() if number <= resumed}
        elif kind == "progress" and per_epoch:
            at = event["update"] / per_epoch
            while live and live[-1][0] >= at:
                live.pop()
            live.append((at, event["loss"]))
        elif kind == "epoch":
            ended[event["record"]["epoch"]] = _epoch(event["record"])
    for record in history:
        ended.setdefault(record["epoch"], _epoch(record))
    measured = tuple(ended[number] for number in sorted(ended))
    if len(live) < 2:  # epochs too short to tell of progress: their means, at mid-epoch
        live = [(e.number - 0.5, e.loss) for e in measured if e.loss is not None]
    return Curves(epochs, _thinned(live, epochs), measured, dropout)


def overfitting(ended: Sequence[Epoch]) -> Epoch | None:
    """The best epoch, if validation has turned up since while training went on falling."""
    measured = [(e.validation, e) for e in ended if e.validation is not None]
    if len(measured) < 2:
        return None
    lowest, best = min(measured, key=lambda pair: pair[0])
    now, last = measured[-1]
    if now - lowest < TURN:
        return None
    if best.train_loss is not None and last.train_loss is not None:
        return best if last.train_loss < best.train_loss else None
    return best


def _epoch(record: Mapping[str, Any]) -> Epoch:
    bits = record.get("validation_bits_per_char")
    return Epoch(
        number=record["epoch"],
        loss=record.get("loss"),
        train_loss=record.get("train_loss"),
        validation=None if bits is None else bits * math.log(2),
        accuracy=record.get("accuracy"),
        train_accuracy=record.get("train_accuracy"),
        sample=record.get("sample") or "",
    )


def _thinned(points: Sequence[tuple[float, float]], epochs: int) -> tuple[tuple[float, float], ...]:
    """The mean of each of `POINTS` equal stretches of the whole training."""
    if len(points) <= POINTS // 4:
        return tuple(points)
    stretches: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        stretches.setdefault(int(point[0] / max(epochs, 1) * POINTS), []).append(point)
    return tuple(
        (sum(x for x, _ in some) / len(some), sum(y for _, y in some) / len(some))
        for some in stretches.values()
    )
