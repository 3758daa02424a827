"""A network and its alphabet as a model of the next character, whatever the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.models.protocol import CONTEXT_START, UNKNOWN_BITS
from moliere_core.networks.arrays import Array, log_sum_exp
from moliere_core.networks.loading import CharNetwork
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.window import WindowedTransformer
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids, Vocabulary

SCORE_CHUNK = 128  # characters projected at once while scoring: bounds memory, costs no speed
SCORE_WINDOWS = 8  # of a transformer, read side by side while scoring


class NetworkModel(ABC):
    """A trained network and its alphabet, as a `CharModel`."""

    network: CharNetwork
    readings: ClassVar[int]  # prompts whose reading it remembers

    def __init__(self, reference: str, network: CharNetwork, vocabulary: Vocabulary) -> None:
        if network.vocab_size != len(vocabulary):
            raise ModelError(
                "{reference} has weights for {symbols} symbols and an alphabet of {alphabet}: "
                "the files of two models were mixed, fetch or train it again",
                reference=reference,
                symbols=network.vocab_size,
                alphabet=len(vocabulary),
            )
        self.reference = reference
        self.network = network
        self.vocabulary = vocabulary
        self.parameters = network.parameters
        # A class starts from the same prompt. Arrays that come from here are shared.
        self._read = lru_cache(self.readings)(partial(_read, network, vocabulary))

    def __reduce__(self) -> tuple[Any, ...]:
        """Goes to another process without what it remembers."""
        return type(self), (self.reference, self.network, self.vocabulary)

    @staticmethod
    def of(reference: str, network: CharNetwork, vocabulary: Vocabulary) -> NetworkModel:
        """The model of a network, by its kind."""
        if isinstance(network, RecurrentNetwork):
            return RecurrentModel(reference, network, vocabulary)
        return TransformerModel(reference, network, vocabulary)

    def start(self, prompts: Sequence[str]) -> tuple[Array, Any]:
        """Read a line break and the normalised prompt in each stream; see `CharModel`."""
        distinct = list(dict.fromkeys(prompts))
        read = [self._read(prompt) for prompt in distinct]  # lengths differ: one at a time
        rows = [read[distinct.index(prompt)] for prompt in prompts]
        logits = np.concatenate([row[0] for row in rows])
        return logits, self.network.stacked([row[1] for row in rows])

    def step(self, ids: Ids, state: Any) -> tuple[Array, Any]:
        """Read one character in each stream; see `CharModel`."""
        return self.network.step(ids, state)

    def surprisal(
        self, text: str, progress: Progress | None = None, streams: int = 1, warm_up: int = 1024
    ) -> NDArray[np.float64]:
        """Bits of each character given a line break and all characters before it.

        A character outside the alphabet costs `UNKNOWN_BITS`; the others share all the
        probability, since the unknown symbol is never drawn. For `streams` and `warm_up` see
        `predictions`.
        """
        ids, bits, done = self.vocabulary.encode(CONTEXT_START + text), np.zeros(len(text)), 0
        for at, logits in self.predictions(ids, streams, warm_up):
            bits[at] = surprisal_bits(logits, ids[at + 1])
            done += len(at)
            if progress is not None:
                progress(done / len(text))
        return bits

    @abstractmethod
    def predictions(
        self, ids: Ids, streams: int = 1, warm_up: int = 1024
    ) -> Iterator[tuple[NDArray[np.intp], Array]]:
        """What the characters of a text are predicted from: the logits after each but the last.

        Args:
            ids: the text, shape (chars,).
            streams: pieces in which a recurrent network may read it, side by side, each after the
                `warm_up` characters before it: faster, and an approximation of the carried state.
                A text too short for pieces of that length is cut into fewer. A transformer reads
                its windows side by side in any case, which gives what writing would.
            warm_up: see `streams`.

        Yields:
            Numbers of some characters, shape (some,), each once, and the logits after them, shape
            (some, vocab_size).
        """


class RecurrentModel(NetworkModel):
    """An RNN, LSTM or GRU: its state is carried from the beginning of the text."""

    readings = 64  # 10 KB each of the largest one shipped
    network: RecurrentNetwork

    def predictions(
        self, ids: Ids, streams: int = 1, warm_up: int = 1024
    ) -> Iterator[tuple[NDArray[np.intp], Array]]:
        """See `NetworkModel`."""
        chars = len(ids) - 1
        streams = max(1, min(streams, chars // max(warm_up, 1)))
        length = -(-chars // streams)  # characters a stream, rounded up
        starts = np.arange(streams) * length
        state = self.network.zero_state(streams)
        if streams > 1:
            before = starts[:, None] + np.arange(-warm_up, 0)
            state = self.network.run(ids[before.clip(0, chars)], state)[1]
            for part in (part for layer in state for part in layer):
                part[0] = 0  # the first piece has nothing before it
        for offset in range(0, length, SCORE_CHUNK):
            stop = min(offset + SCORE_CHUNK, length)
            at = starts[:, None] + np.arange(offset, stop)  # (streams, time)
            logits, state = self.network.run(ids[at.clip(None, chars)], state)
            inside = at < chars  # the last piece may run past the end
            yield at[inside], logits[inside]


class TransformerModel(NetworkModel):
    """A transformer: it looks back on half a window of characters, and up to a whole one."""

    readings = 16  # half a megabyte each of the one shipped
    network: WindowedTransformer

    def predictions(
        self, ids: Ids, streams: int = 1, warm_up: int = 1024
    ) -> Iterator[tuple[NDArray[np.intp], Array]]:
        """See `NetworkModel`."""
        for begin, logits in self.network.windows(ids, SCORE_WINDOWS):
            yield np.arange(begin, begin + len(logits)), logits


def _read(network: CharNetwork, vocabulary: Vocabulary, prompt: str) -> tuple[Array, Any]:
    """Logits, shape (1, vocab_size), and state after a line break and the normalised prompt."""
    ids = vocabulary.encode(CONTEXT_START + normalise(prompt))[None]
    state: Any = network.zero_state(1)
    for start in range(0, ids.shape[1], SCORE_CHUNK):
        logits, state = network.run(ids[:, start : start + SCORE_CHUNK], state)
    return logits[:, -1].copy(), state  # a copy: the logits of the other characters are let go


def surprisal_bits(logits: Array, targets: Ids) -> NDArray[np.float64]:
    """Bits of the targets, float64; `UNKNOWN_BITS` where one is outside the alphabet."""
    total = log_sum_exp(logits[..., UNKNOWN + 1 :])
    chosen = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return np.where(targets == UNKNOWN, UNKNOWN_BITS, (total - chosen) / np.log(2))
