"""The same sentence in French and in English, cut by the tokenizers that are on this machine."""

from __future__ import annotations

import streamlit as st

from dashboard import components
from dashboard.characters import cached as characters_cache
from dashboard.characters import fields, tokens
from dashboard.i18n import _
from moliere_core.normalise import normalise

FRENCH = "Voulez-vous savoir ce que je pense de vous ?"
ENGLISH = "Do you want to know what I think of you?"
MOST_CHARS = 120


def show() -> None:
    """Two sentences to write over, and a row of tokens for each tokenizer and each of them."""
    sentences = {}
    for place, name, proposed in zip(
        st.columns(2), (_("en français"), _("en anglais")), (FRENCH, ENGLISH), strict=True
    ):
        key = f"discussion.{proposed[:2]}"
        st.session_state.setdefault(key, proposed)
        with place:
            sentences[name] = normalise(st.text_input(name, key=key, max_chars=MOST_CHARS) or "")
    on_disk = characters_cache.tokenizers()
    rows = []
    for reference in on_disk:
        for name, sentence in sentences.items():
            found = tokens.row(reference, sentence, fields.MOST_MERGES)
            rows.append(found | {"title": f"{found['title']}, {name}"})
    data = {"view": "tokens", "rows": rows, "chips": []}
    components.characters(data, "discussion.tongues", lambda: None)
    st.caption(
        _(
            "Un découpage appris sur une langue met les mots de l’autre en miettes : le nôtre, "
            "appris sur Molière, émiette l’anglais ; celui de GPT-2, appris sur de l’anglais, "
            "émiette le français. Chaque miette est un pas de plus, et un pas moins sûr."
        )
    )
    tokens.say_what_is_missing(on_disk)
