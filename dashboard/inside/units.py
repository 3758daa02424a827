"""Units by name: what each of them follows, as measured over a corpus."""

from __future__ import annotations

import math

import streamlit as st

from dashboard.inside import controls, results, wording
from dashboard.shared import cached, following, i18n, naming, state, tables, widgets
from dashboard.shared.i18n import _
from moliere_core.inspection.units import TrackingUnit, UnitTable

LEAST_R = 0.3  # below, a unit is not said to follow anything
OTHER = "other"
CHANGED = "inside.changed"  # whether the class looks at another unit than the first


def table(reference: str) -> UnitTable | None:
    """What was found; None, with its progress on the page, as long as it is being looked for."""
    work = results.tracking(reference, results.watched())
    if (found := work.found()) is None:
        following.bar(work, _("On cherche ce que suivent ses unités : {share}"))
    return found


def choose(reference: str, view: str) -> tuple[int, int]:
    """The unit that the page looks at, by layer and number, from 0."""
    if view == "mattered":  # no unit is looked at
        return _default(reference)
    found = table(reference)
    told = {} if found is None else {u.feature: u for u in found.units if strong(u)}
    label = wording.features()
    options = [*told, OTHER]
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = controls.TRACKED.ask(
            options,
            lambda name: (
                _described(told[name], label[name])
                if name in told
                else _("une autre, par son numéro")
            ),
            visible=False,
        )
        st.session_state[CHANGED] = chosen != options[0]
        state.keep(controls.TRACKED, chosen if chosen != options[0] else "")
        if chosen != OTHER:
            return told[chosen].layer, told[chosen].unit
        return _numbers(reference)


def strong(unit: TrackingUnit) -> bool:
    """Whether the correlation stands on a text that played no part in the choice."""
    return not math.isnan(unit.r_check) and abs(unit.r_check) >= LEAST_R


def _default(reference: str) -> tuple[int, int]:
    work = results.tracking(reference, results.watched())
    found = work.found()
    first = next((u for u in found.units if strong(u)), None) if found else None
    return (first.layer, first.unit) if first else (0, 0)


def _numbers(reference: str) -> tuple[int, int]:
    layers = cached.recurrent(reference).network.layers
    layer = controls.LAYER.ask(visible=False)
    layer = min(layer, len(layers)) - 1
    unit = controls.UNIT.ask(visible=False)
    return layer, min(unit, layers[layer].units - 1)


def _described(unit: TrackingUnit, label: str) -> str:
    return _("suit {what} — couche {layer}, unité {unit}, r = {r}").format(
        what=label,
        layer=unit.layer + 1,
        unit=unit.unit,
        r=i18n.number(unit.r_check, 2),
    )


def _corpus(name: str) -> str:
    """What ships says the name of a file; what was found here, an identifier."""
    return naming.source(name) if name in naming.sources() else name


def correlations(reference: str) -> None:
    """All that was measured, the weak ones too."""
    found = table(reference)
    if found is None:
        return
    label = wording.features()
    st.caption(
        _(
            "Pour chaque propriété, l’unité la plus corrélée sur {search} caractères, puis la même "
            "corrélation sur {check} autres caractères, qui n’ont pas servi à la choisir "
            "({corpus}). Une corrélation n’est pas une explication."
        ).format(
            search=i18n.number(found.search_chars),
            check=i18n.number(found.check_chars),
            corpus=widgets.plain(_corpus(found.corpus)),
        )
    )
    tables.show(
        [
            _("Propriété"),
            _("Couche"),
            _("Unité"),
            _("r (choix)"),
            _("r (contrôle)"),
            _("Caractères concernés"),
        ],
        [
            [
                label.get(unit.feature, unit.feature),
                str(unit.layer + 1),
                str(unit.unit),
                _r(unit.r),
                _r(unit.r_check),
                i18n.number(unit.marked),
            ]
            for unit in found.units
        ],
    )


def _r(value: float) -> str:
    return "–" if math.isnan(value) else i18n.number(value, 2)
