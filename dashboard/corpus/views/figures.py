"""The corpus in figures: cards, what the course announces, the table of plays."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.corpus import results
from dashboard.shared import i18n, tables
from dashboard.shared.i18n import _
from moliere_core.config import PRESETS
from moliere_core.exploration import Selection
from moliere_core.exploration.overview import Summary

COURSE_ALPHABET, COURSE_KILOBYTES, COURSE_PARAMETERS = 80, 500, 300_000


def show(source: str, selection: Selection) -> None:
    """Figures of the part that is selected."""
    summary = results.summary(source, selection)
    _cards(summary)
    _course(summary)
    _plays(results.plays(source, selection))


def _cards(summary: Summary) -> None:
    unknown = "–"
    cards = [
        (_("Pièces"), i18n.number(summary.plays)),
        (_("Répliques"), i18n.number(summary.cues)),
        (
            _("Personnages"),
            unknown if summary.speakers is None else i18n.number(summary.speakers),
        ),
        (
            _("Part de vers"),
            unknown if summary.verse_share is None else i18n.percent(summary.verse_share),
        ),
        (_("Mots"), i18n.number(summary.words)),
        (_("Mots différents"), i18n.number(summary.types)),
        (_("Caractères"), i18n.number(summary.chars)),
        (_("Alphabet"), i18n.number(summary.alphabet)),
    ]
    for row in (cards[:4], cards[4:]):
        for column, (label, value) in zip(st.columns(4), row, strict=True):
            column.metric(label, value)
    missing = [
        label
        for label, absent in (
            (_("qui parle"), summary.speakers is None),
            (_("ce qui est en vers"), summary.verse_share is None),
        )
        if absent
    ]
    if missing:
        st.caption(_("Ce corpus ne dit pas {what}.").format(what=_(" ni ").join(missing)))


def _course(summary: Summary) -> None:
    """What the course announces beside what is measured here."""
    symbols = summary.alphabet + 1  # and the unknown one
    model = PRESETS["cours"].model
    table = pd.DataFrame(
        {
            "": [_("caractères distincts"), _("taille du texte"), _("paramètres du réseau")],
            _("Le cours annonce"): [
                _("environ {n}").format(n=COURSE_ALPHABET),
                _("environ {n} ko").format(n=COURSE_KILOBYTES),
                _("environ {n}").format(n=i18n.number(COURSE_PARAMETERS)),
            ],
            _("Mesuré ici"): [
                i18n.number(summary.alphabet),
                _("{n} ko en UTF-8").format(n=i18n.number(summary.utf8_bytes / 1000)),
                _("{n} pour l’architecture du cours et cet alphabet").format(
                    n=i18n.number(model.parameter_count(symbols))
                ),
            ],
        }
    ).set_index("")
    st.table(table)


def _plays(plays: pd.DataFrame) -> None:
    tables.scrolled(
        pd.DataFrame(
            {
                _("Pièce"): plays["title"],
                _("Répliques"): plays["cues"],
                _("Personnages"): plays["speakers"],
                _("Mots"): plays["words"],
                _("Mots différents"): plays["types"],
                _("Caractères"): plays["chars"],
                _("Vers (%)"): 100 * plays["verse_share"],
            }
        ),
        "corpus.plays",
        hide_index=True,
        column_config={
            _("Pièce"): st.column_config.TextColumn(width="medium"),
            _("Personnages"): st.column_config.NumberColumn(format="%d"),
            _("Vers (%)"): st.column_config.ProgressColumn(
                format="%.0f", min_value=0, max_value=100
            ),
        },
    )
