"""The text that Home plays, with the choice behind each of its characters.

It is written in pieces, each from where the one before it ends, and each once for all who play the
same. The first one is short, so that even a large network begins at once, and what few listen to
to the end is not written before they get there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.models.sampling import Writer, next_distribution, write_with_logits
from moliere_core.networks.arrays import Array
from moliere_core.system.progress import Progress

BARS = 8  # characters beside the text
PIECES = (40, 160, 600, *[800] * 7)  # characters: 2, 8, 30 and 40 seconds at normal speed


@dataclass(frozen=True)
class Performance:
    """What is being written: the same performance gives the same text.

    Attributes:
        reference: of the model.
        prompt: what it goes on from.
        config: of the draws.
        seed: of the draws.
        chars: after which it ends; 0 where all is played that is written.
    """

    reference: str
    prompt: str
    config: SamplingConfig
    seed: int
    chars: int = 0

    def ends_within(self, pieces: int) -> bool:
        """Whether nothing comes after the first `pieces` pieces."""
        return pieces >= len(PIECES) or 0 < self.chars <= sum(PIECES[:pieces])


@dataclass(frozen=True)
class Playback:
    """A text and, for each of its characters, the choice it was drawn from.

    Attributes:
        text: the characters drawn.
        candidates: BARS characters for each of them, the most probable first.
        chances: their probabilities, in ten-thousandths.
        drawn: the probability of each character drawn, in ten-thousandths.
    """

    text: str
    candidates: str
    chances: tuple[int, ...]
    drawn: tuple[int, ...]

    def first(self, chars: int) -> Playback:
        """Its first characters; all of them for 0."""
        if not chars:
            return self
        return Playback(
            self.text[:chars],
            self.candidates[: chars * BARS],
            self.chances[: chars * BARS],
            self.drawn[:chars],
        )


@dataclass(frozen=True)
class Piece:
    """A part of a text, and where its end leaves the model.

    Attributes:
        playback: the part.
        writer: what goes on from there: a copy of it, since this one is shared.
    """

    playback: Playback
    writer: Writer


def playback(performance: Performance, pieces: int) -> Playback:
    """The first `pieces` of a text, of which only those are written that nobody has asked for."""
    found: list[Piece] = []
    endless = replace(performance, chars=0)  # the same pieces, however many are played of them
    for number in range(pieces):
        found.append(_piece(endless, number, found[-1].writer if found else None))
    return _joined([piece.playback for piece in found]).first(performance.chars)


@cached.computed(max_entries=256)
def _piece(performance: Performance, number: int, _before: Writer | None) -> cached.Task[Piece]:
    """A piece, kept for all who play the same; `_before` follows from the other arguments."""
    model = cached.model(performance.reference)

    def write(progress: Progress) -> Piece:
        if _before is None:
            config, seed = performance.config, performance.seed
            writer = Writer(model, [performance.prompt], [config], [seed])
        else:
            writer = _before.copy()
        return Piece(record(writer, PIECES[number], progress), writer)

    return write


def record(writer: Writer, chars: int, progress: Progress | None = None) -> Playback:
    """Write `chars` characters and keep the choice behind each; of the writer's first stream."""
    config, vocabulary = writer.configs[0], writer.model.vocabulary
    logits, ids = write_with_logits(writer, chars, progress)
    probs = next_distribution(logits[:, 0], config)  # (chars, vocab_size)
    top = np.argsort(-probs, axis=-1, kind="stable")[:, :BARS]
    return Playback(
        text=vocabulary.decode(ids[:, 0]),
        candidates=vocabulary.decode(top.ravel()),
        chances=_ten_thousandths(np.take_along_axis(probs, top, axis=-1)),
        drawn=_ten_thousandths(np.take_along_axis(probs, ids, axis=-1)),
    )


def _joined(parts: Sequence[Playback]) -> Playback:
    return Playback(
        text="".join(part.text for part in parts),
        candidates="".join(part.candidates for part in parts),
        chances=tuple(chance for part in parts for chance in part.chances),
        drawn=tuple(chance for part in parts for chance in part.drawn),
    )


def _ten_thousandths(probs: Array) -> tuple[int, ...]:
    return tuple(np.rint(probs * 10_000).astype(int).ravel().tolist())
