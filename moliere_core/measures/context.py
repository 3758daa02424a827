"""What the past is worth: bits per character when exactly k characters of it are visible.

A recurrent network has no window: it reads as far back as its state remembers. To see what each
more character brings, its state is put back to zero so that it has read exactly k characters
before the one that it predicts, for every k up to 150. The characters to predict are the same for
every k and for every network, so that two curves differ by their networks and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.models.networks import NetworkModel, surprisal_bits
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise

LONGEST = 150  # visible characters, the course's longest window
PLACES = 10  # of the text, evenly spread, from which the predicted characters are taken
TARGETS = 10_000  # characters predicted, in all of these places together
REACH = 0.01  # bits per character: less than this is nothing
ROWS = 64  # windows read side by side
STRETCH = 50  # neighbours are alike: errors are computed on means of so many in a row


@dataclass(frozen=True)
class VisibleContext:
    """Bits per character against visible characters, on the same targets throughout.

    Attributes:
        bits: mean surprisal with k characters visible, k from 1, shape (longest,).
        errors: standard error of each, from the means of stretches of `STRETCH` characters.
        gap_errors: standard error of the difference with the longest context; smaller, since
            the same characters are predicted.
        carried: the same targets with the state carried from the beginning of the text.
        targets: how many characters were predicted.
    """

    bits: NDArray[np.float64]
    errors: NDArray[np.float64]
    gap_errors: NDArray[np.float64]
    carried: float
    targets: int

    @property
    def longest(self) -> int:
        """The most characters visible."""
        return len(self.bits)

    def at(self, visible: int) -> float:
        """Bits per character with `visible` characters, from 1 to `longest`."""
        if not 1 <= visible <= self.longest:
            raise IndexError(visible)
        return float(self.bits[visible - 1])

    def reach(self, within: float = REACH) -> int:
        """The fewest visible characters from which on the longest context gains nothing.

        Nothing is less than `within` bits per character, at this number of characters and at any
        greater one.
        """
        apart = np.abs(self.bits - self.bits[-1]) > within
        return int(apart.nonzero()[0][-1]) + 2 if apart.any() else 1

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary, its curves to a ten-thousandth of a bit."""
        return {
            "bits": [round(float(b), 4) for b in self.bits],
            "errors": [round(float(e), 4) for e in self.errors],
            "gap_errors": [round(float(e), 4) for e in self.gap_errors],
            "carried": self.carried,
            "targets": self.targets,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> VisibleContext:
        """The inverse of `to_json`."""
        curves = {name: np.array(data[name]) for name in ("bits", "errors", "gap_errors")}
        return cls(**curves, carried=data["carried"], targets=data["targets"])


def visible_context(
    model: NetworkModel,
    text: str,
    longest: int = LONGEST,
    places: int = PLACES,
    targets: int = TARGETS,
    progress: Progress | None = None,
) -> VisibleContext:
    """Score a text with the state reset so that exactly k characters are visible.

    Around each place all the windows of `longest` characters that end near it are read: after k
    characters, the one that began k characters before a target predicts it. Unlike `surprisal`,
    nothing is read before the k characters, no line break either.

    Args:
        model: a network and its alphabet; of a transformer `longest` is at most its context.
        text: long enough for `longest` characters and a few more; normalised here.
        longest: the most visible characters.
        places: stretches of text that the targets are taken from.
        targets: characters to predict, at most; all that there are in a shorter text.
        progress: told the share done, from 0 to 1.

    Raises:
        CorpusError: the text is too short.
    """
    text = normalise(text)
    ids = model.vocabulary.encode(text)
    available = len(ids) - longest  # each target has `longest` characters before it
    if available < 2 * STRETCH:
        raise CorpusError(
            "the text has {chars} characters, and measuring up to {longest} visible ones needs "
            "{needed}: give more text",
            chars=len(ids),
            longest=longest,
            needed=longest + 2 * STRETCH,
        )
    places = max(min(places, available // STRETCH), 1)
    size = min(targets, available) // places // STRETCH * STRETCH  # targets a place
    size = max(size, STRETCH)
    firsts = np.linspace(longest, len(ids) - size, places).astype(int)
    bits = np.empty((longest, places, size))
    for place, first in enumerate(firsts):
        windows = longest + size - 1
        for begin in range(0, windows, ROWS):
            rows = np.arange(begin, min(begin + ROWS, windows))  # windows read side by side
            at = first - longest + rows[:, None] + np.arange(longest)
            state: Any = model.network.zero_state(len(rows))
            # The last windows go on past the last target: what they read there is not looked at.
            logits, _ = model.network.run(ids[at.clip(None, len(ids) - 1)], state)
            # After k characters, window r predicts target r + k - longest, if that is one.
            target = rows[:, None] + np.arange(1, longest + 1) - longest
            row, visible = np.nonzero((target >= 0) & (target < size))
            found = surprisal_bits(logits[row, visible], ids[first + target[row, visible]])
            bits[visible, place, target[row, visible]] = found
            if progress is not None:
                progress((place + (begin + len(rows)) / windows) / places)
    carried = model.surprisal(text)
    return VisibleContext(
        bits=bits.mean((1, 2)),
        errors=_error(bits),
        gap_errors=_error(bits - bits[-1]),
        carried=float(np.mean([carried[f : f + size].mean() for f in firsts])),
        targets=places * size,
    )


def _error(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard error of the mean of each row, from the means of consecutive stretches.

    Batch means (Law and Carson 1979): successive characters are not independent, stretches of
    fifty nearly are.
    """
    means = bits.reshape(len(bits), -1, STRETCH).mean(-1)  # (longest, stretches)
    return means.std(-1, ddof=1) / np.sqrt(means.shape[1])
