"""Every line in which a word stands."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import cast

import pandas as pd
import streamlit as st

from dashboard.corpus import controls, results, wording
from dashboard.shared import i18n, state, tables
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection
from moliere_core.exploration.concordance import Order

LINES = 50  # on screen at once


def show(source: str, selection: Selection) -> None:
    """The concordance of the word asked for, some lines at a time."""
    with st.container(horizontal=True, vertical_alignment="center"):
        query = controls.word()
        order = cast(Order, controls.ORDER.ask())
    if not query:
        return
    first = state.value(controls.FIRST)
    total, lines = results.lines(source, selection, query, order, first, LINES)
    if not total:
        controls.absent(query, results.word(source, selection, query).suggestions)
        return
    if lines.empty:  # an address from a longer list
        first = 0
        state.keep(controls.FIRST, 0)
        lines = results.lines(source, selection, query, order, 0, LINES)[1]
    _pager(total, first, len(lines), lambda: _every(source, selection, query, order, total))
    st.html(_table(lines))


def _pager(total: int, first: int, count: int, every: Callable[[], pd.DataFrame]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("Lignes **{first}** à **{last}** sur **{total}**").format(
                first=i18n.number(first + 1),
                last=i18n.number(first + count),
                total=i18n.number(total),
            ),
            width="stretch",
        )
        for key, label, icon, start in (
            ("corpus.previous", _("Précédentes"), ":material/chevron_left:", first - LINES),
            ("corpus.next", _("Suivantes"), ":material/chevron_right:", first + LINES),
        ):
            st.button(
                label,
                key=key,
                icon=icon,
                disabled=not -LINES < start < total,
                on_click=state.change,
                args=(controls.FIRST, max(start, 0)),
            )
        tables.download(every, "concordance", _("Toutes (CSV)"), "corpus.lines.csv")


def _every(source: str, selection: Selection, query: str, order: Order, total: int) -> pd.DataFrame:
    lines = results.lines(source, selection, query, order, 0, total)[1]
    return lines.drop(columns="row")


def _table(lines: pd.DataFrame) -> str:
    """The lines with their word one under the other; texts are escaped."""
    head = "".join(
        f'<th scope="col" class="{name}">{html.escape(label)}</th>'
        for name, label in (
            ("left", _("avant")),
            ("match", _("mot")),
            ("right", _("après")),
            ("who", _("qui parle")),
            ("where", _("où")),
        )
    )
    rows = []
    for line in lines.itertuples():
        title = wording.short(str(line.title))
        where = " · ".join(p for p in (wording.place(str(line.act), str(line.scene)), title) if p)
        cells = {
            "left": f"<bdi>{html.escape(str(line.left))}</bdi>",
            "match": html.escape(str(line.match)),
            "right": html.escape(str(line.right)),
            "who": html.escape(str(line.speaker)),
            "where": html.escape(where),
        }
        row = "".join(f'<td class="{name}">{cell}</td>' for name, cell in cells.items())
        rows.append(f"<tr>{row}</tr>")
    body = "".join(rows)
    return f'<table class="kwic"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
