"""What the address of the Reading page holds."""

from __future__ import annotations

from dashboard.shared.state import MAX_PROMPT, Field, choice, clip, integer

VIEW: Field[str] = Field("reading.view", "view", "text", choice("text", "word"))
ORIGIN: Field[str] = Field(
    "reading.origin", "text", "corpus", choice("corpus", "own", "modern", "written")
)
COLOUR: Field[str] = Field("reading.colour", "colour", "bits", choice("bits", "rank"))
PLAY: Field[str] = Field("reading.play", "play", "", str)
PASSAGE: Field[int] = Field("reading.passage", "passage", 1, integer(1, 100_000))
BEFORE: Field[str] = Field("reading.before", "before", "Je suis votre serviteur, ", clip)
WORD: Field[str] = Field("reading.word", "word", "monsieur", lambda text: text[: MAX_PROMPT // 5])
