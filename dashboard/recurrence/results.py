"""What the Recurrence page computes, in the background, once for all sessions."""

from __future__ import annotations

import streamlit as st

from dashboard.server.background import Background
from dashboard.shared import cached
from moliere_core.measures import context_cost, name_recall
from moliere_core.measures.context_cost import ContextCost
from moliere_core.measures.ends import end_bits_of
from moliere_core.measures.name_recall import NameRecall
from moliere_core.models.networks import TransformerModel
from moliere_core.system.work import Work

LSTM, TRANSFORMER = "petit", "petit-gpt"  # as large as each other, over one alphabet


@st.cache_resource(show_spinner=False)
def _worker() -> Background:
    """One thread: a figure that is measured beside another one is no figure."""
    return Background("moliere-recurrence")


@st.cache_resource(show_spinner=False, max_entries=16)
def recall(reference: str) -> Work[list[NameRecall]]:
    """What the names cost a model: recorded, or being measured here."""
    if (known := name_recall.recorded().get(reference)) is not None:
        return Work.of(known)
    bits = end_bits_of(cached.model(reference))
    return _worker().begin(lambda told: name_recall.name_recall(bits, progress=told))


@st.cache_resource(show_spinner=False)
def costs() -> Work[list[ContextCost]]:
    """What a step costs on this machine, the first time that somebody asks."""
    lstm, gpt = cached.recurrent(LSTM).network, cached.model(TRANSFORMER)
    assert isinstance(gpt, TransformerModel)
    network = gpt.network.transformer
    return _worker().begin(lambda told: context_cost.context_cost(lstm, network, progress=told))


def measure_again() -> None:
    """Inside a click: forget what a step cost."""
    costs.clear()
