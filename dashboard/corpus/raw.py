"""The corpus as it is: its first rows, its columns, the beginning of its text."""

from __future__ import annotations

import streamlit as st

from dashboard import i18n
from dashboard.corpus import cached
from dashboard.i18n import _
from moliere_core.exploration import Selection

ROWS, CHARS = 10, 500  # the course's head(10) and text[:500]


def show(source: str, selection: Selection) -> None:
    """What the course prints first, on this corpus."""
    summary = cached.summary(source, selection)
    rows, text = cached.beginning(source, selection, ROWS, CHARS)
    filled = [column for column in rows.columns if cached.index(source).has(column)]
    empty = [column for column in rows.columns if column not in filled]
    told = _("**{cues}** répliques · **{plays}** pièces · colonnes : {columns}").format(
        cues=i18n.number(summary.cues),
        plays=i18n.number(summary.plays),
        columns=", ".join(f"`{name}`" for name in filled),
    )
    if empty:
        told += " · " + _("vides ici : {columns}").format(
            columns=", ".join(f"`{name}`" for name in empty)
        )
    st.markdown(told)
    st.dataframe(rows[filled], height=250)
    st.markdown(
        _(
            "Ce que lit le réseau : les répliques, jointes par des fins de ligne. Les {n} "
            "premiers caractères sur {chars} :"
        ).format(n=len(text), chars=i18n.number(summary.chars))
    )
    st.code(text, language=None, wrap_lines=True)
