"""What is set on the Reading page."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.shared import fields, snippets, state
from dashboard.shared.controls import Choice, Menu, Slider, Text, Whole
from moliere_core.errors import N_

CELL_CHARS = 400  # of the text in the page's cell

COLOUR = Choice(
    "reading.colour",
    "colour",
    "bits",
    N_("Couleur"),
    {"bits": N_("surprise"), "rank": N_("rang")},
)
ORIGIN = Choice(
    "reading.origin",
    "text",
    "corpus",
    N_("Texte"),
    {
        "corpus": N_("des pièces"),
        "own": N_("à vous"),
        "modern": N_("d’aujourd’hui"),
        "written": N_("écrit par lui"),
        "kept": N_("gardé"),
    },
)
PLAY = Menu("reading.play", "play", "", N_("Pièce"))
PASSAGE = Whole("reading.passage", "passage", 1, N_("Passage"), 1, 100_000)
BEFORE = Text("reading.before", "before", "Je suis votre serviteur, ", N_("Ce qui précède"))
WORD = Text(
    "reading.word",
    "word",
    "monsieur",
    N_("Le mot ou la phrase à deviner"),
    kept=fields.MAX_PROMPT // 5,
)
RATE = Slider(
    "reading.rate",
    "rate",
    0.1,
    N_("Vitesse d’apprentissage"),
    0.0,
    0.5,
    help=N_("Le gain est le plus grand vers 0,1 pour un LSTM, vers 0,03 pour un transformer."),
)
SHARE = Slider("reading.share", "share", 0.5, N_("Part du réseau"), 0.0, 1.0)


@dataclass(frozen=True)
class Settings:
    """What all views are given.

    Attributes:
        reference: of the model that reads.
        seed: of what it writes itself.
        colour: what colours say of a character, one of `COLOUR`.
    """

    reference: str
    seed: int
    colour: str


def code(view: str, settings: Settings, text: str) -> str:
    """The cell of a view: what a model makes of a text."""
    values: dict[str, object] = {"model": settings.reference, "text": text[:CELL_CHARS]}
    if view == "learning":
        return snippets.filled("reading-learning", **values, rate=state.value(RATE))
    if view == "mixing":
        return snippets.filled("reading-mixing", **values)
    if view == "sources":
        return snippets.filled("reading-sources", **values)
    if view == "verse":
        return snippets.filled("reading-verse", text=text[:CELL_CHARS])
    return snippets.filled("reading", **values)
