"""The caches of the discussion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import cached

if TYPE_CHECKING:
    from concurrent.futures import Future

    from moliere_core.pretrained import Attention, Request


@st.cache_resource(show_spinner=False, max_entries=256)
def margins(reference: str, names: tuple[str, ...]) -> Future[dict[str, float]]:
    """The margins of a model on some sentences, in bits by name, measured in the background."""
    from moliere_core import pairs

    wanted = [pair for pair in pairs.PAIRS if pair.name in names]
    return cached.background().submit(pairs.measure, reference, wanted)


@st.cache_resource(show_spinner=False, max_entries=32)
def attention(reference: str, text: str) -> Request[Attention]:
    """Where each token of a text looks."""
    from moliere_core import pretrained

    return pretrained.attention(reference, text)
