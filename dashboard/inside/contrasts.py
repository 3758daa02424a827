"""Why this rather than that: the question, and what a model of any kind makes of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from dashboard.inside import models, transformers
from dashboard.shared import cached, following
from moliere_core.inspection import contrast
from moliere_core.inspection.contrast import Contrast
from moliere_core.inspection.transformer_trace import MOST_TOKENS
from moliere_core.models import references
from moliere_core.models.networks import TransformerModel
from moliere_core.networks.arrays import Array
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.networks.window import WindowedTransformer
from moliere_core.text.vocabulary import UNKNOWN


@dataclass(frozen=True)
class Question:
    """Why a text goes on with the first, rather than with the second.

    Attributes:
        context: the text so far, the line break before it included.
        first: what stands there.
        second: what might.
    """

    context: str
    first: str
    second: str


@dataclass(frozen=True)
class Answer:
    """What a model makes of a question.

    Attributes:
        start: place in the context of the first symbol that the model reads.
        pieces: what each symbol of the context writes, from there on.
        ends: what was compared: of tokens whole ones, which may begin in the context.
        found: how much each symbol speaks for the first end and against the second.
    """

    start: int
    pieces: tuple[str, ...]
    ends: tuple[str, str]
    found: Contrast


def explained(reference: str, asked: Question) -> Answer | None:
    """What each symbol of the context says for either; None, with a bar, until that is known.

    A transformer of characters reads the end of the context, as far as it sees.

    Raises:
        MoliereError: the model cannot read it.
    """
    if models.kind(reference) == "tokens":
        parts = asked.context[1:], asked.first, asked.second, *contrast.TOKENS
        told = transformers.told(following.asked(transformers.asked, "contrast", reference, *parts))
        if told is None or told.found is None:
            return None
        read = len("".join(told.tokens))
        first, second = ((asked.context + end)[read:] for end in (asked.first, asked.second))
        return Answer(0, told.tokens, (first, second), told.found)
    start = max(0, len(asked.context) + max(len(asked.first), len(asked.second)) - _seen(reference))
    seen = Question(asked.context[start:], asked.first, asked.second)
    return Answer(
        start, tuple(seen.context), (asked.first, asked.second), _contrast(reference, seen)
    )


def _seen(reference: str) -> int:
    """Characters that a model can read at once, and that can be looked into."""
    network = cached.model(reference).network
    if not isinstance(network, WindowedTransformer):
        return sys.maxsize
    return min(network.transformer.context_length, MOST_TOKENS)


@cached.computed(max_entries=64)
def _contrast(reference: str, asked: Question) -> cached.Task[Contrast]:
    model = cached.model(reference)
    network: RecurrentNetwork | TransformerNetwork = (
        model.network.transformer
        if isinstance(model, TransformerModel)
        else references.recurrent(model).network
    )
    read, *ends = map(model.vocabulary.encode, (asked.context, asked.first, asked.second))
    space = model.vocabulary.index.get(" ", UNKNOWN)
    return lambda told: contrast.contrast(network, read, ends[0], ends[1], space, progress=told)


def knows(reference: str, char: str) -> bool:
    """Whether a model can be asked why a character stands somewhere."""
    if models.kind(reference) == "tokens":
        return True
    return char in cached.model(reference).vocabulary.index


def rival(reference: str, context: str, first: str) -> str | None:
    """The character that a model expects the most, but `first`; None until it has answered.

    Raises:
        MoliereError: the model cannot read the context.
    """
    if models.kind(reference) == "tokens":
        alphabet = cached.model("petit").vocabulary.chars
        answer = transformers.told(
            following.asked(transformers.asked, "next_chars", reference, context[1:], alphabet)
        )
        if answer is None:
            return None
        chars, odds = answer.chars, answer.probs
    else:
        chars = cached.model(reference).vocabulary.chars
        odds = _next(reference, context)[UNKNOWN + 1 :]
    best = np.argsort(-odds, kind="stable")[:2]
    return next(chars[i] for i in best if chars[i] != first)


@cached.computed(max_entries=128)
def _next(reference: str, context: str) -> cached.Task[Array]:
    """Scores of the character after a context, shape (vocab_size,)."""
    model = cached.model(reference)
    return lambda _progress: model.start([context[1:]])[0][0]
