"""What the address of the Training page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, language, words
from moliere_core.config import PRESETS

MOST_RUNS = 12  # compared at once
HIGHEST_BET = 20  # nats or bits, beyond any alphabet
BET_CHARS = 8


def references(text: str) -> tuple[str, ...]:
    """A parser of a few model references."""
    return words(text)[:MOST_RUNS]


def amount(text: str) -> float | None:
    """The number that was typed as a bet, with a comma or a point; None where it is none."""
    try:
        value = float(with_point(text))
    except ValueError:
        return None
    return value if 0 <= value <= HIGHEST_BET else None


def typed(text: str) -> str:
    """A bet of an address, as the reader would have typed it."""
    if amount(text) is None:
        raise ValueError(text)
    return text.replace(".", ",") if language() == "fr" else text


def with_point(text: str) -> str:
    """The inverse of `typed`."""
    return text.replace(",", ".")


JOB: Field[str] = Field("training.job", "job", "", str)
PRESET: Field[str] = Field("training.preset", "preset", "demo", choice(*PRESETS))
PLAYS: Field[tuple[str, ...]] = Field("training.plays", "plays", (), words, ",".join)
START_FROM: Field[str] = Field("training.initial", "from", "", str)
LOSS_GUESS: Field[str] = Field(
    "training.guess.loss", "guess_loss", "", typed, with_point, free=True
)
BITS_GUESS: Field[str] = Field(
    "training.guess.bits", "guess_bits", "", typed, with_point, free=True
)
RUNS: Field[tuple[str, ...]] = Field("training.runs", "runs", (), references, ",".join)
COMMON: Field[str] = Field("training.common", "common", "held:embedded", str)


def view(job: str) -> Field[str]:
    """What the Training page shows: with a job in the address, its curves."""
    default = "follow" if job else "new"
    return Field("training.view", "view", default, choice("new", "follow", "stored"))
