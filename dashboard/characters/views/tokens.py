"""Characters against byte-pair tokens, on one sentence and on the whole corpus."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.characters import controls, results
from dashboard.shared import components, i18n, tokens, widgets
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError

MOST_CHIPS = 14


def show(sentence: str, source: str) -> None:
    """The same sentence in characters, in our tokens and in those of every model on disk."""
    merges = controls.MERGES.ask()
    on_disk = tokens.tokenizers()
    rows, waiting = [_characters(sentence)], []
    for reference in on_disk:
        try:
            with st.spinner(_("Je découpe tout le corpus en tokens…")):
                average = results.chars_per_token(reference, source)
            found = tokens.row(reference, sentence, merges, average)
        except MoliereError as error:  # a download that was cut short: the others are shown
            widgets.problem(error)
        else:
            rows += [found] if found else []
            waiting += [] if found else [(reference, sentence)]
    components.characters(payload(rows, merges), "characters.tokens", pick=lambda: None)
    tokens.wait(waiting)
    tokens.say_what_is_missing(on_disk)


def payload(rows: list[dict[str, Any]], merges: int) -> dict[str, Any]:
    """Rows of segments, then what the merges have learned: see characters.js."""
    learned = tokens.tokenizer().learned[:merges]
    words = [data.decode(errors="replace") for data in learned]
    longest = sorted(words, key=lambda word: -len(word))
    chips = [
        {"title": _("Les premières fusions apprises"), "items": words[:MOST_CHIPS]},
        {"title": _("Les plus longs tokens"), "items": longest[: MOST_CHIPS - 4]},
    ]
    return {"view": "tokens", "rows": rows, "chips": chips if words else []}


def _characters(sentence: str) -> dict[str, Any]:
    parts = [{"text": char, "ids": []} for char in sentence]
    figures = i18n.ngettext("{n} caractère", "{n} caractères", len(sentence))
    return {
        "title": _("Par caractère"),
        "note": _("ce que lit le LSTM"),
        "figures": figures.format(n=i18n.number(len(sentence))),
        "segments": parts,
    }
