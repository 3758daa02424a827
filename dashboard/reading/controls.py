"""What is set on the Reading page."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.shared import fields, snippets
from dashboard.shared.controls import Choice, Menu, Text, Whole
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


@dataclass(frozen=True)
class Settings:
    """What both views are given.

    Attributes:
        reference: of the model that reads.
        seed: of what it writes itself.
        colour: what colours say of a character, one of `COLOUR`.
    """

    reference: str
    seed: int
    colour: str


def code(reference: str, text: str) -> str:
    """The page's cell: how surprised a model is by each character of a text."""
    return snippets.filled("reading", model=reference, text=text[:CELL_CHARS])
