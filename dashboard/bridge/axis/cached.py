"""The caches of the one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.server.background import Background
from dashboard.shared import cached, following

if TYPE_CHECKING:
    from dashboard.bridge.axis.measuring import Measuring


@st.cache_resource(show_spinner=False)
def _worker() -> Background:
    """Measures wait for each other, and for the bridge worker."""
    return Background("moliere-axis")


def measuring(text: str, references: tuple[str, ...], public: bool) -> Measuring:
    """The measure of some models on a text, begun in the background the first time.

    And again where a model could not be measured, a while ago; what could is stored.
    """
    return following.asked(_begun, text, references, public)


@st.cache_resource(show_spinner=False, max_entries=32)
def _begun(text: str, references: tuple[str, ...], public: bool) -> Measuring:
    from dashboard.bridge.axis.measuring import Measuring

    found = Measuring(text, references, training_text(), shipped_train_chars(), public)
    _worker().begin(found.run, found)
    return found


@st.cache_data(show_spinner=False, max_entries=1)
def training_text() -> str | None:
    """What the shipped models learned from, where a corpus of this server holds it."""
    from moliere_core.measures import axis

    found = (axis.training_text(corpus) for corpus in cached.known_corpora())
    return next((text for text in found if text is not None), None)


def shipped_train_chars() -> int:
    """How many characters the shipped models learned from."""
    from moliere_core.measures import axis

    return axis.shipped().points["verse"][axis.UNIFORM].train_chars or 0


@st.cache_data(show_spinner=False, max_entries=4)
def play_text(slug: str) -> str | None:
    """A held-out play, where a corpus of this server has it."""
    from moliere_core.text.normalise import normalise

    for corpus in cached.known_corpora():
        if slug in corpus.plays:
            return normalise(corpus.select([slug]).text())
    return None
