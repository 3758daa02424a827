"""What the address of the discussion holds."""

from __future__ import annotations

from dashboard.state import Field, choice
from moliere_core.pairs import PAIRS

TOPIC: Field[str] = Field(
    "discussion.topic", "topic", "table", choice("table", "pairs", "attention", "tongues", "cards")
)
PAIR: Field[str] = Field(
    "discussion.pair", "pair", PAIRS[0].name, choice(*(pair.name for pair in PAIRS))
)
