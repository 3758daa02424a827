"""What the address of the Inside page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, clip, integer

DEFAULT_TEXT = (
    "Monsieur, je ne saurais (c'est ma faute) répondre aux belles dames de Lyon.\n"
    "L'amour ne se dit point : il se montre, et Valère ne le sait que trop."
)
DEFAULT_WORD = "belles"  # of that text: with `petit`, cells that follow the plural
TEXT: Field[str] = Field("inside.text", "text", DEFAULT_TEXT, clip)
VIEW: Field[str] = Field(
    "inside.view",
    "view",
    "unit",
    choice("unit", "gates", "mattered", "forgets", "embedding", "step"),
)
# A name of features.NAMES; "" is the strongest, "other" any unit by its numbers.
TRACKED: Field[str] = Field("inside.tracked", "tracks", "", str)
LAYER: Field[int] = Field("inside.layer", "layer", 1, integer(1, 3))
UNIT: Field[int] = Field("inside.unit", "unit", 0, integer(0, 4095))
FROM: Field[int] = Field("inside.from", "from", -1, integer(-1, 1_000))
TO: Field[int] = Field("inside.to", "to", -1, integer(-1, 1_000))
GATE: Field[str] = Field("inside.gate", "gate", "cell", str)
EDIT: Field[str] = Field("inside.edit", "edit", "delete", choice("delete", "replace"))
CHAR: Field[str] = Field("inside.char", "char", "é", lambda text: text[:1])
