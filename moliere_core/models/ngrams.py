"""N-grams with Kneser-Ney smoothing, from pairs of letters to ten in a row.

Modified, interpolated Kneser-Ney smoothing (Chen and Goodman 1999, "An empirical study of
smoothing techniques for language modeling", Computer Speech and Language 13, sections 2.7 and
3; Kneser and Ney 1995). For a context h, whose oldest character taken off leaves h', and a next
character w:

    p(w | h) = share(h w) + backoff(h) p(w | h')
    share(h w) = (c(h w) - D(c(h w))) / c(h),        c(h) = sum over w of c(h w)
    backoff(h) = sum over w of D(c(h w)) / c(h)

and p(w) falls back on the uniform distribution over the known characters. D is one of three
discounts an order, for counts of 1, 2, and 3 or more. In the highest order c(h w) counts
occurrences; below it counts the distinct characters seen before `h w` (its continuations): "u"
is frequent, yet mostly after "q", which the longer context has already told.

So a model of lower order is not the lower part of a higher one: its own highest order counts
occurrences. Both counts of every n-gram are kept here, and `NGramModel.truncated` chooses.

Contexts form a tree: the root is the empty context, and a child adds one older character. The
tree is kept level by level, each sorted by parent, then character, so that the key
`parent * vocab_size + character` rises through the whole array and one binary search finds any
child. N-grams are kept the same way, with the key `context * vocab_size + next character`.

Size of the file and bits per character of the highest order, counted on 28 of Molière's plays
(1.7 million characters) and measured on two others, L'École des maris and Le Médecin malgré lui:

| min_count | kn-5           | kn-8           | kn-10           |
| --------- | -------------- | -------------- | --------------- |
| 1         | 0.74 MB, 1.918 | 8.72 MB, 1.769 | 22.62 MB, 1.767 |
| 2         | 0.50 MB, 1.927 | 3.81 MB, 1.767 | 7.31 MB, 1.752  |
| 3         | 0.40 MB, 1.936 | 2.54 MB, 1.784 | 4.33 MB, 1.768  |
| 5         | 0.32 MB, 1.954 | 1.59 MB, 1.824 | 2.41 MB, 1.810  |
| 10        | 0.23 MB, 1.996 | 0.87 MB, 1.897 | 1.17 MB, 1.888  |

Dropping what occurs once costs nothing at order 8, and leaves less of the text to be read back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from moliere_core.errors import ConfigError, ModelError, TrainingError
from moliere_core.models.protocol import CONTEXT_START, UNKNOWN_BITS
from moliere_core.networks.arrays import Array
from moliere_core.system.progress import Progress
from moliere_core.system.storage import write_atomically
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids, Vocabulary

FORMAT = "moliere-ngrams-1"  # told in a file's metadata
MAX_ORDER = 10  # beyond, contexts are so rare that nothing is gained
SCORE_CHUNK = 16_384  # characters scored at once: bounds memory

# Where too few n-grams have a count of 1 to 4 to estimate discounts, those of KenLM
# (Heafield et al. 2013, lmplz --discount_fallback).
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)

Ints = NDArray[Any]  # unsigned integers, as narrow as their values allow
Floats = NDArray[np.float64]
OCCURRENCES, CONTINUATIONS = 0, 1  # the two counts of an n-gram


@dataclass(frozen=True)
class Level:
    """The contexts of one length, and what was seen after them.

    Attributes:
        children: contexts of this level under each context of the level before, in its order;
            shape (contexts of the level before,). The root's level has [1].
        oldest: the oldest character of each context, shape (contexts,); the root's is 0.
        sizes: kept n-grams of each context, at least 1, shape (contexts,).
        nexts: the next character of each n-gram, shape (ngrams,).
        occurrences: times that each n-gram was read, shape (ngrams,).
        continuations: distinct characters seen before each n-gram, shape (ngrams,); empty in the
            last level, which does not know.
        dropped_occurrences: sum over the n-grams of each context that were pruned,
            shape (contexts,).
        dropped_continuations: the same for the other count; empty in the last level.
        discounts: D1, D2, D3+ for each of the two counts, shape (2, 3), float64.
    """

    children: Ints
    oldest: Ints
    sizes: Ints
    nexts: Ints
    occurrences: Ints
    continuations: Ints
    dropped_occurrences: Ints
    dropped_continuations: Ints
    discounts: Floats

    def counts(self, kind: int) -> tuple[Floats, Floats]:
        """The counts of that kind, shape (ngrams,), and what was dropped, shape (contexts,)."""
        if kind == OCCURRENCES:
            return self.occurrences.astype(float), self.dropped_occurrences.astype(float)
        return self.continuations.astype(float), self.dropped_continuations.astype(float)


class NGramModel:
    """A Kneser-Ney model of one order, as a `CharModel`.

    Its state is the last `order - 1` characters of each stream, most recent first, shape
    (streams, order - 1), int32, with 0 for what is outside the alphabet or before the beginning:
    a context never reaches past either.

    Attributes:
        reference: "kn-8" for order 8.
        vocabulary: its alphabet.
        order: characters of the longest n-gram.
        contexts: kept contexts, of all lengths; each has a `backoff`.
        ngrams: kept n-grams, of all lengths; each has a `share`.
        parameters: contexts + ngrams, the numbers that the formula reads.
    """

    def __init__(self, levels: Sequence[Level], vocabulary: Vocabulary) -> None:
        self.levels = tuple(levels)
        self.vocabulary = vocabulary
        self.order = len(self.levels)
        self.reference = f"kn-{self.order}"
        self.contexts = sum(len(level.oldest) for level in self.levels)
        self.ngrams = sum(len(level.nexts) for level in self.levels)
        self.parameters = self.contexts + self.ngrams
        self._key = key_type((self.contexts + 1) * len(vocabulary))
        self._context_keys, self._ngram_keys = self._sorted_keys()
        self._share, self._backoff = _weights(self.levels)
        # Where the n-grams of each context begin; those of the absent context, the last, are none.
        sizes = np.concatenate([level.sizes for level in self.levels] + [np.zeros(1, np.uint8)])
        self._begin = np.zeros(len(sizes) + 1, np.int32)
        np.cumsum(sizes, out=self._begin[1:])

    @classmethod
    def train(
        cls,
        text: str,
        order: int,
        vocabulary: Vocabulary | None = None,
        min_char_freq: int = 1,
        min_count: int = 1,
    ) -> NGramModel:
        """Count the n-grams of a line break and `text`.

        Args:
            text: what to learn from, normalised.
            order: characters of the longest n-gram, 1 to `MAX_ORDER`.
            vocabulary: the alphabet; by default the characters of `text`.
            min_char_freq: occurrences that a character of the default alphabet needs.
            min_count: n-grams of two characters or more that occur less often are dropped, once
                everything is estimated; what they took goes to the shorter contexts.

        Raises:
            ConfigError: `order` or `min_count` is outside its range.
            TrainingError: no character of the text is in the alphabet.
        """
        if not 1 <= order <= MAX_ORDER:
            raise ConfigError(
                "order is {order}: choose from 1 to {highest} characters",
                order=order,
                highest=MAX_ORDER,
            )
        if min_count < 1:
            raise ConfigError(
                "min_count is {min_count}: choose at least 1, which drops nothing",
                min_count=min_count,
            )
        vocabulary = vocabulary or Vocabulary.from_text(text, min_char_freq)
        ids = vocabulary.encode(CONTEXT_START + text)
        if not ids[1:].any():
            raise TrainingError(
                "none of the {chars} characters to count is in the alphabet: give more text",
                chars=len(text),
            )
        counted = _count(ids, order, len(vocabulary))
        return cls(_prune(counted, len(vocabulary), min_count), vocabulary)

    def truncated(self, order: int) -> NGramModel:
        """The model of a lower order of the same text: the one that `train` would give.

        ConfigError if this model has no such order.
        """
        if not 1 <= order <= self.order:
            raise ConfigError(
                "order is {order}: this model has 1 to {highest}", order=order, highest=self.order
            )
        return NGramModel(self.levels[:order], self.vocabulary)

    # The protocol

    def start(self, prompts: Sequence[str]) -> tuple[Array, Ids]:
        """Read a line break and the normalised prompt in each stream; see `CharModel`."""
        state = np.zeros((len(prompts), self.order - 1), np.int32)
        for row, prompt in zip(state, prompts, strict=True):
            recent = self.vocabulary.encode(CONTEXT_START + normalise(prompt))[::-1][: len(row)]
            row[: len(recent)] = recent
        return self._logits(state), state

    def step(self, ids: Ids, state: Ids) -> tuple[Array, Ids]:
        """Read one character in each stream; see `CharModel`."""
        state = np.concatenate([ids[:, None], state], axis=1, dtype=np.int32)[:, : self.order - 1]
        return self._logits(state), state

    def surprisal(self, text: str, progress: Progress | None = None) -> Floats:
        """Bits of each character given a line break and all before it; see `CharModel`.

        A character outside the alphabet costs `UNKNOWN_BITS`; the others share all the
        probability.
        """
        ids = self.vocabulary.encode(CONTEXT_START + text)
        padded = np.concatenate([np.zeros(self.order - 1, np.int32), ids[:-1]])
        bits = np.full(len(text), UNKNOWN_BITS)
        for start in range(0, len(text), SCORE_CHUNK):
            stop = min(start + SCORE_CHUNK, len(text))
            targets = ids[start + 1 : stop + 1]
            windows = sliding_window_view(padded[start : stop + self.order - 1], self.order)
            probs = self._chosen(self._find(windows[:, :0:-1]), targets)
            known = targets != UNKNOWN
            bits[start:stop][known] = -np.log2(probs[known])
            if progress is not None:
                progress(stop / len(text))
        return bits

    def probabilities(self, state: Ids) -> Floats:
        """Next-character distribution of each stream, shape (streams, vocab_size), float64.

        The unknown symbol's is 0 and the others sum to 1.
        """
        vocab_size = len(self.vocabulary)
        found = self._find(state)  # (streams, order)
        weights = np.cumprod(self._backoff[found[:, ::-1]], axis=1)[:, ::-1]
        # A share is weighed by the backoffs of the contexts longer than its own.
        longer = np.concatenate([weights[:, 1:], np.ones((len(state), 1))], axis=1).ravel()
        rows, ngrams = self._followers(found.ravel())
        cells = rows // self.order * vocab_size + self._ngram_keys[ngrams] % vocab_size
        shares = _sums(cells, self._share[ngrams] * longer[rows], len(state) * vocab_size)
        probs = shares.reshape(len(state), vocab_size)
        probs[:, 1:] += weights[:, :1] / (vocab_size - 1)
        return probs

    def _logits(self, state: Ids) -> Array:
        logits = np.full((len(state), len(self.vocabulary)), -np.inf, np.float32)
        logits[:, 1:] = np.log(self.probabilities(state)[:, 1:])
        return logits

    # The tree

    def _find(self, characters: Ids) -> NDArray[np.int64]:
        """The contexts of length 0 to order - 1, shape (streams, order).

        One that was never seen, and those that extend it, are `self.contexts`.
        """
        found = np.full((len(characters), self.order), self.contexts)
        found[:, 0] = context = np.zeros(len(characters), np.int64)
        for length in range(1, self.order):
            key = (context * len(self.vocabulary) + characters[:, length - 1]).astype(self._key)
            at = self._context_keys.searchsorted(key)
            context = np.where(self._context_keys[at] == key, at + 1, self.contexts)
            if context.min(initial=self.contexts) == self.contexts:
                break  # nobody goes further
            found[:, length] = context
        return found

    def _chosen(self, found: NDArray[np.int64], targets: Ids) -> Floats:
        """Probability of one character a stream, shape (streams,)."""
        keys = (found * len(self.vocabulary) + targets[:, None]).astype(self._key)
        at = self._ngram_keys.searchsorted(keys)
        share = np.where(self._ngram_keys[at] == keys, self._share[at], 0.0)
        backoff = self._backoff[found]
        probs = np.full(len(targets), 1 / (len(self.vocabulary) - 1))
        for length in range(self.order):
            probs = share[:, length] + backoff[:, length] * probs
        return probs

    def _followers(self, found: NDArray[np.int64]) -> tuple[Ints, Ints]:
        """Indices of the n-grams of these contexts, end to end, and which context each is of."""
        begin = self._begin[found]
        sizes = self._begin[found + 1] - begin
        ends = np.cumsum(sizes)
        rows = np.repeat(np.arange(len(found)), sizes)
        return rows, np.arange(len(rows)) + (begin - ends + sizes)[rows]

    def _sorted_keys(self) -> tuple[Ints, Ints]:
        """Keys of the contexts but the root, and of the n-grams, each with a last, absent one."""
        contexts, ngrams = [], []
        first_parent = first = 0
        for level in self.levels:
            parents = first_parent + np.repeat(np.arange(len(level.children)), level.children)
            owners = first + np.repeat(np.arange(len(level.sizes)), level.sizes)
            contexts.append(self._keys(parents, level.oldest))
            ngrams.append(self._keys(owners, level.nexts))
            first_parent, first = first, first + len(level.oldest)
        absent = np.array([np.iinfo(self._key).max], self._key)
        return np.concatenate([*contexts, absent])[1:], np.concatenate([*ngrams, absent])

    def _keys(self, contexts: Ints, characters: Ints) -> Ints:
        return (contexts * len(self.vocabulary) + characters).astype(self._key)

    # On disk

    def save(self, path: Path) -> None:
        """Write all orders up to this one as one safetensors file; RunError if it cannot be."""
        tensors = {
            f"{length}.{field.name}": getattr(level, field.name)
            for length, level in enumerate(self.levels)
            for field in fields(Level)
        }
        metadata = {"format": FORMAT, "chars": json.dumps(self.vocabulary.chars)}
        write_atomically(path, save(tensors, metadata))

    @classmethod
    def load(cls, path: Path, order: int | None = None) -> NGramModel:
        """Read the model of that order, by default the highest in the file.

        Raises:
            ModelError: the file is missing, or not one that `save` wrote.
            ConfigError: the file has no such order.
        """
        try:
            with safe_open(path, "numpy") as file:
                metadata = file.metadata() or {}
                if metadata.get("format") != FORMAT:
                    raise ValueError(f"its format is not {FORMAT}")
                vocabulary = Vocabulary(tuple(json.loads(metadata["chars"])))
                names = file.keys()  # the file itself cannot be iterated over
                highest = sum(name.endswith(".discounts") for name in names)
                if order is not None and not 1 <= order <= highest:
                    raise ConfigError(
                        "order is {order}: {path} has 1 to {highest}",
                        order=order,
                        path=path,
                        highest=highest,
                    )
                levels = [
                    Level(**{f.name: file.get_tensor(f"{n}.{f.name}") for f in fields(Level)})
                    for n in range(order or highest)
                ]
            _check(levels, len(vocabulary))
            model = cls(levels, vocabulary)
            for keys in (model._context_keys, model._ngram_keys):
                if not (keys[1:] > keys[:-1]).all():
                    raise ValueError("it is not sorted")
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                "{path} is not an n-gram model ({error}): count it again", path=path, error=error
            ) from error
        return model


def _weights(levels: Sequence[Level]) -> tuple[Floats, Floats]:
    """`share` of each n-gram and `backoff` of each context; a last, absent one gives 0 and 1."""
    shares, backoffs = [], []
    for level in levels:
        kind = OCCURRENCES if level is levels[-1] else CONTINUATIONS
        counts, dropped = level.counts(kind)
        discounts = level.discounts[kind][np.minimum(counts, 3).astype(int) - 1]
        owners = np.repeat(np.arange(len(level.sizes)), level.sizes)
        total = _sums(owners, counts, len(dropped)) + dropped
        shares.append((counts - discounts) / total[owners])
        # All that a pruned n-gram had goes to the shorter context, as its discount did.
        backoffs.append((_sums(owners, discounts, len(dropped)) + dropped) / total)
    return np.concatenate([*shares, [0.0]]), np.concatenate([*backoffs, [1.0]])


def estimate_discounts(counts: Ints) -> Floats:
    """D1, D2, D3+ of n-grams with these counts (Chen and Goodman 1999, equation 26), shape (3,).

    With n_j the number of n-grams counted j times and Y = n_1 / (n_1 + 2 n_2),
    D_j = j - (j + 1) Y n_{j+1} / n_j; `FALLBACK_DISCOUNTS` where one has no value in (0, j].
    """
    n = np.bincount(np.minimum(counts, 5).astype(np.int64), minlength=6)[1:5].astype(float)
    if not n[:3].all():
        return np.array(FALLBACK_DISCOUNTS)
    j = np.arange(1, 4)
    discounts = j - (j + 1) * n[0] / (n[0] + 2 * n[1]) * n[1:] / n[:3]
    return discounts if (discounts > 0).all() else np.array(FALLBACK_DISCOUNTS)


@dataclass(frozen=True)
class _Counted:
    """All that was read at one level, before pruning; integers wide enough for keys."""

    parents: Ints  # (contexts,) index in the level before
    oldest: Ints  # (contexts,)
    owners: Ints  # (ngrams,) index of the context
    nexts: Ints  # (ngrams,)
    occurrences: Ints  # (ngrams,)


def _count(ids: Ids, order: int, vocab_size: int) -> list[_Counted]:
    """The contexts and n-grams of each length up to `order`; `ids` begins with the line break.

    Before the beginning there are unknown symbols. A context with one is counted, so that each
    n-gram is the sum of those that extend it and has something before it; `_prune` drops it.
    """
    key = key_type(len(ids) * vocab_size)
    padded = np.concatenate([np.zeros(order, key), ids.astype(key)])
    at = order + 1 + np.flatnonzero(ids[1:] != UNKNOWN)  # characters to predict
    context = np.zeros(len(at), key)  # of each character to predict
    parents = oldest = np.zeros(1, key)
    levels = []
    for length in range(order):
        if length:
            keys, ranks = np.unique(context * vocab_size + padded[at - length], return_inverse=True)
            parents, oldest, context = keys // vocab_size, keys % vocab_size, ranks.astype(key)
        ngrams, occurrences = np.unique(context * vocab_size + padded[at], return_counts=True)
        levels.append(
            _Counted(parents, oldest, ngrams // vocab_size, ngrams % vocab_size, occurrences)
        )
    return levels


def _continuations(level: _Counted, above: _Counted, vocab_size: int) -> Ints:
    """How many n-grams of `above` extend each of `level`: distinct characters before it."""
    extended = level.owners * vocab_size + level.nexts
    parts = above.parents[above.owners] * vocab_size + above.nexts
    return np.bincount(np.searchsorted(extended, parts), minlength=len(extended))


def _prune(counted: Sequence[_Counted], vocab_size: int, min_count: int) -> list[Level]:
    """Estimate the discounts, then drop rare n-grams and contexts with an unknown symbol.

    An n-gram occurs no more often than those it extends, so that what is kept is still a tree.
    """
    levels = []
    kept = known = np.ones(1, bool)  # the contexts kept of the level before; those allowed in this
    for length, level in enumerate(counted):
        continuations = level.occurrences[:0]
        if length + 1 < len(counted):
            continuations = _continuations(level, counted[length + 1], vocab_size)
        if length:
            known = kept[level.parents] & (level.oldest != UNKNOWN)
        ngrams = known[level.owners] & (level.occurrences >= (min_count if length else 1))
        levels.append(_kept_level(level, continuations, ngrams, kept))
        kept = np.bincount(level.owners[ngrams], minlength=len(level.oldest)) > 0
    return levels


def _kept_level(
    level: _Counted, continuations: Ints, ngrams: NDArray[np.bool_], parents: NDArray[np.bool_]
) -> Level:
    """What remains of a level.

    Args:
        level: all that was read.
        continuations: of all its n-grams, shape (ngrams,); empty in the last level.
        ngrams: which n-grams are kept, shape (ngrams,).
        parents: which contexts of the level before were kept.
    """
    sizes = np.bincount(level.owners[ngrams], minlength=len(level.oldest))
    kept = sizes > 0
    children = np.bincount(level.parents[kept], minlength=len(parents))
    lost = level.owners[~ngrams]

    def split(counts: Ints) -> tuple[Ints, Ints]:
        """The counts of kept n-grams, and what each kept context loses."""
        if not len(counts):
            return _narrow(counts), _narrow(counts)
        return _narrow(counts[ngrams]), _narrow(_sums(lost, counts[~ngrams], len(kept))[kept])

    kept_occurrences, dropped_occurrences = split(level.occurrences)
    kept_continuations, dropped_continuations = split(continuations)
    return Level(
        children=_narrow(children[parents]),
        oldest=_narrow(level.oldest[kept]),
        sizes=_narrow(sizes[kept]),
        nexts=_narrow(level.nexts[ngrams]),
        occurrences=kept_occurrences,
        continuations=kept_continuations,
        dropped_occurrences=dropped_occurrences,
        dropped_continuations=dropped_continuations,
        # From all the n-grams: pruning must not change what is kept.
        discounts=np.stack([estimate_discounts(c) for c in (level.occurrences, continuations)]),
    )


def _sums(owners: Ints, values: NDArray[Any], size: int) -> Floats:
    """Sum of the values of each owner, shape (size,)."""
    return np.asarray(np.bincount(owners, values, minlength=size), np.float64)


def _narrow(values: NDArray[Any]) -> Ints:
    """The same whole numbers in the narrowest unsigned type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def key_type(limit: int) -> type[np.uint32] | type[np.int64]:
    """The type of keys below `limit`; 32 bits halve the memory and quicken the search."""
    return np.uint32 if limit < 2**32 - 1 else np.int64


def _check(levels: Sequence[Level], vocab_size: int) -> None:
    """ValueError unless the parts of each level fit together."""
    contexts_before = 1
    for length, level in enumerate(levels):
        contexts, ngrams = len(level.oldest), len(level.nexts)
        last = length + 1 == len(levels)  # only occurrences are read from it
        parts = [getattr(level, field.name) for field in fields(Level) if field.name != "discounts"]
        if not (
            all(part.ndim == 1 and part.dtype.kind == "u" for part in parts)
            and len(level.children) == contexts_before
            and contexts == level.children.sum() == len(level.dropped_occurrences)
            and len(level.sizes) == contexts
            and ngrams == level.sizes.sum() == len(level.occurrences)
            and (last or ngrams == len(level.continuations))
            and (last or contexts == len(level.dropped_continuations))
            and level.discounts.shape == (2, 3)
            and max(level.oldest.max(initial=0), level.nexts.max(initial=0)) < vocab_size
            and min(level.sizes.min(initial=1), level.nexts.min(initial=1)) > 0
        ):
            raise ValueError(f"its contexts of {length} characters do not fit together")
        contexts_before = contexts
