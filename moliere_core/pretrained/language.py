"""A network and its tokenizer as one model of the next token, whatever runs the network.

Every context begins with a line break, after whatever the model's own tokenizer puts before a text
(nothing for GPT-2), as every model's here does.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import SamplingConfig
from moliere_core.errors import ModelError
from moliere_core.inspection.transformer_trace import TransformerTrace, read
from moliere_core.models.sampling import gumbel_noise, top_k_filter, top_p_filter
from moliere_core.networks.arrays import Array, log_sum_exp, softmax
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.pretrained.beam import CharacterBeam
from moliere_core.pretrained.catalogue import CONTEXT
from moliere_core.pretrained.network import Network, Past, PlainNetwork
from moliere_core.pretrained.tokenizer import Tokenizer
from moliere_core.pretrained.tokens import common_length

KEPT_BYTES = 256_000_000  # of keys and values of past contexts
KEPT_PASTS = 64  # at most
NOISE_STEPS = 8  # drawn at a time: they are as many numbers as there are tokens, each
ROWS_AT_ONCE = 8  # tokens that contexts read together have at most; beyond, each costs its time
SCORE_CONTEXT = 2048  # tokens of a window at most, while scoring: attention grows with its square
SCORE_LOGITS = 16_000_000  # computed at once, while scoring: 64 MB, whatever the vocabulary
SCORE_TOKENS = 256  # read at once, while scoring: others are served in between


class LanguageModel:
    """A causal model and its tokenizer, as a `beam.TokenModel`.

    Args:
        reference: for messages.
        network: what gives the probabilities of tokens.
        tokenizer: what cuts a text into them.
    """

    def __init__(self, reference: str, network: Network, tokenizer: Tokenizer) -> None:
        self.reference, self.network, self.tokenizer = reference, network, tokenizer
        self.vocabulary, self.begin = tokenizer.vocabulary, tokenizer.begin
        self.trained_context = network.context_length or CONTEXT
        self.context = min(self.trained_context, CONTEXT)
        self.beam = CharacterBeam(self)
        self._traced: TransformerTrace | None = None
        self._pasts: OrderedDict[tuple[int, ...], Past] = OrderedDict()
        silent = np.array([not token for token in self.vocabulary.tokens])
        silent[self.vocabulary.ends] = False
        self._silent = silent  # tokens that are never drawn, shape (vocab_size,)

    @property
    def transformer(self) -> TransformerNetwork:
        """The network, where its inside can be looked at; ModelError where torch runs it."""
        if not isinstance(self.network, PlainNetwork):
            raise ModelError(
                "{reference} is of an architecture whose inside is not shown: choose a GPT-2",
                reference=self.reference,
            )
        return self.network.transformer

    def trace(self, text: str) -> TransformerTrace:
        """All that the network computes over a text; of the last one it is kept.

        Raises:
            ModelError: torch runs it, or the text is longer than can be looked into.
        """
        ids = self.read(text)
        if self._traced is None or self._traced.ids.tolist() != ids:
            self._traced = read(self.transformer, ids)
        return self._traced

    # As a `beam.TokenModel`

    def encode(self, text: str) -> list[int]:
        """The canonical tokens of `text`."""
        return self.tokenizer.encode(text)

    def anchor(self, text: str) -> tuple[int, int]:
        """Where a beam over `text` begins, and to where its tokens are certain."""
        return self.tokenizer.anchor(text)

    def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> list[Array]:
        """Probabilities after the `last` longest beginnings of each context.

        A context's are float32, shape (last, vocab_size). Contexts that go on equally far from what
        is remembered are read together, which takes little more time than one.
        """
        contexts = [self._fitting(context) for context in contexts]
        alike: dict[tuple[int, int], list[tuple[int, Past]]] = {}
        for at, context in enumerate(contexts):
            known, past = self._longest(context[: len(context) - last + 1])
            alike.setdefault((known, len(context)), []).append((at, past))
        found: dict[int, Array] = {}
        for (known, size), members in alike.items():
            step = max(ROWS_AT_ONCE // (size - known), 1)
            for some in (members[i : i + step] for i in range(0, len(members), step)):
                rows = [contexts[at][known:] for at, _ in some]
                logits, past = self.forward(rows, self.network.stacked([p for _, p in some]), last)
                probs = softmax(logits)
                for row, (at, _) in enumerate(some):
                    self._remember(contexts[at], [(k[row, None], v[row, None]) for k, v in past])
                    found[at] = probs[row]
        return [found[at] for at in range(len(contexts))]

    # For writing and scoring

    def forward(
        self, rows: Sequence[Sequence[int]], past: Past, keep: int = 1
    ) -> tuple[Array, Past]:
        """As `Network.forward`; logits of the vocabulary's tokens alone, checked to be finite.

        Raises:
            ModelError: the network answers with something else than numbers.
        """
        logits, past = self.network.forward(rows, past, keep)
        logits = logits[..., : len(self.vocabulary)]
        self._check(logits)
        return logits, past

    def attention(self, ids: Sequence[int]) -> Array:
        """As `Network.attention`, checked to be finite; ModelError where it is not."""
        weights = self.network.attention(ids)
        self._check(weights)
        return weights

    def _check(self, values: Array) -> None:
        if not np.isfinite(values.max()):  # NaN if there is one
            raise ModelError(
                "{reference} answers with values that are not numbers: its files are damaged, "
                "fetch it again or choose another model",
                reference=self.reference,
            )

    def read(self, prompt: str) -> list[int]:
        """The context that a prompt makes; ModelError if it is longer than the model reads."""
        ids = [*self.begin, *self.encode(prompt)]
        if len(ids) > self.context:
            raise ModelError(
                "this text has {tokens} tokens and {reference} reads {limit} of them here: "
                "shorten it",
                tokens=len(ids),
                reference=self.reference,
                limit=self.context,
            )
        return ids

    def write(
        self,
        ids: list[int],
        config: SamplingConfig,
        seed: int,
        first: NDArray[np.int64] | None = None,
    ) -> Iterator[int]:
        """Draw tokens without end after the context `ids`; a full context loses its first half.

        Args:
            ids: the tokens that were read.
            config: of the draws.
            seed: of the draws.
            first: the tokens that the first can be; None for any.
        """
        points = np.arange(len(self.vocabulary), dtype=np.uint64)
        past: Past = ()
        ids = list(self._fitting(tuple(ids)))
        fresh, step = ids, 0
        noise: Array = np.empty((0, 0), np.float32)
        while True:
            logits, past = self.forward([fresh], past)
            scores = logits[0, -1]
            if first is not None:
                allowed, first = first, None
                kept = np.full_like(scores, -np.inf)
                kept[allowed] = scores[allowed]
                scores = kept
            if config.temperature and step % NOISE_STEPS == 0:
                noise = gumbel_noise(seed, range(step, step + NOISE_STEPS), points)
            token = self._draw(scores, config, noise[step % NOISE_STEPS] if len(noise) else None)
            yield token
            ids.append(token)
            step += 1
            fresh = [token]
            if not past:
                fresh = ids = ids[-self.context :]
            if len(ids) > self.context:  # half of it is kept, so that this is seldom
                fresh = ids = [*self.begin, *ids[-self.context // 2 :]]
                past = ()

    def bits(self, ids: Sequence[int]) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """The bits of tokens, each scored once, piece after piece.

        Windows are as long as what the model was trained to read, or `SCORE_CONTEXT`, and each
        begins half of that after the one before. Within a window tokens are read a few at a time,
        so that what is held at once depends neither on its length nor on the vocabulary.

        Yields:
            Where the tokens just scored begin, and their bits; none where tokens were only read.
        """
        length = min(self.trained_context, SCORE_CONTEXT) - len(self.begin) + 1
        step, scored = max(length // 2, 1), 0
        for start in range(0, len(ids), step):
            window = ids[start : start + length]
            end = start + len(window)
            if end <= scored:
                return
            # What the token at `start + i` is predicted from is `read[i]`, after `begin`.
            for found in self._window_bits([*self.begin, *window], end - scored):
                yield scored, found
                scored += len(found)

    def _window_bits(self, ids: Sequence[int], fresh: int) -> Iterator[NDArray[np.float64]]:
        """The bits of the last `fresh` tokens of `ids`, some at a time; the others are read."""
        at_once = max(min(SCORE_LOGITS // len(self.vocabulary), SCORE_TOKENS), 1)
        read, past = ids[:-1], ()  # type: tuple[Sequence[int], Past]
        unscored, at = len(read) - fresh, 0
        while at < len(read):
            until = unscored if at < unscored else len(read)
            piece = read[at : min(at + at_once, until)]
            keep = len(piece) if at >= unscored else 1
            logits, past = self.forward([piece], past, keep)
            if not past:  # nothing can be taken up again: the window is read as one
                logits, _ = self.forward([read], (), fresh)
                yield _bits(logits[0], ids[-fresh:])
                return
            at += len(piece)
            yield _bits(logits[0], ids[at - keep + 1 : at + 1]) if at > unscored else np.zeros(0)

    def _fitting(self, context: tuple[int, ...]) -> tuple[int, ...]:
        """A context, or the end of one that is longer than what the network can read.

        A text that is not too long in canonical tokens can be in others.
        """
        if len(context) <= self.trained_context:
            return context
        return (*self.begin, *context[len(self.begin) - self.trained_context :])

    def _draw(self, logits: Array, config: SamplingConfig, noise: Array | None) -> int:
        logits = np.where(self._silent, -np.inf, logits).astype(np.float32)
        if not config.temperature or noise is None:
            return int(logits.argmax())
        scaled = (logits - logits.max()) / np.float32(config.temperature)
        return int(
            (top_p_filter(top_k_filter(scaled, config.top_k), config.top_p) + noise).argmax()
        )

    def _longest(self, context: tuple[int, ...]) -> tuple[int, Past]:
        """The longest beginning of a context that is remembered, short of its last token."""
        best, found = 0, None
        for known in self._pasts:
            shared = common_length(known, context[:-1])
            if shared > best:
                best, found = shared, known
        if found is None:
            return 0, ()
        self._pasts.move_to_end(found)
        return best, [(k[..., :best, :], v[..., :best, :]) for k, v in self._pasts[found]]

    def _remember(self, context: tuple[int, ...], past: Past) -> None:
        if not past:
            return
        self._pasts[context] = past
        size = sum(k.nbytes + v.nbytes for k, v in past)
        # All of them are about as long as this one.
        kept = max(1, min(KEPT_PASTS, KEPT_BYTES // max(size, 1)))
        while len(self._pasts) > kept:
            self._pasts.popitem(last=False)


def _bits(logits: Array, targets: Sequence[int]) -> NDArray[np.float64]:
    """Bits of the targets under logits of shape (len(targets), vocab_size)."""
    chosen = logits[np.arange(len(targets)), list(targets)]
    return np.asarray((log_sum_exp(logits) - chosen) / np.log(2), np.float64)
