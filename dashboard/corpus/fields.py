"""What the address of the Corpus page holds."""

from __future__ import annotations

from typing import get_args

from dashboard.shared.state import Field, choice, clip, integer
from moliere_core.exploration.concordance import Order

VIEWS = (
    "raw",
    "figures",
    "words",
    "word",
    "lines",
    "voices",
    "keywords",
    "variety",
    "letters",
)

PLAY: Field[str] = Field("corpus.play", "play", "", clip)
FORM: Field[str] = Field("corpus.form", "form", "", clip)
SPEAKER: Field[str] = Field("corpus.speaker", "speaker", "", clip)
VIEW: Field[str] = Field("corpus.view", "view", "figures", choice(*VIEWS))
WORD: Field[str] = Field("corpus.word", "word", "amour", clip)
ORDER: Field[str] = Field("corpus.order", "order", "text", choice(*get_args(Order)))
FIRST: Field[int] = Field("corpus.first", "first", 0, integer(0, 10_000_000))  # line shown
AGAINST: Field[str] = Field("corpus.against", "against", "corpus", choice("corpus", "play"))


def _flag(key: str, name: str, default: bool) -> Field[bool]:
    return Field(key, name, default, lambda text: text == "1", lambda value: "01"[value])


# Whether the words that stop lists hold are shown: among the commonest, among the keywords.
COMMON_STOPS = _flag("corpus.stops", "stops", False)
KEY_STOPS = _flag("corpus.keystops", "keystops", True)
