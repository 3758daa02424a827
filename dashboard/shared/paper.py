"""Sheets to print: one HTML file each, in A4, which asks for nothing from elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.shared import i18n, later, state

_STYLE = """
@page { size: A4; margin: 14mm 15mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 190mm; padding: 6mm; font: 11.5pt/1.45 Georgia, "Times New Roman", serif; color: #000; background: #fff; }
h1 { font-size: 19pt; margin: 0 0 3mm; }
h2 { font-size: 13.5pt; margin: 6mm 0 2mm; break-after: avoid; }
section.leaf { break-before: page; }
p { margin: 0 0 2mm; }
h3 { font-size: 12pt; margin: 4mm 0 1mm; break-after: avoid; }
.bars { display: grid; grid-template-columns: minmax(30mm, 75mm) 1fr; gap: 1mm 4mm; margin: 0; }
.bars dd { margin: 0; display: flex; gap: 2mm; align-items: center; font-variant-numeric: tabular-nums; }
.bars span { background: #777; height: 3.5mm; max-width: 85%; print-color-adjust: exact; }
.kept { white-space: pre-wrap; border-left: 1mm solid #999; padding-left: 3mm; overflow-wrap: anywhere; }
.about { color: #555; font-size: 10pt; margin-bottom: 4mm; }
svg { width: 130mm; max-width: 100%; font: 13px system-ui, sans-serif; }
svg path { fill: none; stroke: #777; }
svg polyline { fill: none; stroke: #8c1d18; stroke-width: 2; }
svg circle { fill: #8c1d18; }
section.ask { break-inside: avoid; }
ul.boxes { list-style: none; margin: 0; padding: 0; }
ul.boxes li::before { content: "☐"; display: inline-block; width: 7mm; font: 14pt/1 system-ui, sans-serif; }
.line { border-bottom: 1px solid #777; height: 9mm; }
table { border-collapse: collapse; margin: 2mm 0; }
th, td { border: 1px solid #999; padding: .6mm 1.2mm; text-align: center; font: 9.5pt/1.25 system-ui, sans-serif; }
table.grid th, table.grid td { font-size: 6.4pt; padding: .3mm .5mm; min-width: 5.6mm; }
table.grid td { font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; }
.shares { columns: 3; column-gap: 6mm; font: 9pt/1.3 system-ui, sans-serif; }
.shares section { break-inside: avoid; margin-bottom: 3mm; }
.shares h3 { margin: 0; font-size: 12pt; }
.shares dl { margin: 0; display: grid; grid-template-columns: 1.6em 1fr; }
.shares dt { font-weight: 700; }
.shares dd { margin: 0; font-variant-numeric: tabular-nums; }
.throws { font: 11pt/1.9 ui-monospace, monospace; }
.throws span { display: inline-block; min-width: 13mm; }
.written { font: 13pt/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
@media screen { body { background: #fdfbf6; color: #211a15; } section.leaf { border-top: 1px dashed #999; margin-top: 8mm; padding-top: 6mm; } }
@media screen and (max-width: 700px) { .shares { columns: 2; } .wide { overflow-x: auto; } }
"""  # noqa: E501


def document(title: str, body: str) -> bytes:
    """A whole page in the reader's language; `body` is HTML, whose texts are escaped already."""
    return (
        f'<!doctype html>\n<html lang="{state.language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{html.escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    ).encode()


def paragraph(text: str, classes: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{classes}">{html.escape(text)}</p>'


def heading(text: str) -> str:
    """What a part of a sheet is called."""
    return f"<h2>{html.escape(text)}</h2>"


def leaf(title: str, body: str) -> str:
    """A part that begins on a page of its own; `body` is HTML."""
    return f'<section class="leaf">{heading(title)}{body}</section>'


def marked(text: str) -> str:
    """A paragraph of a lesson's Markdown: emphasis and code are shown, all else is text."""
    told = html.escape(text)
    for sign, tag in (("**", "strong"), ("*", "em"), ("`", "code")):
        mark = re.escape(sign)
        told = re.sub(rf"{mark}(?=\S)(.+?){mark}", rf"<{tag}>\1</{tag}>", told)
    return f"<p>{told}</p>"


def escaped(text: str) -> str:
    """Text as HTML shows it."""
    return html.escape(text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], classes: str = "") -> str:
    """A table; its first column names the rows."""
    top = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table class="{classes}"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def asked(title: str, body: str) -> str:
    """A question, or what else is not parted from what stands below it; `body` is HTML."""
    return f'<section class="ask"><h3>{html.escape(title)}</h3>{body}</section>'


def bars(rows: Sequence[tuple[str, int, float]]) -> str:
    """How often each answer was given: its name, the count, and its share from 0 to 1."""
    told = "".join(
        f'<dt>{html.escape(name)}</dt><dd><span style="width:{share:.0%}"></span>{count}</dd>'
        for name, count, share in rows
    )
    return f'<dl class="bars">{told}</dl>'


def curve(points: Sequence[tuple[float, float]], across: str, up: str) -> str:
    """A curve as a drawing, with the smallest and the largest value on each axis.

    Args:
        points: (x, y), x ascending; one or more.
        across: what x is.
        up: what y is.
    """
    width, height = 480, 150
    (left, right), (low, high) = ((min(v), max(v)) for v in zip(*points, strict=True))
    spots = [
        (width * (x - left) / ((right - left) or 1), height * (high - y) / ((high - low) or 1))
        for x, y in points
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in spots)
    names = (
        (-8, 5, "end", i18n.number(high, 2)),
        (-8, height, "end", i18n.number(low, 2)),
        (0, height + 20, "start", i18n.number(left)),
        (width, height + 20, "end", f"{i18n.number(right)} {across}"),
        (0, -14, "start", up),
    )
    labels = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{side}">{html.escape(name)}</text>'
        for x, y, side, name in names
    )
    return (
        f'<svg viewBox="-60 -34 570 214" role="img" aria-label="{html.escape(up)}">'
        f'<path d="M0 0V{height}H{width}"/><polyline points="{line}"/>{dots}{labels}</svg>'
    )


def lines(count: int) -> str:
    """Lines to write on."""
    return '<div class="line"></div>' * count


def download(label: str, data: bytes | Callable[[], bytes], name: str, key: str) -> None:
    """A button for a sheet, or for what makes one on the click; `name` is its file's, no ending."""
    st.download_button(
        label,
        later.in_session(data) if callable(data) else data,
        file_name=f"{name}.html",
        mime="text/html",
        key=key,
        icon=":material/print:",
        on_click="ignore",
    )
