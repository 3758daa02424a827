"""Zipf's law, and how varied the vocabulary is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.corpus import results
from dashboard.corpus.figures.variety import variety_figure, zipf_figure
from dashboard.shared import charts, i18n
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection
from moliere_core.exploration.diversity import WINDOW
from moliere_core.exploration.zipf import Zipf

POINTS = 160  # of the law of Zipf


def show(source: str, selection: Selection) -> None:
    """Both, side by side."""
    found = results.variety(source, selection, POINTS)
    summary, law = results.summary(source, selection), found.law
    if not summary.words:
        st.info(_("Il n’y a pas de mot dans cette partie du corpus."))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**" + _("La loi de Zipf") + "**")
        charts.show(
            zipf_figure(law, charts.dark()),
            "corpus.zipf",
            pd.DataFrame({_("mot"): law.words, _("rang"): law.ranks, _("occurrences"): law.counts}),
            _zipf_alt(law),
        )
        if law.slope is None:
            st.caption(_("Trop peu de mots différents pour ajuster une droite."))
        else:
            st.caption(
                _(
                    "Pente **{slope}**, ajustée du rang {first} au rang {last}. {hapaxes} mots "
                    "sur {types} ne servent qu’une fois ({share})."
                ).format(
                    slope=i18n.number(law.slope, 2),
                    first=law.fit[0],
                    last=i18n.number(law.fit[1]),
                    hapaxes=i18n.number(summary.hapaxes),
                    types=i18n.number(summary.types),
                    share=i18n.percent(summary.hapaxes / summary.types),
                )
            )
    with right:
        st.markdown("**" + _("La variété du vocabulaire") + "**")
        charts.show(
            variety_figure(found.plays, charts.dark()),
            "corpus.variety",
            found.plays.rename(
                columns={
                    "play": _("pièce"),
                    "title": _("titre"),
                    "words": _("mots"),
                    "types": _("mots différents"),
                    "ratio": _("mots différents / mots"),
                    "mattr": "MATTR-500",
                    "verse": _("part de vers"),
                }
            ),
            _(
                "Variété du vocabulaire de chaque pièce selon sa longueur : le rapport simple "
                "baisse quand la pièce s’allonge, le MATTR non."
            ),
        )
        st.caption(_forms(found.forms))


def _forms(forms: pd.DataFrame) -> str:
    told = _(
        "MATTR-{window} : part de mots différents dans {window} mots de suite, en moyenne sur "
        "toutes les fenêtres."
    ).format(window=WINDOW)
    names = {"verse": _("vers"), "prose": _("prose")}
    measured = [
        f"**{names[str(form)]} {i18n.number(value, 3)}**"
        for form, value in zip(forms["form"], forms["mattr"], strict=True)
        if form in names and value == value
    ]
    if measured:
        return told + " " + _("D’un bout à l’autre : {values}.").format(values=", ".join(measured))
    return told + " " + _("Ce corpus ne dit pas ce qui est en vers.")


def _zipf_alt(law: Zipf) -> str:
    if law.slope is None:
        return _("Occurrences des mots selon leur rang.")
    return _(
        "Occurrences des mots selon leur rang, en échelle logarithmique : une droite de pente "
        "{slope}."
    ).format(slope=i18n.number(law.slope, 2))
