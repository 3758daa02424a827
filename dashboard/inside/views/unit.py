"""One unit that colours the text, and where else the cells of a chosen passage are active."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.inside import results, units
from dashboard.inside.text import Looked
from dashboard.shared import following, i18n, naming, tables, widgets
from dashboard.shared.i18n import _
from moliere_core.corpus import EMBEDDED
from moliere_core.inspection.firing import CellIndex, Passage

PASSAGES = 8
_CUT_BEFORE, _CUT_AFTER = re.compile(r"^\S*\s"), re.compile(r"\s\S*$")  # words cut in two


def show(looked: Looked) -> None:
    """The passages of the corpus where the same cells are active, and the table of units."""
    st.header(_("Où ailleurs s’activent les mêmes cellules ?"), anchor=False)
    if (ready := _index(looked.reference)) is not None:
        _passages(*ready, looked)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(_("Toutes les corrélations"), icon=":material/table:"):
            units.correlations(looked.reference)
        tables.download(colours_table(looked), "inside.unit")


def colours_table(looked: Looked) -> pd.DataFrame:
    """The numbers behind the colours of the text."""
    states = looked.seen.layers[looked.layer]
    return pd.DataFrame(
        {
            _("caractère"): list(looked.context),
            _("mémoire"): states.memory[:, looked.unit],
            _("état caché"): states.series["hidden"][:, looked.unit],
        }
    )


def _index(reference: str) -> tuple[str, CellIndex] | None:
    """The chosen corpus and its index; until it is built, those of the embedded plays."""
    large = results.watched()
    work = results.index(reference, large)
    if (found := work.found()) is not None:
        return large, found
    first = (results.index(reference, EMBEDDED),) if large != EMBEDDED else ()
    following.bar(
        work,
        _("On lit {corpus} pour noter quand s’active chaque cellule :").format(
            corpus=naming.source(large).replace("{", "{{").replace("}", "}}")
        )
        + " {share}",
        first,
    )
    small_index = first[0].found() if first else None
    return None if small_index is None else (EMBEDDED, small_index)


def _passages(source: str, index: CellIndex, looked: Looked) -> None:
    cells = index.active_cells(looked.seen, looked.start, looked.stop)
    where = _("**{corpus}** ({chars} caractères{part})").format(
        corpus=widgets.plain(naming.source(source)),
        chars=i18n.number(index.chars),
        part="" if index.complete else _(", le début seulement"),
    )
    if not cells:
        st.info(
            _(
                "Aucune cellule n’est active d’un bout à l’autre de « {text} » tout en restant "
                "calme ailleurs : choisissez un passage plus court."
            ).format(text=looked.chosen)
        )
        return
    st.markdown(
        i18n.ngettext(
            "Sur « {text} », **{count} cellule** s’écarte d’un bout à l’autre de sa moyenne de "
            "plus d’un écart-type, et rarement ailleurs dans ce texte. Cherchée dans {where} :",
            "Sur « {text} », **{count} cellules** s’écartent d’un bout à l’autre de leur "
            "moyenne de plus d’un écart-type, et rarement ailleurs dans ce texte. Cherchées dans "
            "{where} :",
            len(cells),
        ).format(text=looked.chosen, count=len(cells), where=where)
    )
    length = looked.stop - looked.start
    found = results.passages(looked.reference, source, cells, length, PASSAGES, index)
    st.html(_drawn([_row(passage, len(cells)) for passage in found]))
    numbers = ", ".join(
        f"{cell.layer + 1}.{cell.unit}{'+' if cell.side == 'high' else i18n.MINUS}"
        for cell in cells
    )
    st.caption(_("Ces cellules (couche.unité, au-dessus ou au-dessous) : {cells}").format(
        cells=numbers
    ))  # fmt: skip


def _row(passage: Passage, cells: int) -> dict[str, str]:
    parts = (passage.play, passage.act, passage.scene, passage.speaker)
    return {
        "before": _CUT_BEFORE.sub("… ", passage.before),
        "text": passage.text,
        "after": _CUT_AFTER.sub(" …", passage.after),
        "source": " · ".join(_numbered(parts)),
        "cells": how_many(passage.cells, cells),
    }


def _drawn(found: Sequence[Mapping[str, str]]) -> str:
    """Passages of a corpus as HTML, with where they are.

    Args:
        found: what precedes each ("before"), the passage itself ("text"), what follows ("after"),
            where it is ("source"), and how many cells are active ("cells").
    """
    return f'<div class="passages">{"".join(map(_passage, found))}</div>'


def _passage(found: Mapping[str, str]) -> str:
    told = {name: html.escape(text) for name, text in found.items()}
    before, text, after = (told[n].replace("\n", " ↵ ") for n in ("before", "text", "after"))
    return (
        f'<div class="passage"><div class="said"><span>{before}</span><mark>{text}</mark>'
        f"<span>{after}</span></div>"
        f'<div class="from"><span>{told["source"]}</span><span>{told["cells"]}</span></div></div>'
    )


def how_many(mean: float, count: int) -> str:
    """How many of the cells are active: all along the passage, or on average."""
    if mean.is_integer():
        return i18n.ngettext(
            "{active} cellule sur {count}", "{active} cellules sur {count}", int(mean)
        ).format(active=int(mean), count=count)
    shown = math.floor(10 * mean) / 10  # rounded up, it would promise them all
    return _("{active} cellules sur {count} en moyenne").format(
        active=i18n.number(shown, 1), count=count
    )


def _numbered(parts: tuple[str, str, str, str]) -> list[str]:
    play, act, scene, speaker = parts
    if act.isdigit():
        act = _("acte {number}").format(number=act)
    if scene.isdigit():
        scene = _("scène {number}").format(number=scene)
    return [part for part in (play, act, scene, speaker) if part]
