"""What a network knows at the start of a text: an empty state, or a window padded with spaces.

The course's `generate_text` fills a window on the left with spaces until it is as long as those of
the training. A network whose state is at hand needs no padding: it starts from zeros, and reads
what there is. Both are measured here, and what each character more of context is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import RecurrentModel
from moliere_core.models.sampling import entropy_bits
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids

PAD = " "
CHUNK = 10  # characters of each row between two reports of progress
Bits = NDArray[np.float64]


def padded(prompt: str, seq_length: int) -> str:
    """The prompt filled up with spaces on the left, or cut on the left, to `seq_length`."""
    return prompt[-seq_length:].rjust(seq_length, PAD) if prompt else PAD * seq_length


def divergence_bits(reference: Array, other: Array) -> float:
    """Kullback and Leibler's divergence of `other` from `reference`, in bits; both (symbols,).

    What it costs on average, in bits a character, to believe `other` where `reference` is true.
    """
    positive = reference > 0
    p, q = reference[positive].astype(np.float64), other[positive].astype(np.float64)
    with np.errstate(divide="ignore"):  # what is thought impossible and comes costs infinity
        return float((p * (np.log2(p) - np.log2(q))).sum())


@dataclass(frozen=True)
class Opening:
    """The next character after a prompt, read in two ways.

    Attributes:
        zero: probabilities after a zero state, a line break and the prompt, (vocab_size,); the
            unknown symbol has none.
        padded: the same after the window filled up with spaces.
        apart: divergence of `padded` from `zero` in bits after 0, 1, 2, ... characters of the
            prompt, shape (len(prompt) + 1,).
    """

    zero: Array
    padded: Array
    apart: Bits

    @property
    def zero_entropy(self) -> float:
        """Hesitation after a zero state, in bits."""
        return entropy_bits(self.zero)

    @property
    def padded_entropy(self) -> float:
        """Hesitation after spaces, in bits."""
        return entropy_bits(self.padded)


def opening(model: RecurrentModel, prompt: str, seq_length: int) -> Opening:
    """Read a prompt after spaces, and after a zero state.

    Args:
        model: whose network reads.
        prompt: normalised here; of one longer than the window its end alone is read after spaces.
        seq_length: of the window, in characters.
    """
    prompt = normalise(prompt)
    zero = np.exp(_run(model, CONTEXT_START + prompt))  # (len(prompt) + 1, vocab_size)
    spaces = max(seq_length - len(prompt), 0)
    after = np.exp(_run(model, padded(prompt, seq_length)))
    read = len(prompt) + 1 if spaces else 1  # without spaces there is nothing to compare on the way
    after = after[-read:]
    apart = [divergence_bits(p, q) for p, q in zip(zero[-read:], after, strict=True)]
    return Opening(zero[-1], after[-1], np.array(apart))


@dataclass(frozen=True)
class Openings:
    """What beginnings of real cues cost, by the way that they are read.

    Attributes:
        count: of beginnings.
        zero: mean bits of their 1st, 2nd, ... character after a zero state and a line break.
        padded: the same after spaces.
    """

    count: int
    zero: Bits
    padded: Bits


def measure_openings(
    model: RecurrentModel,
    beginnings: Sequence[str],
    seq_length: int,
    progress: Progress | None = None,
) -> Openings:
    """Score beginnings of equal length after a zero state and after `seq_length` spaces.

    Args:
        model: whose network reads.
        beginnings: of cues, normalised.
        seq_length: spaces; none of them leaves the window, as if it grew.
        progress: told the share done, from 0 to 1.

    Raises:
        CorpusError: there is none.
    """
    if not beginnings:
        raise CorpusError("no cue is long enough: choose a longer text")
    encode = model.vocabulary.encode
    ids = np.stack([encode(text) for text in beginnings])  # (cues, time)
    known = ids != UNKNOWN

    def mean_bits(before: str, share: float) -> Bits:
        """`share` of the work is done once this is."""
        front = np.tile(encode(before), (len(ids), 1))
        read = np.concatenate([front, ids], axis=1)
        costs = _costs(model, read, lambda done: _tell(progress, share * done))
        costs = np.where(known, costs[:, len(before) - 1 :], 0)
        return costs.sum(axis=0) / np.maximum(known.sum(axis=0), 1)

    few = ids.shape[1] / (2 * ids.shape[1] + seq_length)
    zero = mean_bits(CONTEXT_START, few)
    return Openings(len(ids), zero, mean_bits(PAD * seq_length, 1.0))


@dataclass(frozen=True)
class ContextWorth:
    """What a prediction costs by how many characters it can see.

    Attributes:
        windows: how many passages were read.
        excess: mean bits that the character after 1, 2, ... characters read from a zero state
            costs more than with the state carried through the text; the same characters for both,
            so that an easy one is easy for both.
        carried: mean bits with the state carried.
    """

    windows: int
    excess: Bits
    carried: float

    @property
    def bits(self) -> Bits:
        """Bits per character after 1, 2, ... characters."""
        return self.carried + self.excess

    def window_bits(self, seq_length: int) -> float:
        """Mean bits over a window of `seq_length` characters that begins from a zero state."""
        return self.carried + float(self.excess[:seq_length].mean())


def context_worth(
    model: RecurrentModel,
    text: str,
    longest: int,
    windows: int = 256,
    streams: int = 16,
    progress: Progress | None = None,
) -> ContextWorth:
    """Bits per character by the number of characters seen since a zero state.

    Args:
        model: whose network reads.
        text: normalised, that it has not learned from.
        longest: characters of context, at most.
        windows: passages, spread evenly over the text.
        streams: pieces of the text read side by side for the carried state.
        progress: told the share done, from 0 to 1.

    Raises:
        CorpusError: the text is shorter than a passage.
    """
    ids = model.vocabulary.encode(text)
    if len(ids) <= longest:
        raise CorpusError(
            "the text has {chars} characters and {needed} are needed: choose more text",
            chars=len(ids),
            needed=longest + 1,
        )
    starts = np.linspace(0, len(ids) - longest - 1, windows).astype(np.int64)
    at = starts[:, None] + np.arange(longest + 1)  # (windows, longest + 1)
    known = ids[at[:, 1:]] != UNKNOWN
    costs = _costs(model, ids[at], lambda done: _tell(progress, done / 2))
    carried = model.surprisal(text, lambda done: _tell(progress, (1 + done) / 2), streams)
    carried = np.where(known, carried[at[:, 1:]], 0)
    excess = np.where(known, costs - carried, 0)
    seen = np.maximum(known.sum(axis=0), 1)
    return ContextWorth(windows, excess.sum(axis=0) / seen, float(carried.sum() / known.sum()))


def _run(model: RecurrentModel, text: str) -> Array:
    """Log-probabilities after each character, without the unknown symbol: (chars, vocab_size)."""
    ids = model.vocabulary.encode(text)[None]
    logits = model.network.run(ids, model.network.zero_state(1))[0][0]
    logits[:, UNKNOWN] = -np.inf
    return log_softmax(logits)


def _costs(model: RecurrentModel, ids: Ids, progress: Progress) -> Bits:
    """Surprisal of all characters but the first of each row, in bits; (rows, time - 1)."""
    state = model.network.zero_state(len(ids))
    costs = np.empty((len(ids), ids.shape[1] - 1))
    for start in range(0, costs.shape[1], CHUNK):
        stop = min(start + CHUNK, costs.shape[1])
        logits, state = model.network.run(ids[:, start:stop], state)
        logits[..., UNKNOWN] = -np.inf
        targets = ids[:, start + 1 : stop + 1, None]
        chosen = np.take_along_axis(log_softmax(logits), targets, axis=-1)[..., 0]
        costs[:, start:stop] = -chosen.astype(np.float64) / np.log(2)
        progress(stop / costs.shape[1])
    return costs


def _tell(progress: Progress | None, share: float) -> None:
    if progress is not None:
        progress(share)
