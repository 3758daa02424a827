"""What a longer window costs and what it is worth, computed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.shared import charts, fields, i18n, state, tables
from dashboard.shared.i18n import _
from dashboard.windows import figures, results
from dashboard.windows.controls import LENGTHS, Settings
from dashboard.windows.wording import times_read, warn
from moliere_core.config import PRESETS
from moliere_core.networks.architecture import activation_bytes
from moliere_core.text.windows import epoch_plan

COURSE = LENGTHS[1:]


def show(settings: Settings) -> None:
    """The table of costs, and the curve of what it is worth."""
    reference = state.value(fields.MODEL)
    worth = results.context(reference, settings.source)
    warn(reference, settings.source)
    tables.show(*rows(settings, reference))
    figure = figures.context_figure(
        worth,
        COURSE,
        {
            "seen": _("depuis un état nul"),
            "carried": _("état transmis depuis le début du texte"),
        },
        charts.dark(),
    )
    data = pd.DataFrame(
        {
            _("caractères vus"): range(1, len(worth.bits) + 1),
            _("bits par caractère"): worth.bits,
        }
    )
    alt = _(
        "La perte baisse avec le contexte : {one} après 1 caractère, {ten} après 10, {forty} "
        "après 40, {all} avec l’état transmis."
    ).format(
        one=i18n.bits(float(worth.bits[0])),
        ten=i18n.bits(float(worth.bits[9])),
        forty=i18n.bits(float(worth.bits[39])),
        all=i18n.bits(worth.carried),
    )
    charts.show(figure, "windows.length.context", data, alt, lower=True)
    st.caption(
        _(
            "Mesuré sur {model}, {windows} passages d’un texte tenu à l’écart. Lot de {batch}, "
            "décalage {shift}, architecture du cours ; mémoire : le moins que la rétropropagation "
            "doit garder."
        ).format(model=reference, windows=worth.windows, batch=settings.batch, shift=settings.shift)
    )


def rows(settings: Settings, reference: str) -> tuple[list[str], list[list[str]]]:
    """The heads of the table, then a row a length, and one for the streams."""
    worth = results.context(reference, settings.source)
    material, model = settings.material, PRESETS["cours"].model
    symbols, chars = len(material.vocabulary), len(material.text)
    found = []
    for length in COURSE:
        plan = epoch_plan(chars, length, settings.shift_of(length), settings.batch)
        memory = activation_bytes(model, symbols, settings.batch, length)
        found.append(
            [
                str(length),
                i18n.number(plan.windows),
                i18n.number(plan.updates),
                _("{count} M ({times} ×)").format(
                    count=i18n.number(plan.chars_read / 1e6, 1),
                    times=times_read(plan.chars_read / chars),
                ),
                _("{count} Mo").format(count=i18n.number(memory / 1e6, 1)),
                i18n.number(plan.mean_context, 1),
                i18n.number(worth.window_bits(length), 3),
                i18n.number(float(worth.bits[length - 1]), 3),
            ]
        )
    heads = [
        _("longueur"),
        _("fenêtres"),
        _("mises à jour par époque"),
        _("caractères lus par époque"),
        _("mémoire d’un lot"),
        _("contexte moyen"),
        _("bits, en moyenne"),
        _("bits, au dernier"),
    ]
    return heads, found
