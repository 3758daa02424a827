"""Tables: for the back row, to scroll and to sort, and to take away as CSV.

A spreadsheet reads a cell that begins with an equals sign as a formula, and the text of a play, a
label or a file of somebody else's may begin with one. Such cells get an apostrophe in front, which
a spreadsheet takes for "this is text" (OWASP, CSV injection). So do signs inside a cell that may
come to begin one: a French Excel separates cells by semicolons, and then knows neither our commas
nor our quotation marks, so that `x;=1+1` is two cells to it, and each line of a cue a row.
Streamlit's own download of a table does none of that: it is switched off
(`client.disableDataExport`), and `scrolled` has a button instead.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.shared import later
from dashboard.shared.i18n import _

if TYPE_CHECKING:
    import pandas as pd

Rows = Sequence[Sequence[str]]
# What a formula can begin with; the last four are read as the first four by some East Asian ones.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_BEGINNING = re.compile(rf"\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))([ \"]*)(?=[{_SIGNS}])")


def show(
    heads: Sequence[str],
    rows: Rows,
    numeric: bool = True,
    marked: int | None = None,
    keys: Sequence[tuple[str, str]] = (),
) -> None:
    """A short table for the back row, in the theme's own colours; its first column names the rows.

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


def csv(data: pd.DataFrame) -> bytes:
    """A table as CSV that spreadsheets read, in UTF-8 with its mark; numbers stay numbers."""
    safe = data.map(_safe).rename(columns=_safe)
    # Both are quoted inside a cell, as RFC 4180 has it: a lone one would end the row.
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def download(
    data: pd.DataFrame | Callable[[], pd.DataFrame],
    name: str,
    label: str | None = None,
    key: str | None = None,
) -> None:
    """The numbers of a figure, or the rows of a table, to take away.

    Args:
        data: the rows, their columns named for a reader; or a function, called on the click.
        name: of the file, with dots for hyphens, without its ending.
        label: of the button.
        key: of the button; by default the name's.
    """
    st.download_button(
        label or _("Données (CSV)"),
        later.in_session(lambda: csv(data() if callable(data) else data)),
        file_name=f"{name.replace('.', '-')}.csv",
        mime="text/csv",
        key=key or f"{name}.csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def scrolled(data: pd.DataFrame, name: str | None = None, **shown: Any) -> None:
    """A table to scroll and to sort, and its rows to take away.

    Args:
        data: the rows, their columns named for a reader.
        name: of the file, see `download`; None where there is nothing to take away.
        shown: arguments of `st.dataframe`.
    """
    st.dataframe(data, **shown)
    if name is not None:
        download(data, name)


def _safe(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.encode(errors="replace").decode()  # half a character is no text of a file
    return _BEGINNING.sub(r"\1'", text)
