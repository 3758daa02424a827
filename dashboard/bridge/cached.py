"""The caches of the Bridge page: what was asked once serves every session that shows the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from dashboard.shared import cached
from dashboard.shared.following import asked

if TYPE_CHECKING:
    from moliere_core.config import SamplingConfig
    from moliere_core.models.protocol import CharModel
    from moliere_core.pretrained import Card, Generation, NextChars, Request
    from moliere_core.pretrained.recorded import Voice

T = TypeVar("T")
ALPHABET = "petit"  # the model whose alphabet all bars are over


@st.cache_data(show_spinner=False, ttl=5)
def offered() -> list[str]:
    """References of what can be put side by side: recurrent, counted, pretrained, recorded."""
    from moliere_core import pretrained
    from moliere_core.pretrained import recorded

    ours, tokens = [*cached.models(), "kn-8"], [entry.name for entry in pretrained.entries()]
    return list(dict.fromkeys([*ours, *tokens, *recorded.voices()]))


@st.cache_data(show_spinner=False, ttl=3, max_entries=64)
def card(reference: str) -> Card:
    """What a pretrained model is, and whether it is here."""
    from moliere_core import pretrained

    return pretrained.card(reference)


@st.cache_resource(show_spinner=False, ttl=3, max_entries=64)
def voice(reference: str) -> Voice | None:
    """What was recorded of a model that cannot run on this machine; None of any other."""
    from moliere_core import pretrained
    from moliere_core.pretrained import recorded

    found = recorded.voices().get(reference)
    return None if found is None or pretrained.usable(reference) else found


@st.cache_resource(show_spinner=False, max_entries=8)
def char_model(reference: str) -> CharModel:
    """A model of characters, opened once for all sessions."""
    from moliere_core.models.references import load_model

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
    """What a model of characters writes."""
    from dashboard.bridge.characters import write

    model = char_model(reference)
    return lambda told: write(model, prompt, config, seed, chars, told)


@cached.computed(max_entries=512)
def next_by_characters(reference: str, text: str) -> cached.Task[NextChars]:
    """What a model of characters expects next, over the common alphabet."""
    from dashboard.bridge.characters import following

    model, common = char_model(reference), alphabet()
    return lambda _told: following(model, text, common)


@st.cache_resource(show_spinner=False, max_entries=128)
def written(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> Request[Generation]:
    """The text asked of a pretrained model."""
    from moliere_core import pretrained

    return pretrained.generate(reference, prompt, config, seed, chars)


@st.cache_resource(show_spinner=False, max_entries=512)
def following(reference: str, text: str) -> Request[NextChars]:
    """The next character asked of a pretrained model, over the common alphabet."""
    from moliere_core import pretrained

    return pretrained.next_chars(reference, text, alphabet())


def running(
    ask: Callable[..., Request[T]], references: Sequence[str], *arguments: Any
) -> dict[str, Request[T]]:
    """What the pretrained models that run here were asked, by reference; see `following.asked`.

    Args:
        ask: one of the two above.
        references: of models of any kind.
        arguments: what else is asked.
    """
    from moliere_core import pretrained

    return {
        reference: asked(ask, reference, *arguments)
        for reference in references
        if pretrained.is_pretrained(reference) and voice(reference) is None
    }


def forget() -> None:
    """A model has come: what was said of it no longer holds."""
    for cache in (card, offered, voice, written, following):
        cache.clear()
