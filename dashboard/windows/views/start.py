"""The start of a text: a window filled up with spaces, as in the course, against a zero state."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.shared import cached, charts, fields, i18n, state
from dashboard.shared.i18n import _
from dashboard.windows import figures, results
from dashboard.windows.controls import START, Settings
from dashboard.windows.wording import warn
from moliere_core.measures.openings import Opening, Openings, opening, padded

BARS = 9
EARLY = 10  # characters over which the cost of a start is averaged


def show(settings: Settings) -> None:
    """The two distributions, how far apart they are, and what it costs on real cues."""
    start = START.ask(visible=False)
    reference = state.value(fields.MODEL)
    model = cached.recurrent(reference)
    found = opening(model, start, settings.length)
    window = padded(start, settings.length)
    spaces = len(window) - len(window.lstrip(" "))
    st.caption(difference(found, spaces))
    costs = results.openings(reference, settings.source, settings.length)
    warn(reference, settings.source)
    st.caption(cost(costs, settings.length))
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        bars = figures.best(found, model.vocabulary, BARS)
        alt = _(
            "Les caractères suivants les plus probables après un état nul et après des espaces ; "
            "entropies {zero} et {padded}."
        ).format(zero=i18n.bits(found.zero_entropy), padded=i18n.bits(found.padded_entropy))
        figure = figures.openings_figure(bars, charts.dark())
        charts.show(figure, "windows.start.bars", _bars_table(bars), alt)
    with right:
        figure = figures.costs_figure(costs, charts.dark())
        charts.show(
            figure, "windows.start.costs", _costs_table(costs), cost(costs, settings.length)
        )


def difference(found: Opening, spaces: int) -> str:
    """How far the two readings are from one another, in one sentence."""
    last = i18n.bits(float(found.apart[-1]))
    said = _(
        "Le cours : {spaces} espaces, puis le début. Ici : un état nul, un passage à la ligne, "
        "puis le début. Écart (divergence de Kullback-Leibler) : "
    ).format(spaces=spaces)
    if len(found.apart) == 1:
        return said + f"**{last}**."
    return said + _("{first} avant le premier caractère, **{bits}** après le dernier.").format(
        first=i18n.bits(float(found.apart[0])), bits=last
    )


def cost(costs: Openings, length: int) -> str:
    """What the first characters of real cues cost, in one sentence."""
    first = slice(0, EARLY)
    return _(
        "Sur {count} débuts de répliques jamais lues, les {early} premiers caractères coûtent "
        "{padded} chacun après {length} espaces, {zero} après un état nul."
    ).format(
        count=costs.count,
        early=EARLY,
        padded=i18n.bits(float(costs.padded[first].mean())),
        zero=i18n.bits(float(costs.zero[first].mean())),
        length=length,
    )


def _costs_table(costs: Openings) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("place"): range(1, len(costs.zero) + 1),
            _("état nul (bits)"): costs.zero,
            _("espaces (bits)"): costs.padded,
        }
    )


def _bars_table(bars: figures.Bars) -> pd.DataFrame:
    return pd.DataFrame(
        {_("caractère"): bars.chars, _("état nul"): bars.zero, _("espaces"): bars.padded}
    )
