"""The caches of the discussion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import cached

if TYPE_CHECKING:
    from concurrent.futures import Future

    from moliere_core.pairs import Pair
    from moliere_core.pretrained import Attention, Request


@st.cache_resource(show_spinner=False, max_entries=256)
def bits(reference: str, pair: Pair) -> Future[tuple[float, float]]:
    """The bits that a model gives to the two ends of a sentence, in the background."""
    from moliere_core import pairs

    return cached.background().submit(pairs.bits, reference, pair)


@st.cache_resource(show_spinner=False, max_entries=32)
def attention(reference: str, text: str) -> Request[Attention]:
    """Where each token of a text looks."""
    from moliere_core import pretrained

    return pretrained.attention(reference, text)
