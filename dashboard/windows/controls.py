"""What the Windows page asks for."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.shared import snippets, sources, state, widgets
from dashboard.shared.cached import Material, material
from dashboard.shared.controls import Choice
from moliere_core.config import PRESETS
from moliere_core.errors import N_

LENGTHS = (12, 40, 60, 100, 150)  # the first to see it well, the others are the course's
LENGTH_SHIFT = "length"  # a window begins where the one before it ends
SIZED = ("slide", "streams", "batch", "start", "variants")  # views that a length changes

LENGTH = Choice(
    "windows.length",
    "length",
    "60",
    N_("Longueur"),
    {str(n): str(n) for n in LENGTHS} | {"12": N_("12 (pour voir)")},
)
SHIFT = Choice(
    "windows.shift",
    "shift",
    "1",
    N_("Décalage"),
    {"1": "1", "5": "5", LENGTH_SHIFT: N_("la longueur")},
)
BATCH = Choice(
    "windows.batch", "batch", "64", N_("Lot"), {str(n): str(n) for n in (8, 32, 64, 128)}
)
ORDER = Choice(
    "windows.order",
    "order",
    "all",
    N_("Ordre"),
    {"text": N_("du texte"), "buffer": N_("tampon"), "all": N_("mélangé")},
)
START = widgets.start("windows")
VARIANT = Choice(
    "windows.variant",
    "variant",
    "notebook",
    N_("Variante"),
    {
        "notebook": N_("Le notebook tel quel"),
        "one": N_("Une réponse (many-to-one)"),
        "many": N_("Une à chaque pas (many-to-many)"),
    },
)


@dataclass(frozen=True)
class Settings:
    """What was chosen.

    Attributes:
        source: which corpus.
        length: characters a window.
        shift_name: one of the options of `SHIFT`.
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
        return length if self.shift_name == LENGTH_SHIFT else int(self.shift_name)

    @property
    def material(self) -> Material:
        """The text and the series."""
        return material(self.source)


def choose(views: Choice) -> tuple[str, Settings]:
    """Which of the views of the page, then its settings."""
    row, complaints = st.container(), st.container()
    with row, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = views.ask()
        with widgets.settings():
            source = sources.select(complaints)
            batch = int(BATCH.ask(visible=True))
            if view in ("start", "length"):
                widgets.model()
            else:
                widgets.model_asked()
    later = "windows-later" if view == "slide" else None  # on a small screen, below what plays
    with st.container(key=later, horizontal=True, vertical_alignment="center", gap="small"):
        length = LENGTH.ask_inline() if view in SIZED else state.value(LENGTH)
        shift = SHIFT.ask_inline() if view in ("slide", "batch") else state.value(SHIFT)
        if view == "batch":
            ORDER.ask_inline()
    return view, Settings(source, int(length), shift, batch)


def code(view: str, settings: Settings, variant: str, start: str, reference: str) -> str:
    """The page's cell: what the view does, with its settings."""
    if view == "start":
        return snippets.filled(
            "windows-start", model=reference, start=start, length=settings.length
        )
    text = snippets.filled("windows-text", corpus=snippets.corpus(settings.source)) + "\n"
    if view == "variants" and variant != "notebook":
        return text + network(settings, variant)
    name = view if view in ("streams", "length") else "batch"
    return text + snippets.filled(f"windows-{name}", **_windows(settings))


def network(settings: Settings, variant: str) -> str:
    """One of the two ways out of the notebook's error, in Keras."""
    model = PRESETS["cours"].model
    return snippets.filled(
        f"windows-{variant}",
        embedding_dim=model.embedding_dim,
        units=model.units,
        dropout=model.dropout,
        **_windows(settings),
    )


def _windows(settings: Settings) -> dict[str, int]:
    return {"length": settings.length, "shift": settings.shift, "batch": settings.batch}
