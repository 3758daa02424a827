"""What the cell forgets: how long a passage leaves a trace in the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import results
from dashboard.inside.figures.influence import echo_figure
from dashboard.inside.text import Looked
from dashboard.shared import charts, i18n
from dashboard.shared.i18n import _
from moliere_core.inspection.forgetting import half_life, survival
from moliere_core.networks.arrays import Array
from moliere_core.text.signs import visible

SHOWN = 64  # characters that the axis can name
FAINT = 0.1  # of the first difference: all but forgotten


def show(looked: Looked) -> None:
    """What is left of the chosen passage, in the whole memory and in one unit."""
    if looked.start == 0 or looked.stop >= len(looked.context):
        st.info(_("Choisissez un passage après le début et avant la fin : il faut une suite."))
        return
    found = results.echo(looked.reference, looked.context, looked.start, looked.stop, looked.seen)
    left = survival(looked.seen.layers[looked.layer], looked.stop - 1)
    until = found.steps_until(FAINT)
    fades = (
        _("l’écart tombe pour de bon sous un dixième après **{count}** caractères.").format(
            count=until
        )
        if until is not None
        else _("l’écart dépasse encore un dixième à la fin du texte.")
    )
    st.markdown(
        _("Le même texte, lu avec et sans « {text} » : {fades}").format(
            text=looked.chosen, fades=fades
        )
    )
    shown = slice(0, SHOWN)
    chars = [visible(char) for char in looked.context[looked.stop - 1 :][shown]]
    distance, kept = found.distance[-1][shown], left[shown, looked.unit]
    divergence = found.divergence[shown]
    charts.show(
        echo_figure(chars, distance, divergence, kept, charts.dark()),
        "inside.forgets",
        pd.DataFrame(
            {
                _("caractères lus depuis"): range(len(chars)),
                _("caractère"): chars,
                _("écart des mémoires"): distance,
                _("écart des prédictions (bits)"): divergence,
                _("part gardée par l’unité"): kept,
            }
        ),
        _(
            "Écart des mémoires avec et sans le passage : {first} au début, {last} après {count} "
            "caractères."
        ).format(
            first=i18n.number(float(distance[0]), 2),
            last=i18n.number(float(distance[-1]), 3),
            count=len(chars) - 1,
        ),
    )
    _half_lives(left, looked.unit)


def _half_lives(left: Array, unit: int) -> None:
    """How soon the units of a layer lose half of what they held."""
    lives = [half_life(column) for column in left.T]
    known = [life for life in lives if life is not None]
    own = lives[unit]
    st.markdown(
        _(
            "La moitié des unités de cette couche ont perdu la moitié de ce qu’elles contenaient "
            "en **{median}** caractères ; l’unité {unit}, {own}."
        ).format(
            median=i18n.number(np.median([len(left) if life is None else life for life in lives]))
            if len(known) * 2 > len(lives)
            else _("plus de {count}").format(count=len(left) - 1),
            unit=unit,
            own=_("en {count}").format(count=own)
            if own is not None
            else _("pas encore à la fin du texte"),
        )
    )
