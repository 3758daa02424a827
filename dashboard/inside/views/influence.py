"""Which letters mattered for a character: the exact gradient, and the check by deletion."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import results
from dashboard.inside.controls import EDIT
from dashboard.inside.figures.influence import influence_figure
from dashboard.inside.text import Colours, Looked
from dashboard.shared import charts, i18n, state, widgets
from dashboard.shared.i18n import _
from moliere_core.inspection.influence import Deletions, Influence
from moliere_core.networks.arrays import Array
from moliere_core.text.signs import visible

SURE = 0.9  # a probability that can hardly grow


def _context(looked: Looked) -> str | None:
    """The context that ends with the explained character; None where that cannot be."""
    known = looked.seen.ids[looked.start] != 0
    return looked.context[: looked.start + 1] if looked.start and known else None


def _edit() -> Any:
    """What the control below says, or the address, before it is drawn."""
    return state.restore(EDIT)


def colours(looked: Looked) -> Colours:
    """Gradient times input of each earlier character."""
    labels = {"value": _("gradient × entrée"), "low": _("contre"), "high": _("pour")}
    context = _context(looked)
    if context is None:
        return Colours([None] * len(looked.context), 1.0, labels)
    found, _deleted = results.influence(looked.reference, context, _edit(), looked.seen)
    weights = np.round(found.gradient_input.astype(float), 4)
    after = len(looked.context) - len(weights)
    bound = max(float(np.abs(weights).max()), 1e-6)
    return Colours([*weights.tolist(), *[None] * after], bound, labels)


def show(looked: Looked) -> None:
    """The figure of both measures, and how far they agree."""
    context = _context(looked)
    if context is None:
        st.info(_("Choisissez un caractère que le modèle connaît, après au moins un autre."))
        return
    words, control = st.columns([1.6, 1], vertical_alignment="center")
    with control:
        edit: Any = EDIT.ask()
    found, deleted = results.influence(looked.reference, context, edit, looked.seen)
    first = int(deleted.positions[0])
    chars = [visible(char) for char in context[first:-1]]
    gradient = found.gradient_input[first:]
    target = visible(context[-1])
    words.markdown(
        _("Il donnait **{prob}** à « {target} ». {agreement}").format(
            prob=widgets.plain(i18n.chance(math.exp(found.log_prob))),
            target=widgets.plain(target),
            agreement=_agreement(gradient, deleted.change, math.exp(found.log_prob)),
        )
    )
    charts.show(
        influence_figure(chars, gradient, deleted.change, target, charts.dark()),
        "inside.mattered",
        _numbers(context, found, deleted),
        _(
            "Deux barres par lettre. La plus forte au gradient : « {by_gradient} » ; à "
            "l’effacement : « {by_deletion} », {change}."
        ).format(
            by_gradient=chars[int(np.abs(gradient).argmax())],
            by_deletion=chars[int(np.abs(deleted.change).argmax())],
            change=i18n.nats(float(deleted.change[np.abs(deleted.change).argmax()])),
        ),
    )
    st.caption(
        _(
            "Couleurs et barres bleues : ce que chaque lettre ajoute (pour) ou retire (contre), au "
            "premier ordre. Barres orange : ce qui change quand on l’ôte vraiment, sur les "
            "{count} dernières."
        ).format(count=len(chars))
    )


def _numbers(context: str, found: Influence, deleted: Deletions) -> pd.DataFrame:
    """Both measures, of all that precedes: deletion was tried on the last characters alone."""
    effect = np.full(len(found.norm), np.nan)
    effect[deleted.positions] = deleted.change
    return pd.DataFrame(
        {
            _("position"): range(len(found.norm)),
            _("caractère"): list(context[:-1]),
            _("gradient × entrée (nats)"): found.gradient_input,
            _("norme du gradient"): found.norm,
            _("effet de l’effacement (nats)"): effect,
        }
    )


def _agreement(gradient: Array, change: Array, prob: float) -> str:
    if len(gradient) < 3 or not gradient.std() or not change.std():
        return ""
    r = float(np.corrcoef(gradient, change)[0, 1])
    told = (
        _("Il en était presque sûr : la pente est presque nulle, croyez l’effacement (r = {r}).")
        if prob > SURE
        else _("Corrélation des deux mesures : r = {r}.")
    )
    return told.format(r=i18n.number(r, 2))
