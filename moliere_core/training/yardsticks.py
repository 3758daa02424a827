"""What a training is measured against: chance, n-grams, a constant guess; and what it has read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from moliere_core.config import RunConfig
from moliere_core.corpus import Corpus, Split, split
from moliere_core.errors import MoliereError, RunError
from moliere_core.models.evaluation import score
from moliere_core.models.ngrams import NGramModel
from moliere_core.models.references import NGRAMS, snapshot_model
from moliere_core.runs.run import Run
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise
from moliere_core.training.jobs import corpora

ORDERS = (3, 8)
UNTRAINED_CHARS = 2_000  # scored before the first update: enough for two decimals
PROBES, PROBE_CHARS = 8, 60  # passages looked for in a training text


@dataclass(frozen=True)
class Yardsticks:
    """Horizontal references, in nats per character on the text that the run holds out.

    Attributes:
        chance: every symbol equally probable, the unknown one included: a softmax has a place for
            it, and a loss begins there. The axis counts what can be drawn alone (`measures.axis`).
        ngrams: (order, nats) of Kneser-Ney models; empty where the run's texts are not at hand.
        shipped: whether those are the shipped n-grams, counted on 28 of Molière's plays, rather
            than counted on the run's own training text.
        spaces: share of the held-out text that is a space, or None.
        untrained: loss of the weights before the first update, on the beginning of that text.
    """

    chance: float
    ngrams: tuple[tuple[int, float], ...] = ()
    shipped: bool = False
    spaces: float | None = None
    untrained: float | None = None


def measure(run: Run, known: Iterable[Corpus] = (), progress: Progress | None = None) -> Yardsticks:
    """The references of a run.

    The shipped n-grams are scored where the run holds out the very plays that they have not read;
    anywhere else they are counted on what the run itself reads.

    Args:
        run: as far as it has come.
        known: corpora to look into besides those kept for jobs.
        progress: told the share done of each of the texts that it scores.
    """
    chance = math.log(len(run.vocabulary))
    texts = texts_of(run, known)
    if texts is None:
        return Yardsticks(chance)
    held = normalise(texts.validation_text)
    spaces = held.count(" ") / len(held)
    shipped = texts.held_out == "plays" and run.config.validation == RunConfig().validation
    if shipped:
        largest = NGramModel.load(NGRAMS)
    else:
        largest = NGramModel.train(normalise(texts.train_text), max(ORDERS), run.vocabulary)
    found = [
        (n, score(largest.truncated(n), held, progress).bits_per_char * math.log(2)) for n in ORDERS
    ]
    return Yardsticks(chance, tuple(found), shipped, spaces, _untrained(run, held, progress))


def _untrained(run: Run, held: str, progress: Progress | None) -> float | None:
    """Nats per character of a run's weights before its first update; None without them."""
    try:
        model = snapshot_model(run, run.snapshot(0))
    except RunError:
        return None
    return score(model, held[:UNTRAINED_CHARS], progress).bits_per_char * math.log(2)


def texts_of(run: Run, known: Iterable[Corpus] = ()) -> Split | None:
    """What a run reads and holds out; None where its corpus is not at hand."""
    digest, config = str(run.corpus.get("digest", "")), run.config
    corpus = next((c for c in known if c.digest == digest), None)
    try:
        corpus = corpus or corpora.load(digest)
        return split(corpus, config.plays, config.validation, config.training.speakers)
    except MoliereError:
        return None


def has_read(run: Run, text: str, known: Iterable[Corpus] = ()) -> bool | None:
    """Whether passages of `text` are in a run's training text; None where nobody can tell."""
    texts = texts_of(run, known)
    if texts is None:
        return None
    read, text = normalise(texts.train_text), normalise(text)
    size = min(PROBE_CHARS, len(text))
    gap = max((len(text) - size) // (PROBES - 1), 1)
    return any(text[i : i + size] in read for i in range(0, len(text) - size + 1, gap))
