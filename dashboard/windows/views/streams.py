"""Contiguous streams: how the text is cut, and what is carried from window to window."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.shared import cached, fields, i18n, state
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from dashboard.windows import results
from dashboard.windows.controls import Settings
from dashboard.windows.wording import player, times_read
from moliere_core.text.windows import epoch_plan, window_count

_STREAMS = Component(__file__, "streams")  # contiguous, with their carried state, played
STEPS = 40  # windows that can be played


def show(settings: Settings) -> None:
    """The animation and its figures; then what carrying the state is worth, which takes longer."""
    _STREAMS(payload(settings), "windows.streams")
    worth = results.context(fields.DEFAULT_MODEL, settings.source)
    st.caption(
        _(
            "Mesuré sur « petit » : **{carried}** par caractère avec l’état transmis, "
            "**{zero}** si l’état est remis à zéro à chaque fenêtre de {length}."
        ).format(
            carried=i18n.bits(worth.carried),
            zero=i18n.bits(worth.window_bits(settings.length)),
            length=settings.length,
        )
    )


def payload(settings: Settings) -> dict[str, Any]:
    """What components/streams.js needs."""
    material, length, batch = settings.material, settings.length, settings.batch
    chars = len(material.text)
    plan = epoch_plan(chars, length, None, batch)
    stream = (chars - 1) // batch
    sent = min(plan.updates, STEPS) * length + 1
    shown = sorted({0, 1, batch // 2, batch - 1})
    return {
        "id": repr((settings.source, length, batch)),
        "length": length,
        "batch": batch,
        "per_stream": stream,
        "left_out": (chars - batch * stream) / chars,
        "rows": [
            {
                "name": _("flux {number}").format(number=i + 1),
                "text": material.text[i * stream : i * stream + sent],
            }
            for i in shown
        ],
        "windows": plan.updates,
        "random": random_starts(chars, length, batch),
        "facts": facts(settings),
        "locale": state.language(),
        "labels": player()
        | {
            "when": _("Fenêtre {at} sur {all} dans chaque flux"),
            "heading": _("Le texte coupé en {count} flux, lus tous ensemble").format(count=batch),
            "other": _(
                "Pour comparer : {count} fenêtres tirées au hasard, chacune d’un état nul"
            ).format(count=batch),
            "state": _("état →"),
        },
    }


def random_starts(chars: int, length: int, batch: int) -> list[list[float]]:
    """Where the windows of the first shuffled batches begin, as shares of the text."""
    windows = window_count(chars, length, 1)
    order = results.shuffled(windows, batch * STEPS) / chars
    return [order[i : i + batch].round(5).tolist() for i in range(0, len(order), batch)]


def facts(settings: Settings) -> list[tuple[str, str]]:
    """The figures: a number and what it counts."""
    chars, batch = len(settings.material.text), settings.batch
    plan = epoch_plan(chars, settings.length, None, batch)
    model = cached.model(fields.DEFAULT_MODEL).network.config
    states = 2 if model.cell == "lstm" else 1
    return [
        (
            i18n.number(plan.updates),
            _("mises à jour par époque, une par fenêtre du flux"),
        ),
        (
            i18n.number(batch * states * model.units * model.layers),
            _("nombres transmis : {states} états de {units} par flux").format(
                states=states, units=model.units
            ),
        ),
        (
            i18n.number(plan.chars_read),
            _("caractères lus par époque : {times} fois le texte").format(
                times=times_read(plan.chars_read / chars)
            ),
        ),
        (
            i18n.number(chars - plan.chars_read),
            _("caractères jamais lus, aux bouts des flux"),
        ),
    ]
