"""The caches of the Next character page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import cached

if TYPE_CHECKING:
    from dashboard.probabilities.choice import NextCharacter
    from moliere_core.config import SamplingConfig


@st.cache_data(show_spinner=False, max_entries=256)
def next_character(
    reference: str, prompt: str, chosen: str, config: SamplingConfig, seed: int, bars: int
) -> NextCharacter:
    """The distribution of the character after `prompt` and `chosen`."""
    from dashboard.probabilities.choice import next_character

    return next_character(cached.model(reference), prompt, chosen, config, seed, bars)
