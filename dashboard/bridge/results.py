"""What the models of the Bridge page answer: asked once for all sessions that show the same."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from dashboard.shared import cached
from dashboard.shared.following import asked
from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate, next_distribution
from moliere_core.pretrained import (
    Attention,
    Card,
    Generation,
    NextChars,
    Piece,
    Request,
    recorded,
)
from moliere_core.pretrained.recorded import Voice
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise

T = TypeVar("T")
ALPHABET = "petit"  # the model whose alphabet all bars are over


@st.cache_data(show_spinner=False, ttl=5)
def offered() -> list[str]:
    """References of what can be put side by side: recurrent, counted, pretrained, recorded."""
    ours, tokens = [*cached.models(), "kn-8"], [entry.name for entry in pretrained.entries()]
    return list(dict.fromkeys([*ours, *tokens, *recorded.voices()]))


@st.cache_data(show_spinner=False, ttl=3, max_entries=64)
def card(reference: str) -> Card:
    """What a pretrained model is, and whether it is here."""
    return pretrained.card(reference)


@st.cache_resource(show_spinner=False, ttl=3, max_entries=64)
def voice(reference: str) -> Voice | None:
    """What was recorded of a model that cannot run on this machine; None of any other."""
    found = recorded.voices().get(reference)
    return None if found is None or pretrained.usable(reference) else found


@st.cache_resource(show_spinner=False, max_entries=8)
def char_model(reference: str) -> CharModel:
    """A model of characters, opened once for all sessions."""
    if re.fullmatch(r"kn-\d", reference):
        return load_model(reference)
    return cached.model(reference)


@st.cache_resource(show_spinner=False)
def alphabet() -> tuple[str, ...]:
    """The characters that all bars are over."""
    return char_model(ALPHABET).vocabulary.chars


@cached.computed(max_entries=128)
def written_by_characters(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> cached.Task[Generation]:
    """What a model of characters writes: each is a token."""
    model = char_model(reference)

    def write(told: Progress) -> Generation:
        began = time.perf_counter()
        [text] = generate(model, [prompt], [config], [seed], chars, told)
        seconds = time.perf_counter() - began
        tokens = tuple(map(Piece, normalise(prompt))), tuple(map(Piece, text))
        return Generation(*tokens, chars, seconds, "length")

    return write


@cached.computed(max_entries=512)
def expected_by_characters(reference: str, text: str) -> cached.Task[NextChars]:
    """What a model of characters expects next, over the common alphabet.

    What it can write beyond that alphabet is unknown.
    """
    model, common = char_model(reference), alphabet()

    def look(_told: Progress) -> NextChars:
        began = time.perf_counter()
        probs = next_distribution(model.start([text])[0][0], SamplingConfig()).astype(np.float64)
        known = dict(zip(model.vocabulary.chars, probs[1:], strict=True))
        shared = np.array([known.get(char, 0.0) for char in common])
        beyond = max(1.0 - float(shared.sum()), 0.0) if set(known) - set(common) else 0.0
        return NextChars(common, shared, beyond, seconds=time.perf_counter() - began)

    return look


@st.cache_resource(show_spinner=False, max_entries=128)
def written(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> Request[Generation]:
    """The text asked of a pretrained model."""
    return pretrained.generate(reference, prompt, config, seed, chars)


@st.cache_resource(show_spinner=False, max_entries=512)
def expected(reference: str, text: str) -> Request[NextChars]:
    """The next character asked of a pretrained model, over the common alphabet."""
    return pretrained.next_chars(reference, text, alphabet())


@st.cache_resource(show_spinner=False, max_entries=32)
def attention(reference: str, text: str) -> Request[Attention]:
    """Where each token of a text looks, asked of a pretrained model."""
    return pretrained.attention(reference, text)


def running(
    ask: Callable[..., Request[T]], references: Sequence[str], *arguments: Any
) -> dict[str, Request[T]]:
    """What the pretrained models that run here were asked, by reference; see `following.asked`.

    Args:
        ask: one of the three above.
        references: of models of any kind.
        arguments: what else is asked.
    """
    return {
        reference: asked(ask, reference, *arguments)
        for reference in references
        if pretrained.is_pretrained(reference) and voice(reference) is None
    }


def forget() -> None:
    """A model has come: what was said of it no longer holds."""
    for cache in (card, offered, voice, written, expected):
        cache.clear()
