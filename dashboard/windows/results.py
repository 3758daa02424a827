"""What the Windows page computes: windows, and what they are worth to a model."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import cached, stored_runs
from dashboard.shared.cached import material
from moliere_core.measures.openings import ContextWorth, Openings, context_worth, measure_openings
from moliere_core.text import windows

LONGEST = 150  # characters of context measured
MEASURED_CHARS = 30_000  # of the text held out: enough for two decimals
CUES, CUE_CHARS = 200, 40  # beginnings of cues that are scored


@st.cache_data(show_spinner=False, max_entries=32)
def coverage(source: str, length: int, shift: int, beginning: int) -> NDArray[np.int32]:
    """How many windows read each of the first characters of a text."""
    return windows.coverage(len(material(source).text), length, shift)[:beginning].copy()


@st.cache_data(show_spinner=False, max_entries=32)
def shuffled(count: int, needed: int) -> NDArray[np.int64]:
    """The first windows of the first epoch of a training with seed 0, as `shuffled_batches` has it.

    All the windows of a long text are a million and a half: a tenth of a second to shuffle.
    """
    return np.random.default_rng([0, 1]).permutation(count)[:needed].copy()


@cached.computed(max_entries=32)
def context(reference: str, source: str) -> cached.Task[ContextWorth]:
    """What each character more of context is worth, on the beginning of the text held out."""
    model, held = cached.recurrent(reference), material(source).held[:MEASURED_CHARS]
    return lambda told: context_worth(model, held, LONGEST, progress=told)


def judged_on_its_own_text(reference: str, source: str) -> bool:
    """Whether a model has learned from the very text that it is measured on."""
    return stored_runs.has_read(reference, material(source).held) is True


@cached.computed(max_entries=64)
def openings(reference: str, source: str, length: int) -> cached.Task[Openings]:
    """What beginnings of cues cost after spaces, and after a zero state."""
    found = [cue[:CUE_CHARS] for cue in material(source).held_cues if len(cue) >= CUE_CHARS]
    every = max(len(found) // CUES, 1)
    model, beginnings = cached.recurrent(reference), found[::every][:CUES]
    return lambda told: measure_openings(model, beginnings, length, told)
