"""What the address of the Characters page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, integer
from dashboard.shared.tokens import MOST_MERGES

VIEWS = ("trip", "alphabet", "tokens", "bytes")
STEPS = ("text", "chars", "ints", "back")
LEAST = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # of min_char_freq


def least(text: str) -> int:
    """A parser of `min_char_freq`: the nearest value that the slider has."""
    wanted = int(text)
    return min(LEAST, key=lambda value: abs(value - wanted))


def one_char(text: str) -> str:
    """A parser of a character: the first one."""
    if not text:
        raise ValueError(text)
    return text[0]


VIEW: Field[str] = Field("characters.view", "view", "trip", choice(*VIEWS))
STEP: Field[str] = Field("characters.step", "step", "text", choice(*STEPS))
MIN_CHAR_FREQ: Field[int] = Field("characters.least", "min_char_freq", 1, least)
ORDER: Field[str] = Field("characters.order", "order", "index", choice("index", "count"))
MERGES: Field[int] = Field("characters.merges", "merges", MOST_MERGES, integer(0, MOST_MERGES))
CHAR: Field[str] = Field(
    "characters.char", "char", "é", one_char, lambda typed: typed[:1], free=True
)
