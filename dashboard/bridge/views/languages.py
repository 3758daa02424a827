"""The same sentence in French and in English, cut by the tokenizers that are on this machine."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.bridge.controls import Settings
from dashboard.shared import components, tokens, widgets
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.text.normalise import normalise

FRENCH = "Voulez-vous savoir ce que je pense de vous ?"
ENGLISH = "Do you want to know what I think of you?"
MOST_CHARS = 120
UNEVEN = 1.25  # times as many tokens a character: below, the two languages fare alike


def show(_settings: Settings) -> None:
    """Two sentences to write over, and a row of tokens for each tokenizer and each of them."""
    sentences = {}
    for place, name, proposed in zip(
        st.columns(2), (_("en français"), _("en anglais")), (FRENCH, ENGLISH), strict=True
    ):
        key = f"discussion.{proposed[:2]}"
        st.session_state.setdefault(key, proposed)
        with place:
            sentences[name] = normalise(st.text_input(name, key=key, max_chars=MOST_CHARS) or "")
    on_disk = tokens.tokenizers()
    rows, waiting = [], []
    rates: dict[str, tuple[float, float]] = {}
    for reference in on_disk:
        texts = list(sentences.values())
        try:
            cut = [tokens.row(reference, text, tokens.MOST_MERGES) for text in texts]
        except MoliereError as error:  # a download that was cut short: the others are shown
            widgets.problem(error)
            continue
        waiting += [(reference, text) for text, found in zip(texts, cut, strict=True) if not found]
        whole = [found for found in cut if found]
        if len(whole) < len(cut):
            continue
        for name, found in zip(sentences, whole, strict=True):
            rows.append(found | {"title": f"{found['title']}, {name}"})
        french, english = (
            sum(len(part["ids"]) for part in found["segments"]) / max(len(text), 1)
            for found, text in zip(whole, texts, strict=True)
        )
        rates[whole[0]["title"]] = french, english
    data = {"view": "tokens", "rows": rows, "chips": []}
    components.characters(data, "discussion.tongues", pick=lambda: None)
    st.caption(said(rates))
    tokens.wait(waiting)
    tokens.say_what_is_missing(on_disk)


def said(rates: Mapping[str, tuple[float, float]]) -> str:
    """Which language each tokenizer cuts into smaller pieces, from what it has just done.

    Args:
        rates: tokens per character in French and in English, by the tokenizer's name.
    """
    sides: dict[str, list[str]] = {"french": [], "english": [], "even": []}
    for name, (french, english) in rates.items():
        if min(french, english) == 0 or max(french, english) / min(french, english) < UNEVEN:
            sides["even"].append(name)
        else:
            sides["french" if french > english else "english"].append(name)
    labels = {
        "french": _("Émiette le français : {names}."),
        "english": _("Émiette l’anglais : {names}."),
        "even": _("Coupe les deux à peu près pareil : {names}."),
    }
    told = [
        labels[side].format(names=widgets.plain(", ".join(names)))
        for side, names in sides.items()
        if names
    ]
    why = _(
        "Un découpage appris sur une langue met les mots des autres en miettes. Chaque miette est "
        "un pas de plus."
    )
    return " ".join([*told, why])
