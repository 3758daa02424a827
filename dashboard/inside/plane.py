"""The embedding: characters as points, and the neighbours of one of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.inside import fields
from dashboard.inside.figures import plane_figure
from dashboard.shared import cached, i18n, state, widgets
from dashboard.shared import charts as figures
from dashboard.shared.i18n import _


def kinds() -> dict[str, str]:
    """Sorts of characters."""
    return {
        "vowel": _("voyelles"),
        "accented": _("accents, cédilles, œ"),
        "consonant": _("consonnes"),
        "capital": _("majuscules"),
        "punctuation": _("ponctuation"),
        "digit": _("chiffres"),
        "space": _("espace, fin de ligne"),
    }


def show(reference: str) -> None:
    """The plane of all characters, and the nearest to a chosen one."""
    from moliere_core.inspection.vectors import kind, neighbours, principal_plane

    model = cached.model(reference)
    vectors, chars = model.network.embedding, model.vocabulary.chars
    plane = principal_plane(vectors[1:])  # the unknown symbol is no character
    labels = kinds()
    if state.restore(fields.CHAR) not in chars:
        st.session_state[fields.CHAR.key] = "e" if "e" in chars else chars[0]
    picker, words = st.columns([1, 5], vertical_alignment="center")
    picked = picker.selectbox(
        _("Caractère"),
        chars,
        format_func=widgets.visible,
        key=fields.CHAR.key,
        label_visibility="collapsed",
    )
    char = state.keep(fields.CHAR, str(picked))
    near = neighbours(vectors, model.vocabulary.index[char], 7)
    told = [(widgets.visible(chars[i - 1]), cosine) for i, cosine in near]
    words.markdown(
        _("Les plus proches de « {char} », par cosinus : {near}").format(
            char=widgets.plain(widgets.visible(char)),
            near=", ".join(f"**{widgets.plain(c)}** {i18n.number(v, 2)}" for c, v in told),
        )
    )
    shown = [widgets.visible(c) for c in chars]
    sorts = [labels[kind(c)] for c in chars]
    figures.show(
        plane_figure(
            shown,
            sorts,
            list(labels.values()),
            plane.points,
            chars.index(char),
            [i18n.percent(s, 1) for s in plane.explained],
            figures.dark(),
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
