"""The caches of the Reading page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import cached

if TYPE_CHECKING:
    from moliere_core.reading import Completion, Reading


@st.cache_data(show_spinner=False, max_entries=64)
def reading(reference: str, text: str) -> Reading:
    """A text as a model sees it; says how far it is when it takes more than a moment."""
    from dashboard.reading.view import progress
    from moliere_core.reading import read

    with progress() as told:
        return read(cached.model(reference), text, told)


@st.cache_data(show_spinner=False, max_entries=256)
def completion(reference: str, before: str, word: str) -> Completion:
    """How sure a model is of the rest of a word, letter after letter."""
    from moliere_core.reading import completion

    return completion(cached.model(reference), before, word)


@st.cache_data(show_spinner=False, max_entries=64)
def written(reference: str, prompt: str, seed: int, chars: int) -> str:
    """What a model writes after a prompt, as learned (temperature 1)."""
    from moliere_core.config import SamplingConfig
    from moliere_core.sampling import generate

    model = cached.model(reference)
    return prompt + generate(model, [prompt], [SamplingConfig(1.0)], [seed], chars)[0]
