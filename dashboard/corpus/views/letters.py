"""The characters: the alphabet of the network."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.corpus import results, wording
from dashboard.corpus.figures.letters import letters_figure
from dashboard.shared import cached, charts, i18n
from dashboard.shared.fields import MODEL
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection
from moliere_core.exploration.characters import Alphabet

SHOWN, RARE = 46, 24  # bars, and rare characters told in words


def show(source: str, selection: Selection) -> None:
    """How often each character occurs, and what that tells a model."""
    found = results.alphabet(source, selection)
    table = found.table
    if table.empty:
        st.info(_("Il n’y a pas de texte dans cette partie du corpus."))
        return
    cards = (
        (_("Caractères distincts"), i18n.number(len(table))),
        (_("Les dix premiers"), i18n.percent(float(table["share"].head(10).sum()))),
        (_("Bits, au hasard"), i18n.number(found.uniform_bits, 2)),
        (_("Bits, fréquences sues"), i18n.number(found.entropy_bits, 2)),
    )
    for column, (label, value) in zip(st.columns(4), cards, strict=True):
        column.metric(label, value)
    charts.show(
        letters_figure(found, SHOWN, charts.dark()),
        "corpus.letters",
        table.rename(
            columns={
                "char": _("caractère"),
                "name": _("nom Unicode"),
                "kind": _("sorte"),
                "count": _("occurrences"),
                "share": _("part"),
                "cumulative": _("part cumulée"),
            }
        ),
        _("Part de chaque caractère dans le texte ; les plus fréquents : {chars}.").format(
            chars=", ".join(
                f"{_name(char)} {i18n.percent(share, 1)}"
                for char, share in zip(table["char"].head(6), table["share"].head(6), strict=True)
            )
        ),
    )
    st.markdown(_told(found))
    _rare(table)


def _told(found: Alphabet) -> str:
    """What these figures are worth to a model, beside one that reads what comes before."""
    told = _(
        "Qui ne connaît que l’alphabet paie **{uniform}** par caractère ; qui connaît aussi "
        "ces fréquences, **{frequencies}**."
    ).format(uniform=i18n.bits(found.uniform_bits), frequencies=i18n.bits(found.entropy_bits))
    measured = cached.card(MODEL.default).bits_per_char
    if measured is not None:
        told += " " + _(
            "Un LSTM, qui lit ce qui précède, descend à **{bits}** sur des pièces qu’il n’a "
            "jamais lues ({model})."
        ).format(bits=i18n.bits(measured), model=f"`{MODEL.default}`")
    return told


def _rare(table: pd.DataFrame) -> None:
    rare = table.tail(min(RARE, max(len(table) - SHOWN, 0)))
    told = [
        f"`{wording.mark(char)}` {i18n.number(count)}"
        for char, count in zip(rare["char"], rare["count"], strict=True)
        if char != "`"
    ]
    if told:
        st.markdown(_("Les plus rares, et combien de fois :") + " " + " · ".join(told))


def _name(char: str) -> str:
    return {" ": _("espace"), "\n": _("fin de ligne")}.get(char, char)
