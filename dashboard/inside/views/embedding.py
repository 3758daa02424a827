"""The embedding: characters as points, and the neighbours of one of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.inside import wording
from dashboard.inside.controls import CHAR
from dashboard.inside.figures.embedding import plane_figure
from dashboard.shared import cached, charts, i18n, state, widgets
from dashboard.shared.i18n import _
from moliere_core.inspection.vectors import finer_kind, neighbours, principal_plane
from moliere_core.text.signs import visible


def show(reference: str) -> None:
    """The plane of all characters, and the nearest to a chosen one."""
    model = cached.recurrent(reference)
    vectors, chars = model.network.embedding, model.vocabulary.chars
    plane = principal_plane(vectors[1:])  # the unknown symbol is no character
    labels = wording.kinds()
    if state.restore(CHAR) not in chars and "e" in chars:
        state.change(CHAR, "e")
    picker, words = st.columns([1, 5], vertical_alignment="center")
    with picker:
        char = CHAR.ask(chars, visible, visible=False)
    near = neighbours(vectors, model.vocabulary.index[char], 7)
    told = [(visible(chars[i - 1]), cosine) for i, cosine in near]
    words.markdown(
        _("Les plus proches de « {char} », par cosinus : {near}").format(
            char=widgets.plain(visible(char)),
            near=", ".join(f"**{widgets.plain(c)}** {i18n.number(v, 2)}" for c, v in told),
        )
    )
    shown = [visible(c) for c in chars]
    sorts = [labels[finer_kind(c)] for c in chars]
    charts.show(
        plane_figure(
            shown,
            sorts,
            list(labels.values()),
            plane.points,
            chars.index(char),
            [i18n.percent(s, 1) for s in plane.explained],
            charts.dark(),
        ),
        "inside.embedding",
        pd.DataFrame(
            {
                _("caractère"): shown,
                _("sorte"): sorts,
                _("axe 1"): plane.points[:, 0],
                _("axe 2"): plane.points[:, 1],
            }
        ),
        _(
            "{count} caractères dans le plan de leurs deux premières composantes principales, qui "
            "portent {share} de la variance."
        ).format(count=len(chars), share=i18n.percent(plane.explained.sum(), 1)),
    )
    st.caption(
        _(
            "Ce plan ne montre que {share} de ce qui distingue {size} nombres par caractère : "
            "deux points proches ici ne le sont pas toujours vraiment. Les cosinus comptent tout."
        ).format(share=i18n.percent(plane.explained.sum()), size=vectors.shape[1])
    )
