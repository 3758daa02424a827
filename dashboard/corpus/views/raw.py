"""The corpus as it is: its first rows, its columns, the beginning of its text."""

from __future__ import annotations

import streamlit as st

from dashboard.corpus import results
from dashboard.shared import i18n, tables
from dashboard.shared.i18n import _, ngettext
from moliere_core.exploration import Selection

ROWS, CHARS = 10, 500  # the course's head(10) and text[:500]
FIRST = ("play_name", "speaker", "cue")  # columns on screen without scrolling


def show(source: str, selection: Selection) -> None:
    """What the course prints first, on this corpus."""
    summary = results.summary(source, selection)
    rows, text = results.beginning(source, selection, ROWS, CHARS)
    filled = [column for column in rows.columns if results.index(source).has(column)]
    empty = [column for column in rows.columns if column not in filled]
    told = " · ".join(
        (
            ngettext("**{n}** réplique", "**{n}** répliques", summary.cues).format(
                n=i18n.number(summary.cues)
            ),
            ngettext("**{n}** pièce", "**{n}** pièces", summary.plays).format(
                n=i18n.number(summary.plays)
            ),
            _("colonnes : {columns}").format(columns=", ".join(f"`{name}`" for name in filled)),
        )
    )
    if empty:
        told += " · " + _("vides ici : {columns}").format(
            columns=", ".join(f"`{name}`" for name in empty)
        )
    st.caption(told)
    tables.scrolled(
        rows[filled],
        "corpus.rows",
        height=230,
        column_order=sorted(filled, key=lambda name: name not in FIRST),
        column_config={"cue": st.column_config.TextColumn(width=520)},
    )
    st.markdown(
        _(
            "Ce que lit le réseau : les répliques, jointes par des fins de ligne. Les {n} "
            "premiers caractères sur {chars} :"
        ).format(n=len(text), chars=i18n.number(summary.chars))
    )
    st.code(text, language=None, wrap_lines=True)
