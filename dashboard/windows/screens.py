"""The screens of the Windows page: which is shown, its code, and what the class has done there."""

from __future__ import annotations

from dashboard.shared import state
from dashboard.windows import (
    batch,
    compare,
    fields,
    length,
    opening,
    slide,
    snippet,
    streams,
    variants,
)
from dashboard.windows.controls import Settings
from moliere_core.text.windows import window_count

_SHOWN = {
    "slide": slide.show,
    "streams": streams.show,
    "batch": batch.show,
    "start": opening.show,
    "length": length.show,
    "variants": variants.show,
    "compare": compare.show,
}


def show(view: str, settings: Settings) -> None:
    """One screen; a sentence where the text is shorter than a window."""
    window_count(len(settings.material.text), settings.length, 1)
    _SHOWN[view](settings)


def code(view: str, settings: Settings) -> str:
    """The cell behind it."""
    variant, start = str(state.value(fields.VARIANT)), str(state.value(fields.START))
    return snippet.code(settings, view, variant, start, str(state.value(state.MODEL)))


def tried(view: str, settings: Settings) -> dict[str, bool]:
    """What of the lesson's list has just been done."""
    return {
        "long": view == "slide" and settings.length == fields.LENGTHS[-1],
        "apart": view == "slide" and settings.shift == settings.length,
        "order": view == "batch" and state.value(fields.ORDER) == "text",
        "buffer": view == "batch" and state.value(fields.ORDER) == "buffer",
        "spaces": view == "start" and state.value(fields.START) != fields.COURSE_START,
        "cost": view == "length",
        "refused": view == "variants" and state.value(fields.VARIANT) != "notebook",
    }
