"""Is it verse? A text counted line by line as it is typed, beside what chance would give."""

from __future__ import annotations

import streamlit as st

from dashboard.reading import results, texts
from dashboard.reading.controls import Settings
from dashboard.shared import components, i18n
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core.judging import judgement
from moliere_core.text import syllables

LEAST_LINES = 4  # of which a share says something
_VERSE, _KEY = Component(__file__, "verse"), "reading.verse"


def show(settings: Settings) -> str:
    """The lines, counted in the browser; their share beside chance's; returns the text."""
    found = texts.choose(settings.reference, settings.seed, typed=False)
    _VERSE(
        {
            "text": found.text,
            "tables": syllables.tables(),
            "labels": {
                "label": _("Vos vers, un par ligne"),
                "hint": _("Écrivez ou collez des vers, un par ligne."),
                "caesura": _("césure : un mot finit à la sixième syllabe"),
                "or": _("ou {others}"),
                "rhyme": _("rime avec une ligne voisine"),
                "alone": _("ne rime avec aucune ligne voisine"),
                "syllables": _("{count} syllabes"),
                "told": _("Lignes qui peuvent se lire en 12 syllabes : {twelve} sur {lines}"),
            },
        },
        _KEY,
        text=_typed,
    )
    st.markdown(_beside(found.text))
    st.caption(
        found.caption
        + " "
        + _(
            "Chaque fond est une syllabe ; ‖ la césure ; la lettre, la rime, d’après l’écriture "
            "seule. Le compte suit les règles du vers classique : e muet, élision, diérèse. Une "
            "ligne a parfois plusieurs comptes possibles : 12 est montré dès qu’il en est un."
        )
    )
    return found.text


def _typed() -> None:
    """Keep what was typed, as one's own text."""
    text = components.text(components.told(_KEY, "text"), texts.MOST_CHARS)
    if text is not None:
        texts.keep_own(text)


def _beside(text: str) -> str:
    """The share of twelve syllables, and what random words and real plays reach."""
    found = results.counted(text)
    if len(found.lines) < LEAST_LINES or found.alexandrines is None or found.chance is None:
        return _("À partir de quatre lignes, la part du hasard est montrée ici.")
    real = judgement.yardstick().of("verse")["alexandrines"].mean
    return _(
        "En 12 syllabes : **{share}** des lignes. Les mêmes mots dans le désordre : **{chance}**. "
        "*L’École des maris*, en vers : {real}. Avec la césure : {caesura}."
    ).format(
        share=i18n.percent(found.alexandrines),
        chance=i18n.percent(found.chance),
        real=i18n.percent(real),
        caesura=i18n.percent(found.caesuras or 0),
    )
