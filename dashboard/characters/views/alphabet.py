"""The alphabet of a corpus with its counts, and what min_char_freq takes from it."""

from __future__ import annotations

import html
import math
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.characters import controls, results
from dashboard.characters.wording import name, percent, short
from dashboard.shared import components, i18n, tables
from dashboard.shared.i18n import _
from moliere_core.text.signs import visible
from moliere_core.text.tokenisation import Pruning
from moliere_core.text.vocabulary import UNKNOWN_GLYPH


def show(sentence: str, source: str) -> None:
    """One tile a character, shaded by its frequency; struck out where it becomes unknown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        least = controls.MIN_CHAR_FREQ.ask()
        order = controls.ORDER.ask(visible=True)
    counts, pruning = results.counts(source), results.pruning(source, least)
    st.markdown(_summary(pruning))
    if pruning.removed:
        _example(source, pruning)
    data = payload(counts, pruning, sentence, order)
    components.characters(data, "characters.alphabet", pick=controls.pick_char)
    with st.expander(_("La table, à trier et à télécharger"), icon=":material/table:"):
        tables.scrolled(table(counts, pruning), "characters.table", hide_index=True, height=420)


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
    total = sum(counts.values())
    index = pruning.vocabulary.index
    rows = [
        (visible(c), name(c), f"U+{ord(c):04X}", index.get(c, 0), n, 100 * n / total)
        for c, n in counts.items()
    ]
    names = (_("Caractère"), _("Nom"), _("Code"), _("Indice"), _("Occurrences"), _("Part (%)"))
    return pd.DataFrame(rows, columns=names)


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


def _example(source: str, pruning: Pruning) -> None:
    char, _count = pruning.removed[0]
    if found := results.excerpt(source, char):
        before, after = (html.escape(part.replace("\n", " ↵ ")) for part in found)
        said = html.escape(_("Dans le corpus, « {char} » :").format(char=visible(char)))
        st.html(
            f'<p style="margin:0">{said} <i>… {before}<b style="text-decoration:underline wavy">'
            f"{UNKNOWN_GLYPH}</b>{after} …</i></p>"
        )
