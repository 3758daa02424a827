"""The trend of one word across the plays, and its dispersion within them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.corpus import controls, results
from dashboard.corpus.figures import trend
from dashboard.shared import charts, i18n, views, widgets
from dashboard.shared.i18n import _, ngettext
from moliere_core.exploration import Selection


def show(source: str, selection: Selection) -> None:
    """How often one word occurs in each play, and where."""
    with st.container(horizontal=True, vertical_alignment="center"):
        query = controls.word()
        st.button(
            _("Voir les lignes"),
            key="corpus.tolines",
            icon=":material/format_align_center:",
            on_click=views.go,
            args=("corpus", "lines"),
            disabled=not query,
        )
    if not query:
        return
    found = results.word(source, selection, query)
    if not found.count:
        controls.absent(query, found.suggestions)
        return
    _sentence(found)
    one_play = len(found.plays) == 1
    charts.show(
        trend.dispersion_figure(found.where[0], found.acts, charts.dark())
        if one_play
        else trend.trend_figure(found.plays, found.where, charts.dark()),
        "corpus.trend",
        found.plays.rename(
            columns={
                "play": _("pièce"),
                "title": _("titre"),
                "count": _("occurrences"),
                "words": _("mots"),
                "rate": _("pour 10 000 mots"),
            }
        ),
        _trend_alt(query, found.plays),
    )
    if not one_play:
        told = _(
            "À gauche, « {word} » pour 10 000 mots de chaque pièce ; à droite, sa place, du "
            "premier au dernier mot de la pièce, en {slices} cases."
        )
        st.caption(told.format(word=widgets.plain(query), slices=found.where.shape[1]))


def _sentence(found: results.Word) -> None:
    parts = [
        ngettext("**{count}** occurrence", "**{count}** occurrences", found.count).format(
            count=i18n.number(found.count)
        ),
        _("{rate} pour 10 000 mots").format(
            rate=i18n.number(found.count * 1e4 / max(int(found.plays["words"].sum()), 1), 1)
        ),
    ]
    if found.deviation is not None:
        parts.append(
            _("dispersion {value} (0 : partout, 1 : en un seul endroit)").format(
                value=i18n.number(found.deviation, 2)
            )
        )
    st.markdown(" · ".join(parts))


def _trend_alt(query: str, plays: pd.DataFrame) -> str:
    best = plays.sort_values("rate", ascending=False).head(3)
    told = ", ".join(
        f"{title} ({i18n.number(rate, 1)})"
        for title, rate in zip(best["title"], best["rate"], strict=True)
    )
    return _(
        "Occurrences de « {word} » pour 10 000 mots, pièce par pièce. Les plus hautes : {plays}."
    ).format(word=query, plays=told)
