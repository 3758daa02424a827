"""The controls of the Windows page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.shared import sources, state, widgets
from dashboard.shared.i18n import _
from dashboard.windows import cached, fields
from dashboard.windows.material import Material

SIZED = ("slide", "streams", "batch", "start", "variants")  # views that a length changes


@dataclass(frozen=True)
class Settings:
    """What was chosen.

    Attributes:
        source: which corpus.
        length: characters a window.
        shift_name: one of `fields.SHIFTS`.
        batch: windows a batch, or streams.
    """

    source: str
    length: int
    shift_name: str
    batch: int

    @property
    def shift(self) -> int:
        """From a window to the next, in characters."""
        return self.shift_of(self.length)

    def shift_of(self, length: int) -> int:
        """The same for windows of another length."""
        return length if self.shift_name == fields.LENGTH_SHIFT else int(self.shift_name)

    @property
    def material(self) -> Material:
        """The text and the series."""
        return cached.material(self.source)


def choose() -> tuple[str, Settings]:
    """Which of the screens of the page, then its settings."""
    row, complaints = st.container(), st.container()
    with row, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = _view()
        with st.popover(_("Réglages"), icon=":material/tune:"):
            source = sources.select(complaints)
            batch = _batch()
            if view in ("start", "length"):
                widgets.model()
            else:
                state.value(state.MODEL)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        length = _length() if view in SIZED else int(state.value(fields.LENGTH))
        shift = _shift() if view in ("slide", "batch") else state.value(fields.SHIFT)
        if view == "batch":
            _order()
    return view, Settings(source, length, shift, batch)


def _view() -> str:
    return widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {
            "slide": _("Glisser"),
            "streams": _("Flux"),
            "batch": _("Lot"),
            "start": _("Début"),
            "length": _("Longueur"),
            "variants": _("Un ou tous"),
            "compare": _("Série ou texte"),
        },
        visible=False,
    )


def warn(reference: str, source: str) -> None:
    """Say so where a model is measured on what it has learned from."""
    if cached.judged_on_its_own_text(reference, source):
        st.warning(_("Ce modèle a appris sur ce texte même : ses chiffres sont flattés."))


def _length() -> int:
    options = {str(n): str(n) for n in fields.LENGTHS}
    options[str(fields.LENGTHS[0])] = _("12 (pour voir)")
    return int(widgets.inline(fields.LENGTH, _("Longueur"), options))


def _shift() -> str:
    names = {"1": "1", "5": "5", fields.LENGTH_SHIFT: _("la longueur")}
    return widgets.inline(fields.SHIFT, _("Décalage"), names)


def _order() -> None:
    names = {"text": _("du texte"), "buffer": _("tampon"), "all": _("mélangé")}
    widgets.inline(fields.ORDER, _("Ordre"), names)


def _batch() -> int:
    options = {str(n): str(n) for n in fields.BATCHES}
    return int(widgets.segmented(fields.BATCH, _("Lot"), options))
