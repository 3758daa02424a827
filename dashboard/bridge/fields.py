"""What the address of the Bridge page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, brief, choice, clip, integer, temperature, words

MAX_COLUMNS = 4

VIEW: Field[str] = Field(
    "bridge.view", "view", "same", choice("same", "alphabet", "axis", "ladder", "talk")
)
MODELS: Field[tuple[str, ...]] = Field(
    "bridge.models",
    "models",
    ("petit", "mini-gpt", "hf:gpt2", "hf:asi/gpt-fr-cased-small"),
    lambda text: words(text)[:MAX_COLUMNS],
    ",".join,
)
TEMPERATURE: Field[float] = Field("bridge.temperature", "temperature", 0.8, temperature(2), brief)
LENGTH: Field[int] = Field("bridge.chars", "chars", 160, integer(20, 600))
CHOSEN: Field[str] = Field("bridge.chosen", "chosen", "", clip)
DRAWS: Field[str] = Field("bridge.draws", "draws", "", str)  # whose draw the next step takes
