"""The names of a model's heads: those that are there, and those that are being found.

A transformer of characters is measured as soon as somebody looks at it, in this server and in
turns: that takes seconds. One of tokens is measured when somebody asks, by the process of the
pretrained models, which serves everybody else in between; the file that it leaves is what counts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.inside import models, results
from dashboard.shared import cached
from moliere_core import pretrained
from moliere_core.errors import ModelError
from moliere_core.inspection.heads import HEADS, HeadTable
from moliere_core.inspection.transformer_trace import MOST_TOKENS
from moliere_core.measures import head_names
from moliere_core.measures.head_names import Passages
from moliere_core.pretrained import Request
from moliere_core.system.progress import Progress
from moliere_core.system.storage import file_state
from moliere_core.system.work import Work
from moliere_core.training.specialise import estimate

one_click = threading.Lock()  # of two at once, the second finds what the first has begun


@dataclass(frozen=True)
class Offer:
    """What it takes to name the heads of a model of tokens.

    Attributes:
        source: identifier of the corpus.
        passages: of it.
        seconds: about, of a core of this machine.
    """

    source: str
    passages: Passages
    seconds: float


def named(reference: str) -> Work[HeadTable | None]:
    """What the heads of a model do, or the work that finds it; None where nobody has measured."""
    if models.kind(reference) == "characters":
        return _of_characters(reference)
    asked = begun(reference)
    if asked is not None and not asked.done():
        return asked
    weights = head_names.identity(reference)
    table = head_names.shipped(reference, weights)
    if table is None:
        folder = head_names.folder(weights, cached.corpus(results.watched()))
        table = _kept(weights, folder, file_state(folder / HEADS))
    return Work.of(table)


def begun(reference: str) -> Request[HeadTable | None] | None:
    """The request by which somebody has had a model's heads named; None where nobody has."""
    return _begun().get(reference)


def begin(reference: str, offer: Offer) -> None:
    """Inside a click: have the heads of a model of tokens named, once for all sessions."""
    corpus = cached.corpus(offer.source)
    with one_click:
        if (asked := begun(reference)) is None or asked.done():
            request = head_names.name_tokens(reference, offer.passages, corpus, offer.source)
            _begun()[reference] = request


@cached.computed(max_entries=8)
def offer(reference: str) -> cached.Task[Offer]:
    """What it would take, from a block of the model's width that is timed here."""
    source = results.watched()
    corpus, card = cached.corpus(source), pretrained.card(reference)

    def count(_told: Progress) -> Offer:
        passages = head_names.of_tokens(corpus)
        tokens = passages.count * min(MOST_TOKENS, card.context_used)
        a_block = estimate.measured(estimate.width_of(card)).forward
        return Offer(source, passages, tokens * card.layers * a_block)

    return count


@st.cache_resource(show_spinner=False)
def _begun() -> dict[str, Request[HeadTable | None]]:
    return {}


@st.cache_resource(show_spinner=False, max_entries=32)
def _kept(weights: str, folder: Path, state: object) -> HeadTable | None:
    return head_names.kept(weights, folder)


@st.cache_resource(show_spinner=False, max_entries=32)
def _of_characters(reference: str) -> Work[HeadTable | None]:
    model, source = models.transformer(reference), results.watched()
    weights, corpus = head_names.identity(reference, model), cached.corpus(source)
    folder = head_names.folder(weights, corpus)
    table = head_names.shipped(reference, weights) or head_names.kept(weights, folder)
    if table is not None:
        return Work.of(table)

    def look(told: Progress) -> HeadTable | None:
        try:
            return head_names.name_characters(model, corpus, source, told)
        except ModelError:  # too little text for what it reads at once
            return None

    return results.worker().begin(look)
