"""The views of the Inside page, and the text that they share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard.inside import (
    components,
    fields,
    firing,
    forgetting,
    gates,
    mattered,
    plane,
    spelled,
    tracking,
)
from dashboard.inside.common import Looked
from dashboard.shared import state
from dashboard.shared.i18n import _

if TYPE_CHECKING:
    from moliere_core.inspection.trace import Trace

CELLS = "inside.cells"
_WORD = re.compile(r"[^\W\d_]+")
_PICKED = "inside.picked"  # whether the class has chosen a part of the text

embedding = plane.show


def typed() -> str:
    """The text that is looked into."""
    state.restore(fields.TEXT)
    text = st.text_area(
        _("Texte"),
        key=fields.TEXT.key,
        max_chars=state.MAX_PROMPT,
        height=150,
        width=640,
        on_change=_unpick,
    )
    return state.keep(fields.TEXT, text or "")


def span(context: str, view: str, seen: Trace, unit: tuple[int, int]) -> tuple[int, int]:
    """The chosen part of the context; where none is chosen, one that has something to show."""
    start, stop = state.value(fields.FROM), state.value(fields.TO)
    if 0 <= start < stop <= len(context):
        return start, stop
    if view == "forgets" and "(" in context:
        start = context.index("(")
        return start, start + 1
    if view in ("unit", "forgets"):
        return _middle_word(context)
    if view == "gates":
        return 0, 1
    if view == "step":  # where the unit shows most of itself
        at = int(np.abs(seen.layers[unit[0]].series["hidden"][:, unit[1]]).argmax())
        return at, at + 1
    end = context.find(fields.DEFAULT_WORD) + len(fields.DEFAULT_WORD)
    last = end if fields.DEFAULT_WORD in context else len(context.rstrip())
    return max(last - 1, 0), max(last, 1)


def _middle_word(context: str) -> tuple[int, int]:
    """A word to look for elsewhere, not the first: a network that has just begun is not itself."""
    words = [match.span() for match in _WORD.finditer(context)]
    shown = context.find(fields.DEFAULT_WORD)
    if shown >= 0:
        return shown, shown + len(fields.DEFAULT_WORD)
    return words[len(words) // 2] if words else (0, 1)


def draw(
    view: str,
    reference: str,
    context: str,
    seen: Trace,
    unit: tuple[int, int],
    span: tuple[int, int],
) -> None:
    """One of the views of a text."""
    looked = Looked(reference, context, seen, *unit, *span)
    if view == "mattered":
        values, bound, labels = mattered.colours(looked)
        chosen, target = None, looked.start
    else:
        memory = seen.layers[looked.layer].memory[:, looked.unit]
        values = np.round(memory, 3).tolist()
        bound = max(float(np.abs(memory).max()), 1e-6)
        labels = {"value": _("mémoire"), "low": _("mémoire"), "high": ""}
        chosen, target = span, None
    hints = {
        "mattered": _("Cliquez sur un caractère : lesquels, avant lui, l’ont fait attendre ?"),
        "step": _("Cliquez sur un caractère : le pas qui le lit."),
        "gates": _("Cliquez sur un caractère : les cartes commencent là."),
    }
    components.cells(
        {
            "text": context,
            "values": values,
            "bound": bound,
            "span": chosen,
            "target": target,
            "locale": state.language(),
            "labels": {
                "hint": hints.get(view, _("Cliquez sur un caractère, ou glissez sur un passage."))
            }
            | labels,
        },
        CELLS,
        _pick,
    )
    VIEWS[view](looked)


VIEWS = {
    "unit": firing.show,
    "gates": gates.show,
    "mattered": mattered.show,
    "forgets": forgetting.show,
    "step": spelled.show,
}


def _pick() -> None:
    found = components.spanned(CELLS)
    if found is not None:
        st.session_state[_PICKED] = True
        state.change(fields.FROM, found[0])
        state.change(fields.TO, found[1])


def _unpick() -> None:
    """In another text, the same places are those of other letters."""
    state.change(fields.FROM, fields.FROM.default)
    state.change(fields.TO, fields.TO.default)


def tried(view: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    picked = bool(st.session_state.get(_PICKED))
    return {
        "own": st.session_state[fields.TEXT.key] != fields.TEXT.default,
        "other": st.session_state.get(tracking.CHANGED, False),
        "where": picked and view == "unit",
        "mattered": picked and view == "mattered",
        "forgets": view == "forgets",
        "embedding": view == "embedding",
        "step": view == "step",
    }
