"""The two tables that a transformer adds up before its first block: symbols, and places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import text, transformers, wording
from dashboard.inside.figures.embedding import HEIGHT, places_figure, plane_figure
from dashboard.inside.text import Cut
from dashboard.shared import attention, charts, i18n, widgets
from dashboard.shared.attention import Look
from dashboard.shared.i18n import _
from moliere_core.inspection.vectors import TokenVectors, finer_kind
from moliere_core.text.signs import all_visible

COMPONENT = "inside.attention.vectors"
NEAR = 7  # neighbours
WIDTH = 330  # pixels of the symbols, beside the places


def show(cut: Cut) -> None:
    """The text, the neighbours of a symbol of it, and both tables from their best side."""
    attention.show(
        COMPONENT,
        cut.pieces,
        [Look("", np.eye(len(cut.pieces), dtype=np.float32))],
        _("Cliquez sur le texte : qui est voisin de ce symbole, avant toute lecture ?"),
        asked=cut.at,
        heard=partial(_pick, cut.pieces),
    )
    answer = transformers.vectors(cut.reference, cut.typed, NEAR)
    if answer is None or answer.found is None:
        return
    found = answer.found
    named = [answer.others[int(symbol)] for symbol in found.symbols]
    if (piece := cut.pieces[cut.at]) in named:
        _neighbours(cut, found, named.index(piece), answer.others)
    left, right = st.container(key="inside-vectors").columns([1.35, 1], gap="medium")
    with left:
        _symbols(cut, found, named)
    with right:
        _places(cut, found)
    st.caption(
        _(
            "À chaque place, la première couche reçoit la somme des deux : quoi, et où. Ces plans "
            "ne montrent qu’une part de ce que disent les vecteurs ; les cosinus comptent tout."
        )
    )


def _neighbours(cut: Cut, found: TokenVectors, row: int, others: Mapping[int, str]) -> None:
    near = zip(found.neighbours[row], found.cosines[row], strict=True)
    st.markdown(
        _("Les plus proches de « {char} », par cosinus : {near}").format(
            char=cut.shown(cut.at),
            near=", ".join(
                f"**{widgets.plain(all_visible(others[int(i)]))}** {i18n.number(float(v), 2)}"
                for i, v in near
            ),
        )
    )


def _symbols(cut: Cut, found: TokenVectors, named: list[str]) -> None:
    """The symbols as points: characters by their sorts, tokens of the text by their first one."""
    labels = wording.kinds()
    shown = [all_visible(name) for name in named]
    sorts = [labels[finer_kind(name.strip()[:1] or name[:1] or " ")] for name in named]
    piece = cut.pieces[cut.at]
    charts.show(
        plane_figure(
            shown,
            sorts,
            list(labels.values()),
            found.points,
            named.index(piece) if piece in named else 0,
            [i18n.percent(share, 1) for share in found.explained],
            charts.dark(),
            HEIGHT,
            WIDTH,
        ),
        "inside.vectors",
        pd.DataFrame(
            {
                _("symbole"): named,
                _("axe 1"): found.points[:, 0],
                _("axe 2"): found.points[:, 1],
            }
        ),
        _(
            "{count} symboles dans le plan de leurs deux premières composantes principales, qui "
            "portent {share} de la variance."
        ).format(count=len(named), share=i18n.percent(float(found.explained.sum()), 1)),
    )


def _places(cut: Cut, found: TokenVectors) -> None:
    """The positions as a line through their plane."""
    share = float(found.positions_explained.sum())
    steps = np.linalg.norm(np.diff(found.positions, axis=0), axis=1)
    charts.show(
        places_figure(
            found.positions,
            len(cut.pieces),
            cut.at,
            [i18n.percent(part, 1) for part in found.positions_explained],
            charts.dark(),
        ),
        "inside.positions",
        pd.DataFrame(
            {
                _("place"): range(len(found.positions)),
                _("axe 1"): found.positions[:, 0],
                _("axe 2"): found.positions[:, 1],
            }
        ),
        _(
            "Les {count} places dans leur meilleur plan, qui porte {share} de la variance ; de "
            "l’une à la suivante, un pas de {step} en moyenne."
        ).format(
            count=len(found.positions),
            share=i18n.percent(share, 1),
            step=i18n.number(float(steps.mean()) if len(steps) else 0.0, 2),
        ),
    )


def _pick(pieces: tuple[str, ...]) -> None:
    """Inside a click: another symbol."""
    found = attention.clicked(COMPONENT)
    if found is not None and found[0] < len(pieces):
        text.choose_symbol(pieces, found[0])
