"""A transformer over characters that reads without end, with what a recurrent network offers.

A transformer looks back on a window of `context` characters. When the window is full, the next one
begins half a window later: its first half is read again, and on it goes. So every character is
predicted from the half window to the whole one before it, and what is written depends on the
model, the draws and the number of characters since the text began, on nothing else. Windows begin
at the multiples of half a window from the beginning of the text: a text can be scored by reading
them side by side, and costs exactly what writing it would have found.

In between, keys and values of what was read are kept (Pope et al. 2022), and a character costs one
step. Reading half a window again at each step would see the whole window, at a hundred times the
price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import ModelConfig
from moliere_core.networks.arrays import Array
from moliere_core.networks.transformer import Past, TransformerConfig, TransformerNetwork
from moliere_core.text.vocabulary import Ids


@dataclass(frozen=True)
class Window:
    """What the streams remember.

    Attributes:
        ids: the characters of each stream's window, the last ones on the right; shape (streams,
            longest).
        read: how many each stream's window holds, shape (streams,); less than `longest` in some.
        past: their keys and values, a pair a block, shape (streams, heads, longest, size).
    """

    ids: Ids
    read: NDArray[np.int32]
    past: Past

    @property
    def streams(self) -> int:
        """How many there are."""
        return len(self.read)

    def rows(self, chosen: NDArray[Any]) -> Window:
        """Of some streams alone, by their numbers or by a mask."""
        read = self.read[chosen]
        longest = int(read.max(initial=0))
        past = tuple((_last(k[chosen], longest), _last(v[chosen], longest)) for k, v in self.past)
        ids = self.ids[chosen]
        return Window(ids[:, ids.shape[1] - longest :], read, past)

    @classmethod
    def stacked(cls, windows: Sequence[Window]) -> Window:
        """Of several, one after the other."""
        longest = max(window.ids.shape[1] for window in windows)
        ids = np.concatenate([_padded(window.ids, longest, 1) for window in windows])
        blocks = zip(*(window.past for window in windows), strict=True)
        past = tuple(
            (
                np.concatenate([_padded(k, longest, 2) for k, _ in block]),
                np.concatenate([_padded(v, longest, 2) for _, v in block]),
            )
            for block in blocks
        )
        return cls(ids, np.concatenate([window.read for window in windows]), past)


def _last(array: Array, longest: int) -> Array:
    return array[:, :, array.shape[2] - longest :]


def _padded(array: NDArray[Any], longest: int, axis: int) -> NDArray[Any]:
    """With zeros on the left, up to `longest`."""
    missing = longest - array.shape[axis]
    if not missing:
        return array
    return np.pad(array, [(missing if at == axis else 0, 0) for at in range(array.ndim)])


class WindowedTransformer:
    """The network of `networks.transformer` on characters, in windows; see the module.

    Args:
        weights: under Hugging Face's names, see `TransformerNetwork`.
        config: the architecture: the number of heads is not in the weights.

    Raises:
        ModelError: a tensor is missing, shapes do not follow from one another, or are not those of
            `config`.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], config: ModelConfig) -> None:
        self.transformer = TransformerNetwork(weights, TransformerConfig(config.heads))
        self.parameters = self.transformer.parameters
        self.context = self.transformer.context_length
        self._half = self.context // 2

    @property
    def vocab_size(self) -> int:
        """Number of symbols, the unknown one included."""
        return self.transformer.vocab_size

    @property
    def config(self) -> ModelConfig:
        """The architecture, as far as weights tell it (dropout leaves no trace)."""
        return ModelConfig(
            cell="transformer",
            units=int(self.transformer.tokens.shape[1]),
            layers=len(self.transformer.blocks),
            dropout=0.0,
            heads=self.transformer.config.heads,
            context=self.context,
        )

    def zero_state(self, streams: int) -> Window:
        """The state before anything was read."""
        heads = self.transformer.config.heads
        size = int(self.transformer.tokens.shape[1]) // heads
        nothing = np.empty((streams, heads, 0, size), np.float32)
        return Window(
            np.empty((streams, 0), np.int32),
            np.zeros(streams, np.int32),
            ((nothing, nothing),) * len(self.transformer.blocks),
        )

    def step(self, ids: Ids, state: Window) -> tuple[Array, Window]:
        """Read one symbol in each stream; see `RecurrentNetwork.step`."""
        logits, state = self._read(ids[:, None], self._room(state))
        return logits[:, -1], state

    def run(self, ids: Ids, state: Window) -> tuple[Array, Window]:
        """Read several symbols in each stream, as by steps; see `RecurrentNetwork.run`."""
        found, at = [], 0
        while at < ids.shape[1]:
            state = self._room(state)
            room = self.context - int(state.read.max())
            logits, state = self._read(ids[:, at : at + room], state)
            found.append(logits)
            at += room
        if not found:
            return np.empty((*ids.shape, self.vocab_size), np.float32), state
        return np.concatenate(found, axis=1), state

    def stacked(self, states: Sequence[Window]) -> Window:
        """The states of some streams, one after the other."""
        return Window.stacked(states)

    def windows(self, ids: Ids, at_once: int) -> Iterator[tuple[int, Array]]:
        """The logits after each character of a text but the last, as `run` gives them.

        Args:
            ids: the text, shape (chars,).
            at_once: windows read side by side.

        Yields:
            Where a piece begins, and the logits after its characters, shape (piece, vocab_size).
        """
        chars = len(ids) - 1
        first = self.transformer.run(ids[None, : min(self.context, chars)])[0]
        yield 0, self.transformer.logits(first[0])
        kept = self.context - self._half  # of a window, what the one before has read
        starts = list(range(self._half, chars - kept, self._half))
        while starts:
            begun, starts = starts[:at_once], starts[at_once:]
            if begun[-1] + self.context > chars and len(begun) > 1:  # the last is shorter
                begun, starts = begun[:-1], [begun[-1], *starts]
            size = min(self.context, chars - begun[0])
            rows = ids[np.array(begun)[:, None] + np.arange(size)]
            logits = self.transformer.logits(self.transformer.run(rows)[0][:, kept:])
            yield begun[0] + kept, logits.reshape(-1, self.vocab_size)

    def _read(self, ids: Ids, state: Window) -> tuple[Array, Window]:
        """Read symbols for which every window has room."""
        ragged = not (state.read == state.ids.shape[1]).all()
        past = state.past if state.ids.shape[1] else ()
        stream, past = self.transformer.run(ids, past, read=state.read if ragged else None)
        after = Window(
            np.concatenate([state.ids, ids], axis=1), state.read + np.int32(ids.shape[1]), past
        )
        return self.transformer.logits(stream), after

    def kept(self, state: Window) -> Ids | None:
        """What full windows read again, shape (streams, half); None while they have room.

        Args:
            state: of streams that have read equally much.
        """
        if int(state.read.min()) < self.context:
            return None
        return state.ids[:, -(self.context - self._half) :]

    def _room(self, state: Window) -> Window:
        """Full windows begin again with their last half, which is read again."""
        full = state.read >= self.context
        if not full.any():
            return state
        kept = state.ids[full, -(self.context - self._half) :]
        _, past = self.transformer.run(kept)
        again = Window(kept, np.full(len(kept), kept.shape[1], np.int32), past)
        if full.all():
            return again
        both = Window.stacked([state.rows(~full), again])
        order = np.argsort(np.concatenate([np.flatnonzero(~full), np.flatnonzero(full)]))
        return both.rows(order)
