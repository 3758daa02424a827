"""What a training begins with: which text it reads, and from which model it goes on."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, i18n, naming, sources, state, stored_runs, widgets
from dashboard.shared.i18n import _
from dashboard.training import controls, results
from moliere_core import pretrained
from moliere_core.corpus import MESSAGES


def is_gpt() -> bool:
    """Whether the model to go on from is one of tokens, which is specialised in its own way."""
    asked = state.foretold(controls.START_FROM)
    return pretrained.is_pretrained(asked) and asked in results.gpts()


def ask() -> tuple[str, str]:
    """Which text it reads, and from which model it goes on."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="training-beginning"):
        start, text = st.container(), st.container()
        sources.add()
    below = st.container()
    with start:
        initial = _initial()
    with text:
        return sources.select(below, (MESSAGES,)), initial


def _initial() -> str:
    """The model whose weights it starts from, "" for a network that knows nothing."""
    names = {row.reference: row.name for row in stored_runs.stored_runs()} | {"": _("zéro")}
    options = ["", *cached.models(), *results.gpts()]
    asked = state.foretold(controls.START_FROM)
    if asked not in options and cached.opens(asked):  # stored a moment ago
        options.append(asked)
    return controls.START_FROM.ask(options, lambda name: names.get(name, name))


def told(source: str, sizes: results.Sizes) -> None:
    """What it reads, and what is kept to measure."""
    held = (
        _("jugé sur {count} caractères de deux pièces qu’il ne lit pas")
        if sizes.held_out == "plays"
        else _("jugé sur le dernier dixième, {count} caractères qu’il ne lit pas")
    ).format(count=i18n.number(sizes.validation))
    st.caption(
        _("{corpus} : il lit {chars} caractères, {symbols} symboles ; {held}.").format(
            corpus=widgets.plain(naming.source(source)),
            chars=i18n.number(sizes.train),
            symbols=sizes.symbols,
            held=held,
        )
    )
