"""Tables for the back row: words and figures, escaped, in the theme's own colours."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

Rows = Sequence[Sequence[str]]


def show(
    heads: Sequence[str],
    rows: Rows,
    numeric: bool = True,
    marked: int | None = None,
    keys: Sequence[tuple[str, str]] = (),
) -> None:
    """A table whose first column names the rows.

    Args:
        heads: one a column.
        rows: as many cells each.
        numeric: whether all but the first column are figures, set to the right.
        marked: the row to set off, by its number.
        keys: the sign and the colour that each row has in a figure, before its name.
    """
    classes = "facts-table" + (" numeric" if numeric else "")
    top = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    signs = [
        f'<span style="color:{html.escape(colour)}">{html.escape(sign)}</span> '
        for sign, colour in keys
    ] or [""] * len(rows)
    body = "".join(
        f"<tr{' class=marked' if number == marked else ''}>"
        f'<th scope="row">{signs[number]}{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for number, row in enumerate(rows)
    )
    st.html(f'<table class="{classes}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>')
