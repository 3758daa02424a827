"""What the address of the discussion holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice
from moliere_core.measures.pairs import PAIRS, TESTS

TOPIC: Field[str] = Field(
    "discussion.topic", "topic", "table", choice("table", "pairs", "attention", "tongues", "cards")
)
PAIRS_OF: Field[str] = Field("discussion.pairs_of", "pairs", "one", choice("one", "all"))
PAIR: Field[str] = Field(
    "discussion.pair", "pair", PAIRS[0].name, choice(*(pair.name for pair in PAIRS))
)
TEST: Field[str] = Field("discussion.test", "test", TESTS[0], choice(*TESTS))
