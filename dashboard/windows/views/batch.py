"""A batch as the network receives it, in the order of the text or shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import i18n, state
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from dashboard.windows import results
from dashboard.windows.controls import ORDER, Settings
from moliere_core.text.windows import buffered_order, sliding_windows, window_count

_BATCH = Component(__file__, "batch")  # characters over their integers, input beside target
ROWS = 4  # of the batch on screen
BUFFER = 10_000  # of the course's `shuffle`
SEED, EPOCH = 0, 1


def show(settings: Settings) -> None:
    """The batch, its shapes, and where it comes from."""
    order = state.value(ORDER)
    _BATCH(payload(settings, order), "windows.batch.table")
    st.caption(remark(order))


def starts(settings: Settings, order: str) -> NDArray[np.int64]:
    """Where in the text each window of the first batch begins."""
    windows = window_count(len(settings.material.text), settings.length, settings.shift)
    size = min(settings.batch, windows)
    if order == "all":
        numbers = results.shuffled(windows, size)
    else:
        numbers = buffered_order(windows, BUFFER if order == "buffer" else 1, size, SEED, EPOCH)
    return numbers * settings.shift


def distinct(starts: NDArray[np.int64], length: int) -> int:
    """How many different characters of the text the windows read."""
    ordered = np.sort(starts)
    return int(np.minimum(np.diff(ordered), length).sum()) + length


def payload(settings: Settings, order: str) -> dict[str, Any]:
    """What components/batch.js needs."""
    material, length = settings.material, settings.length
    inputs, targets = sliding_windows(material.ids, length, settings.shift)
    first = starts(settings, order)
    chars = len(material.text)
    shape = f"({len(first)}, {length})"
    return {
        "rows": [
            {
                "place": i18n.number(start),
                "inputs": material.text[start : start + length],
                "targets": material.text[start + 1 : start + length + 1],
                "ids": inputs[start // settings.shift].tolist(),
                "target_ids": targets[start // settings.shift].tolist(),
            }
            for start in first[:ROWS].tolist()
        ],
        "batch": len(first),
        "length": length,
        "starts": (first / chars).round(5).tolist(),
        "strip": _(
            "Où commencent les {count} fenêtres : {read} caractères lus, dont {distinct} différents"
        ).format(
            count=len(first),
            read=i18n.number(len(first) * length),
            distinct=i18n.number(distinct(first, length)),
        ),
        "input_shape": _("Entrées {shape}, entiers").format(shape=shape),
        "target_shape": _("Cibles {shape}, un pas plus loin").format(shape=shape),
        "locale": state.language(),
        "labels": {"row": _("début")},
    }


def remark(order: str) -> str:
    """What the order does, in one sentence."""
    return {
        "text": _(
            "Sans mélange, les fenêtres du lot sont presque la même : la correction des poids ne "
            "vient que d’un seul passage."
        ),
        "buffer": _(
            "Le notebook mélange avec un tampon de {buffer} fenêtres : un lot ne vient que du "
            "début du texte, qui n’avance que d’une fenêtre à chaque tirage."
        ).format(buffer=i18n.number(BUFFER)),
        "all": _(
            "Tout mélangé, le lot vient de partout : la correction parle pour tout le corpus. "
            "Mais l’état ne peut plus passer d’une fenêtre à la suivante."
        ),
    }[order]
