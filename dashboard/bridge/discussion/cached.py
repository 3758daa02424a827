"""The caches of the discussion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.shared import cached, following

if TYPE_CHECKING:
    from moliere_core.pretrained import Attention, Request
    from moliere_core.system.work import Work


def margins(reference: str, names: tuple[str, ...]) -> Work[dict[str, float]]:
    """The margins of a model on some sentences, in bits by name, measured in the background.

    Measured again where that failed a while ago: the worker may have had no memory then.
    """
    return following.asked(_measuring, reference, names)


@st.cache_resource(show_spinner=False, max_entries=256)
def _measuring(reference: str, names: tuple[str, ...]) -> Work[dict[str, float]]:
    from moliere_core.measures import pairs

    wanted = [pair for pair in pairs.PAIRS if pair.name in names]
    return cached.background().begin(lambda _told: pairs.measure(reference, wanted))


@st.cache_resource(show_spinner=False, max_entries=32)
def attention(reference: str, text: str) -> Request[Attention]:
    """Where each token of a text looks."""
    from moliere_core import pretrained

    return pretrained.attention(reference, text)
