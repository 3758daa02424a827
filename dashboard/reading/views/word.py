"""A word that becomes certain, letter after letter."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.reading import controls, results
from dashboard.reading.controls import Settings
from dashboard.reading.figures import completion_figure
from dashboard.shared import charts, i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.measures.reading import Completion
from moliere_core.text.signs import visible


def show(settings: Settings) -> str:
    """The curve of a word that becomes certain; returns the word after what precedes it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before, asked = controls.BEFORE.ask(), controls.WORD.ask()
    widgets.unknown(settings.reference, before + asked, underlined=True)
    if not asked:
        widgets.ask_first(_("Donnez au moins une lettre à deviner."))
    _curve(results.completion(settings.reference, before, asked))
    return before + asked


def _curve(found: Completion) -> None:
    sure = found.sure_after()
    if sure is None:
        st.markdown(_("Jusqu’au bout, il donne moins d’une chance sur deux à la suite."))
    else:
        st.markdown(
            i18n.ngettext(
                "Après **{count} lettre**, il donne plus d’une chance sur deux à toute la suite.",
                "Après **{count} lettres**, il donne plus d’une chance sur deux à toute la suite.",
                sure,
            ).format(count=sure)
            if sure
            else _("Avant même la première lettre, il donne plus d’une chance sur deux à ce mot.")
        )
    given = [visible(found.word[:n]) or "∅" for n in range(len(found.word))]
    charts.show(
        completion_figure(given, found, charts.dark()),
        "reading.word.curve",
        pd.DataFrame(
            {
                _("lettres données"): given,
                _("probabilité de toute la suite"): found.probs,
                _("probabilité de la lettre suivante"): found.next_probs,
            }
        ),
        _("Probabilité de la suite de « {word} », lettre après lettre : de {low} à {high}.").format(
            word=found.word,
            low=i18n.number(found.probs[0], 4),
            high=i18n.number(found.probs[-1], 4),
        ),
        lower=True,
    )
