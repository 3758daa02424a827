"""The alphabet of a corpus with its counts, and what min_char_freq takes from it."""

from __future__ import annotations

import html
import math
import unicodedata
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.characters import cached, controls, fields, octets
from dashboard.shared import components, downloads, i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.text.vocabulary import UNKNOWN_GLYPH

if TYPE_CHECKING:
    import pandas as pd

    from moliere_core.text.tokenisation import Pruning

INVISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


def show(sentence: str, source: str) -> None:
    """One tile a character, shaded by its frequency; struck out where it becomes unknown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        least = controls.min_char_freq()
        order = widgets.segmented(
            fields.ORDER, _("Ranger par"), {"index": _("indice"), "count": _("fréquence")}
        )
    counts, pruning = cached.counts(source), cached.pruning(source, least)
    st.markdown(_summary(pruning))
    if pruning.removed:
        _example(source, pruning)
    data = payload(counts, pruning, sentence, order)
    components.characters(data, "characters.alphabet", octets.pick)
    with st.expander(_("La table, à trier et à télécharger"), icon=":material/table:"):
        downloads.table(table(counts, pruning), "characters.table", hide_index=True, height=420)


def payload(counts: dict[str, int], pruning: Pruning, sentence: str, order: str) -> dict[str, Any]:
    """The tiles: see characters.js. `level` goes from 0, the rarest, to 1, on a log scale."""
    most = math.log(max(counts.values(), default=1)) or 1.0
    index = pruning.vocabulary.index
    cells = [
        {
            "char": char,
            "index": index.get(char, 0),
            "count": short(count),
            "level": round(math.log(count) / most, 3),
            "used": char in sentence,
            "said": _("{char} : {count} fois, indice {index}").format(
                char=name(char), count=i18n.number(count), index=index.get(char, 0)
            ),
        }
        for char, count in (sorted(counts.items()) if order == "index" else counts.items())
    ]
    labels = {
        "removed": _("retiré : devient « inconnu »"),
        "rare": _("rare"),
        "frequent": _("fréquent"),
        "used": _("dans votre phrase"),
    }
    return {"view": "alphabet", "cells": cells, "labels": labels}


def table(counts: dict[str, int], pruning: Pruning) -> pd.DataFrame:
    """The vocabulary as a table, the most frequent first; index 0 where it was removed."""
    import pandas as pd

    total = sum(counts.values())
    index = pruning.vocabulary.index
    rows = [
        (INVISIBLE.get(c, c), name(c), f"U+{ord(c):04X}", index.get(c, 0), n, 100 * n / total)
        for c, n in counts.items()
    ]
    names = (_("Caractère"), _("Nom"), _("Code"), _("Indice"), _("Occurrences"), _("Part (%)"))
    return pd.DataFrame(rows, columns=names)


def short(count: int) -> str:
    """A count in at most four letters, for a tile: 950, 12 k, 1,2 M."""
    if count < 1000:
        return str(count)
    thousands = count / 1000
    if thousands < 1000:
        return i18n.number(thousands, 1 if thousands < 9.95 else 0) + "k"
    return i18n.number(thousands / 1000, 1) + "M"


def name(char: str) -> str:
    """A character by its Unicode name; the line break has none."""
    names = {"\n": _("saut de ligne"), "\t": _("tabulation"), " ": _("espace")}
    return names.get(char) or unicodedata.name(char, f"U+{ord(char):04X}").lower()


def _summary(pruning: Pruning) -> str:
    kept = len(pruning.vocabulary)
    said = _(
        "**{kept} symboles** : {chars} caractères, et « inconnu » ({glyph}, indice 0)."
    ).format(kept=kept, chars=kept - 1, glyph=UNKNOWN_GLYPH)
    if not pruning.removed:
        return said + " " + _("Aucun caractère du corpus n’est retiré.")
    removed = i18n.ngettext(
        "**{count} caractère retiré** : {unknown} sur {total} deviennent inconnus, soit {share} %.",
        "**{count} caractères retirés** : {unknown} sur {total} deviennent inconnus, soit "
        "{share} %.",
        len(pruning.removed),
    ).format(
        count=len(pruning.removed),
        unknown=i18n.number(pruning.unknown_chars),
        total=i18n.number(pruning.chars),
        share=percent(pruning.unknown_share),
    )
    return f"{said} {removed}"


def percent(share: float) -> str:
    """A share in percent, with two digits that say something."""
    digits = 1 if share >= 0.01 else min(6, 1 - math.floor(math.log10(share * 100)))
    return i18n.number(100 * share, digits)


def _example(source: str, pruning: Pruning) -> None:
    char, _count = pruning.removed[0]
    if found := cached.excerpt(source, char):
        before, after = (html.escape(part.replace("\n", " ↵ ")) for part in found)
        said = html.escape(_("Dans le corpus, « {char} » :").format(char=INVISIBLE.get(char, char)))
        st.html(
            f'<p style="margin:0">{said} <i>… {before}<b style="text-decoration:underline wavy">'
            f"{UNKNOWN_GLYPH}</b>{after} …</i></p>"
        )
