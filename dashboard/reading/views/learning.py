"""A network that learns while it reads, beside the same one that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.reading import controls, results, texts
from dashboard.reading.controls import Settings
from dashboard.reading.figures import learning_figure
from dashboard.reading.results import Adaptation, Word
from dashboard.shared import charts, i18n, tables
from dashboard.shared.i18n import _

PASSAGE_CHARS = 4_000  # of a play: long enough for names to come back
FIRST = 3  # comings of a word that are shown


def show(settings: Settings) -> str:
    """The two curves, and the words that become cheaper as they come back; returns the text."""
    text = texts.choose(settings.reference, settings.seed, PASSAGE_CHARS)
    texts.require(text)
    curve, words = st.columns([1.2, 1], gap="medium")
    with words:
        rate = controls.RATE.ask()
    with curve:
        found = results.adaptation(settings.reference, text.text, rate)
        st.markdown(_sentence(found))
        _curve(found)
    with words:
        _words(results.returning(found))
    st.caption(
        text.caption
        + " "
        + _(
            "Il apprend du texte même sur lequel on le note : ses bits ne se comparent pas à ceux "
            "des autres modèles."
        )
    )
    return text.text


def _sentence(found: Adaptation) -> str:
    return _(
        "Bits par caractère, sans apprendre : **{frozen}** · en apprenant : **{adapting}**"
    ).format(
        frozen=i18n.number(found.frozen.mean(), 3), adapting=i18n.number(found.adapting.mean(), 3)
    )


def _curve(found: Adaptation) -> None:
    charts.show(
        learning_figure(np.cumsum(found.frozen - found.adapting), charts.dark()),
        "reading.learning.curve",
        pd.DataFrame(
            {
                _("caractère"): list(found.text),
                _("sans apprendre (bits)"): found.frozen,
                _("en apprenant (bits)"): found.adapting,
            }
        ),
        _("Bits que le réseau épargne en apprenant, par rapport au même qui n’apprend plus."),
    )


def _words(words: list[Word]) -> None:
    """What each coming of a word costs, learning; where nothing comes back, how to see it."""
    if not words:
        st.info(_("Aucun long mot ne revient trois fois : prenez un texte où un nom revient."))
        return
    st.markdown(_("**Ce que coûte un mot qui revient** (bits : sans apprendre → en apprenant)"))
    tables.show(
        ["", _("1re fois"), _("2e fois"), _("3e fois")],
        [[word.word, *map(_both, word.frozen[:FIRST], word.adapting[:FIRST])] for word in words],
        numeric=True,
    )
    st.caption(_("Les mots, parmi ceux qui reviennent, où apprendre épargne le plus."))


def _both(frozen: float, adapting: float) -> str:
    """What a coming costs the network that does not learn, and the one that does."""
    return f"{i18n.number(frozen, 1)} → {i18n.number(adapting, 1)}"
