"""The models that can be looked into: those with cells, transformers of characters or tokens."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard.shared import cached, fields, missing, state
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.errors import MoliereError
from moliere_core.models import references
from moliere_core.models.networks import TransformerModel
from moliere_core.pretrained import catalogue

Kind = Literal["cells", "characters", "tokens"]


@st.cache_data(show_spinner=False, ttl=5)
def offered() -> list[str]:
    """References of the networks that can be looked into; looked up again every five seconds."""
    ours = [
        entry.name
        for entry in references.list_models()
        if entry.available and entry.kind != "ngram" and not entry.experiment
    ]
    return [*ours, *(entry.name for entry in pretrained.entries() if opens(entry.name))]


def opens(reference: str) -> bool:
    """Whether a reference names a network that can be looked into."""
    try:
        if pretrained.is_pretrained(reference):
            path = catalogue.folder(reference)
            return pretrained.usable(reference) and not (path and catalogue.needs_torch(path))
        cached.open_run(reference)
    except MoliereError:
        return False
    return True


def asked() -> str:
    """What the address asks for, before `choose`: the default instead of one that is not there."""
    found = state.restore(fields.MODEL)
    if found not in offered() and not opens(found):
        state.change(fields.MODEL, fields.MODEL.default)
        missing.note(fields.MODEL, _("Modèle"), found, fields.MODEL.default)
        return fields.MODEL.default
    return found


def choose(asked: str) -> str:
    """The model that is looked into, in the place of the one of the other pages."""
    options = list(dict.fromkeys([*offered(), asked]))
    chosen = st.selectbox(_("Modèle"), options, key=fields.MODEL.key)
    return state.keep(fields.MODEL, str(chosen))


def kind(reference: str) -> Kind:
    """What there is to look at: cells, or the heads of a transformer, and what it reads."""
    if pretrained.is_pretrained(reference):
        return "tokens"
    run, _snapshot = cached.open_run(reference)
    return "characters" if run.config.model.is_transformer else "cells"


@st.cache_resource(show_spinner=False, max_entries=4)
def transformer(reference: str) -> TransformerModel:
    """A transformer over characters, opened once for all sessions."""
    run, snapshot = cached.open_run(reference)
    model = references.snapshot_model(run, run.snapshot(snapshot), reference)
    assert isinstance(model, TransformerModel)
    return model
