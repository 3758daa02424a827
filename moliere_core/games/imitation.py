"""Passages of a play and of models, of one length and cut alike, for a class to tell apart.

The question is Turing's (Mind, 1950): can one be taken for the other? For that nothing but the text
may give it away. Every passage begins a line, ends with the last letter of a word and has exactly
as many characters as all others; how many are real is itself drawn, so that counting does not help.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from moliere_core.errors import CorpusError
from moliere_core.text.normalise import normalise

PASSAGES = 10
FEWEST_REAL, MOST_REAL = 4, 6
PIECES = 4  # passages long is a text that a model writes: it often has one to cut
ATTEMPTS = 20

# What a model has written: of a reference, at a temperature, from a seed, so many characters.
Write = Callable[[str, float, int, int], str]


@dataclass(frozen=True)
class Author:
    """Who wrote a passage.

    Attributes:
        model: its reference; "" for the play.
        temperature: at which the model wrote; 0.0 for the play.
    """

    model: str = ""
    temperature: float = 0.0

    @property
    def real(self) -> bool:
        """Whether no model did."""
        return not self.model


PLAY = Author()


@dataclass(frozen=True)
class Passage:
    """A passage to be judged.

    Attributes:
        text: all that the class is shown.
        author: what it is not.
    """

    text: str
    author: Author

    @property
    def key(self) -> str:
        """Its name among others; made of its text alone, it says nothing of the author."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Verdict:
    """What a class has said of a passage.

    Attributes:
        author: who wrote it.
        real, machine: votes for either.
    """

    author: Author
    real: int
    machine: int

    @property
    def votes(self) -> int:
        """How many have voted."""
        return self.real + self.machine

    @property
    def right(self) -> int:
        """How many were right."""
        return self.real if self.author.real else self.machine


@dataclass(frozen=True)
class Score:
    """Some verdicts together.

    Attributes:
        passages: how many there are.
        votes: on all of them.
        real: those that took them for the play.
        right: those that were right.
    """

    passages: int
    votes: int
    real: int
    right: int

    @property
    def taken_for_real(self) -> float:
        """Share of the votes that took them for the play; NaN without a vote."""
        return self.real / self.votes if self.votes else math.nan

    @property
    def share_right(self) -> float:
        """Share of the votes that were right; NaN without one."""
        return self.right / self.votes if self.votes else math.nan


def starts(text: str, chars: int) -> list[int]:
    """Where passages of a normalised text may begin: at a line, so that they end with a word."""
    lines = (at for at in range(len(text) - chars) if at == 0 or text[at - 1] == "\n")
    return [
        at
        for at in lines
        if text[at].isalpha()
        and text[at + chars - 1].isalpha()
        and not text[at + chars].isalpha()
        and text[at + chars] not in "'’-"
    ]


def passages(
    play: str,
    authors: Sequence[Author],
    chars: int,
    seed: int,
    write: Write,
) -> list[Passage]:
    """Ten passages in an order that is drawn; the same for the same arguments.

    Args:
        play: a text that the models have not read.
        authors: models and temperatures, which take turns.
        chars: of every passage.
        seed: of the draws.
        write: asks a model for a text.

    Raises:
        CorpusError: the play is too short, or a model writes nothing that could be cut alike.
    """
    rng = np.random.default_rng(seed)
    real = int(rng.integers(FEWEST_REAL, MOST_REAL, endpoint=True))
    text = normalise(play)
    found = [Passage(text[at : at + chars], PLAY) for at in _apart(text, chars, real, rng)]
    turns = [authors[i] for i in rng.permutation(len(authors))]
    for number, author in zip(range(PASSAGES - real), itertools.cycle(turns), strict=False):
        found.append(Passage(_written(author, chars, seed + 1000 * number, rng, write), author))
    return [found[i] for i in rng.permutation(PASSAGES)]


def _apart(text: str, chars: int, count: int, rng: np.random.Generator) -> list[int]:
    """Places of passages that do not overlap."""
    chosen: list[int] = []
    for at in rng.permutation(starts(text, chars)).tolist():
        if all(abs(at - other) >= chars for other in chosen):
            chosen.append(at)
        if len(chosen) == count:
            return chosen
    raise CorpusError(
        "this text has no {count} passages of {chars} characters: choose a longer one",
        count=count,
        chars=chars,
    )


def _written(author: Author, chars: int, seed: int, rng: np.random.Generator, write: Write) -> str:
    """A passage of a model."""
    for attempt in range(ATTEMPTS):
        text = write(author.model, author.temperature, seed + attempt, PIECES * chars)
        if places := starts(text, chars):
            at = int(rng.choice(places))
            return text[at : at + chars]
    raise CorpusError(
        "{model} writes no line to cut a passage from: choose another model or temperature",
        model=author.model,
    )


def score(verdicts: Sequence[Verdict]) -> Score:
    """Verdicts, added up."""
    return Score(
        len(verdicts),
        sum(v.votes for v in verdicts),
        sum(v.real for v in verdicts),
        sum(v.right for v in verdicts),
    )


def majority(verdicts: Sequence[Verdict]) -> int:
    """On how many passages more than half of the votes were right."""
    return sum(2 * v.right > v.votes for v in verdicts)


def chance_of_as_many(right: int, passages: int) -> float:
    """How likely coins get as many passages right, or more: a one-sided sign test.

    Of passages, not of votes: pupils who read the same text are not independent.
    """
    return sum(math.comb(passages, k) for k in range(right, passages + 1)) / 2**passages
