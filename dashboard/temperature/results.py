"""Texts side by side: where they part, where they go round in circles, how much they hesitate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.errors import MoliereError
from moliere_core.judging.judgement import Judgement, judge
from moliere_core.judging.sources import sources
from moliere_core.models.protocol import CharModel
from moliere_core.models.sampling import Writer, next_distribution, write_with_logits
from moliere_core.networks.arrays import Array
from moliere_core.system.progress import Progress

LOOP_CHARS = 30  # a loop is a cycle that comes round LOOP_ROUNDS times over at least this length
LOOP_ROUNDS = 3


@dataclass(frozen=True)
class Column:
    """One text of a comparison.

    Attributes:
        text: what was written.
        differs_at: where it first differs from the text on its left; None for the first, or
            where they do not differ.
        loop: where a cycle that repeats begins and ends, or None.
        hesitation: 2 to the mean entropy in bits of the distributions drawn from: the model
            hesitated as between so many equally probable characters.
    """

    text: str
    differs_at: int | None
    loop: tuple[int, int] | None
    hesitation: float


@cached.computed(max_entries=64)
def columns(
    reference: str,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
) -> cached.Task[list[Column]]:
    """The texts of a comparison, kept for all who compare the same; see `compare`."""
    model = cached.model(reference)
    return lambda progress: compare(model, prompts, configs, seed, chars, progress)


@cached.computed(max_entries=64)
def judged(reference: str, texts: Sequence[str]) -> cached.Task[list[Judgement] | MoliereError]:
    """What each text is worth; an error where nobody knows what the model has read."""
    known = cached.known_corpora()

    def task(progress: Progress) -> list[Judgement] | MoliereError:
        try:
            read = sources(reference, known)
        except MoliereError as error:
            return error
        found = []
        for done, text in enumerate(texts, 1):
            found.append(judge(_whole_words(text), read))
            progress(done / len(texts))
        return found

    return task


def _whole_words(text: str) -> str:
    """A text that stops anywhere, less the word that it stops in."""
    cut = max(text.rfind(" "), text.rfind("\n"))
    return text[:cut] if cut > 0 else text


def compare(
    model: CharModel,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
    progress: Progress | None = None,
) -> list[Column]:
    """Write side by side with the same draws; prompts and configs run in parallel."""
    writer = Writer(model, prompts, configs, [seed] * len(prompts))
    logits, ids = write_with_logits(writer, chars, progress)
    texts = [model.vocabulary.decode(column) for column in ids.T]
    found = []
    for i, (text, config) in enumerate(zip(texts, configs, strict=True)):
        differs_at = first_difference(texts[i - 1], text) if i else None
        probs = next_distribution(logits[:, i], config)
        found.append(Column(text, differs_at, find_loop(text), mean_hesitation(probs)))
    return found


def first_difference(left: str, right: str) -> int | None:
    """Index of the first character at which two texts differ, None if they do not."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((i for i, (a, b) in pairs if a != b), None)


def find_loop(text: str) -> tuple[int, int] | None:
    """Bounds of the longest passage that repeats one cycle, or None.

    The cycle comes round at least LOOP_ROUNDS times, over LOOP_CHARS characters or more.
    """
    codes = np.array([ord(char) for char in text])
    best: tuple[int, int] | None = None
    for period in range(1, len(text) // LOOP_ROUNDS + 1):
        same = np.concatenate([[False], codes[:-period] == codes[period:], [False]])
        edges = np.flatnonzero(same[1:] != same[:-1])
        starts, stops = edges[::2], edges[1::2] + period
        if not len(starts):
            continue
        longest = int((stops - starts).argmax())
        start, stop = int(starts[longest]), int(stops[longest])
        if stop - start >= max(LOOP_CHARS, LOOP_ROUNDS * period) and (
            best is None or stop - start > best[1] - best[0]
        ):
            best = start, stop
    return best


def mean_hesitation(probs: Array) -> float:
    """2 to the mean entropy in bits, of distributions of shape (steps, vocab_size)."""
    logs = np.log2(np.where(probs > 0, probs, 1))
    return float(2 ** -(probs * logs).sum(axis=-1).mean())
