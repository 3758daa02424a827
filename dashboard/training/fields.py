"""What the address of the Training page holds."""

from __future__ import annotations

from dashboard.state import Field, choice, maybe, maybe_brief, words

MOST_RUNS = 12  # compared at once


def references(text: str) -> tuple[str, ...]:
    """A parser of a few model references."""
    return words(text)[:MOST_RUNS]


JOB: Field[str] = Field("training.job", "job", "", str)
PRESET: Field[str] = Field(
    "training.preset", "preset", "demo", choice("cours", "cours-rapide", "demo", "meilleur")
)
PLAYS: Field[tuple[str, ...]] = Field("training.plays", "plays", (), words, ",".join)
START_FROM: Field[str] = Field("training.initial", "from", "", str)
LOSS_GUESS: Field[float | None] = Field(
    "training.guess.loss", "guess_loss", None, maybe(0, 20), maybe_brief
)
BITS_GUESS: Field[float | None] = Field(
    "training.guess.bits", "guess_bits", None, maybe(0, 20), maybe_brief
)
RUNS: Field[tuple[str, ...]] = Field("training.runs", "runs", (), references, ",".join)
COMMON: Field[str] = Field("training.common", "common", "held:embedded", str)


def view(job: str) -> Field[str]:
    """What the Training page shows: with a job in the address, its curves."""
    default = "follow" if job else "new"
    return Field("training.view", "view", default, choice("new", "follow", "stored"))
