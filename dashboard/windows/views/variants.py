"""Many-to-one, many-to-many, and why the notebook as printed fails."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.shared import i18n
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from dashboard.windows import controls
from dashboard.windows.controls import VARIANT, Settings
from moliere_core.config import PRESETS

_UNROLLED = Component(__file__, "unrolled")  # a network along a window
HEAD, TAIL = 4, 3  # places drawn at both ends of the window
# What Keras 3 says, word for word; a test raises it. The notebook's own pipeline leaves the length
# of its windows open, and Keras then prints None for it.
REFUSED = (
    "ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`. "
    "Received: target.shape={target}, output.shape={output}"
)


def show(settings: Settings) -> None:
    """The drawing, the shapes, and the lines that run."""
    chosen = VARIANT.ask()
    _UNROLLED(payload(settings, chosen), "windows.variants")
    if chosen == "notebook":
        target, output = _shapes(settings, chosen)
        st.code(REFUSED.format(target=target, output=output), language=None, wrap_lines=True)
    else:
        st.code(controls.network(settings, chosen), language="python")


def payload(settings: Settings, variant: str) -> dict[str, Any]:
    """What components/unrolled.js needs."""
    text, length = settings.material.text, settings.length
    places = [*range(HEAD), *range(length - TAIL, length)]
    target, output = _shapes(settings, variant)
    batch, units = settings.batch, PRESETS["cours"].model.units
    fits = variant != "notebook"
    hidden = (batch, length, units) if variant == "many" else (batch, units)
    return {
        "variant": variant,
        "inputs": [text[i] for i in places],
        "targets": [text[i + 1] for i in places],
        "gap": HEAD,
        "length": length,
        "fits": fits,
        "shapes": [
            (_("entrées"), str((batch, length)), True),
            (_("sortie du LSTM"), str(hidden), True),
            (_("probabilités"), str(output), fits),
            (_("cibles"), str(target), fits),
            (_("réponses par fenêtre"), i18n.number(length if variant == "many" else 1), True),
        ],
        "verdict": _verdicts(length)[variant],
        "labels": {
            "input": _("entrée"),
            "embedding": _("plongement"),
            "cell": _("cellule"),
            "cell_short": "LSTM",
            "output": _("sortie"),
            "target": _("cible"),
            "picture": _("Le réseau déroulé le long d’une fenêtre, ses réponses et leurs cibles"),
        },
    }


def _shapes(settings: Settings, variant: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of the targets and of the probabilities."""
    batch, length = settings.batch, settings.length
    symbols = len(settings.material.vocabulary)
    target = (batch,) if variant == "one" else (batch, length)
    return target, (batch, length, symbols) if variant == "many" else (batch, symbols)


def _verdicts(length: int) -> dict[str, str]:
    return {
        "notebook": _(
            "Le LSTM ne répond qu’à la fin (return_sequences=False), mais la cible est toute la "
            "fenêtre décalée : une réponse pour {length} questions. Keras refuse."
        ).format(length=length),
        "one": _(
            "Première issue : ne garder que le dernier caractère de la cible. Cela tourne, mais "
            "il faut lire {length} caractères pour une seule leçon."
        ).format(length=length),
        "many": _(
            "Seconde issue, celle de cette application : répondre à chaque pas "
            "(return_sequences=True). Les mêmes calculs donnent {length} leçons."
        ).format(length=length),
    }
