"""What a transformer computes over a text: the same face for one of characters and one of tokens.

One of characters is read by this server's engine, in turns; one of tokens lives in the worker of
the pretrained models. Both answer with an `Inside`: the symbols of the text, and what was found.
"""

from __future__ import annotations

from typing import Any, TypeVar

import streamlit as st

from dashboard.inside import models
from dashboard.shared import cached, following
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.inspection import attention_step, logit_lens, transformer_trace
from moliere_core.inspection.attention_step import AttentionStep
from moliere_core.inspection.logit_lens import LayerGuesses, NextByLayer
from moliere_core.inspection.transformer_trace import MOST_TOKENS, TransformerTrace
from moliere_core.inspection.vectors import TokenVectors, token_vectors
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.pretrained import Attention, Inside, Request
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN

T = TypeVar("T")
PATIENCE = 0.4  # seconds that a page waits for the worker before it says what it waits for


def gaze(reference: str, text: str) -> Attention | None:
    """Where each symbol of a text looks; None, with a bar on the page, until that is known."""
    if models.kind(reference) == "tokens":
        return told(following.asked(asked, "attention", reference, text))
    return Attention(tuple(context(reference, text)), traced(reference, text).weights)


def guesses(reference: str, text: str, position: int, count: int) -> Inside[LayerGuesses] | None:
    """What each layer would say after one symbol; None, with a bar, until that is known."""
    if models.kind(reference) == "tokens":
        return told(following.asked(asked, "guesses", reference, text, position, count))
    model, seen = models.transformer(reference), traced(reference, text)
    network = model.network.transformer
    found = logit_lens.guesses(network, seen, position, count, never=[UNKNOWN])
    named = {int(i): model.vocabulary.decode([int(i)]) for i in found.symbols.ravel()}
    return Inside(tuple(context(reference, text)), found, named)


def next_by_layer(reference: str, text: str) -> Inside[NextByLayer] | None:
    """What each layer gives to each symbol of a text; None, with a bar, until that is known."""
    if models.kind(reference) == "tokens":
        return told(following.asked(asked, "next_by_layer", reference, text))
    network = models.transformer(reference).network.transformer
    found = logit_lens.next_by_layer(network, traced(reference, text), never=[UNKNOWN])
    return Inside(tuple(context(reference, text)), found)


def step(
    reference: str, text: str, position: int, layer: int, head: int
) -> Inside[AttentionStep] | None:
    """One step of one head, all counted from 0; None, with a bar, until it is known."""
    if models.kind(reference) == "tokens":
        return told(
            following.asked(asked, "attention_step", reference, text, position, layer, head)
        )
    network = models.transformer(reference).network.transformer
    found = attention_step.spell_out(network, traced(reference, text), position, layer, head)
    return Inside(tuple(context(reference, text)), found)


def vectors(reference: str, text: str, count: int) -> Inside[TokenVectors] | None:
    """The embedding of a model's symbols, and its positions; None, with a bar, until known.

    Of characters all that it knows; of tokens those of the text.
    """
    if models.kind(reference) == "tokens":
        return told(following.asked(asked, "vectors", reference, text, count))
    chars = models.transformer(reference).vocabulary.chars
    named = {number: char for number, char in enumerate(chars, start=UNKNOWN + 1)}
    return Inside(tuple(context(reference, text)), _alphabet(reference, count), named)


@cached.computed(max_entries=4)
def _alphabet(reference: str, count: int) -> cached.Task[TokenVectors]:
    network = models.transformer(reference).network.transformer
    symbols = range(UNKNOWN + 1, network.vocab_size)
    return lambda _progress: token_vectors(
        network.tokens, network.positions, symbols, count, (UNKNOWN,)
    )


def context(reference: str, text: str) -> str:
    """The line break and the beginning of a text, as far as a transformer of characters sees."""
    network = models.transformer(reference).network.transformer
    limit = min(network.context_length, MOST_TOKENS)
    return (CONTEXT_START + normalise(text))[:limit]


@cached.computed(max_entries=16)
def traced(reference: str, text: str) -> cached.Task[TransformerTrace]:
    """All that a transformer of characters computes over the context of a text."""
    model, read = models.transformer(reference), context(reference, text)
    ids = model.vocabulary.encode(read)
    return lambda _progress: transformer_trace.read(model.network.transformer, ids)


@st.cache_resource(show_spinner=False, max_entries=128)
def asked(operation: str, *arguments: Any) -> Request[Any]:
    """What was asked of the worker: a function of `pretrained`, by its name."""
    request: Request[Any] = getattr(pretrained, operation)(*arguments)
    return request


def told(request: Request[T]) -> T | None:
    """The answer; None, with its progress on the page, as long as it is not there.

    Raises:
        ModelError: there is none.
    """
    if request.wait(PATIENCE):
        return request.result()
    following.bar(request, _("Le modèle calcule : {share}"))
    return None
