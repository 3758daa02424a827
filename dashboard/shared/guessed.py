"""The letters that the class of a session has guessed: the Games page asks, the Bridge draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from moliere_core.games import guessing
from moliere_core.games.guessing import Guess
from moliere_core.measures.axis import Point

CLASS = "class:"  # and how many letters it has guessed: its reference among those of models
LEAST = 10  # letters for a point on the axis of the plays
_SERIES = "guessed.series"  # (play, given, rest) -> Series


@dataclass
class Series:
    """A passage and what the class has said of its letters so far.

    Attributes:
        play: slug of the play that it is from.
        given: its beginning, which the class was shown.
        rest: the letters to guess.
        guesses: of the first of them, in order.
        frequencies: of the characters in the plays, see `guessing.bits`.
    """

    play: str
    given: str
    rest: str
    guesses: list[Guess] = field(default_factory=list)
    frequencies: dict[str, float] = field(default_factory=dict)

    @property
    def read(self) -> str:
        """What the class has before it."""
        return self.given + self.rest[: len(self.guesses)]

    @property
    def done(self) -> bool:
        """Whether no letter is left."""
        return len(self.guesses) >= len(self.rest)

    @property
    def bits(self) -> NDArray[np.float64]:
        """What each letter that was guessed has cost the class."""
        return guessing.bits(self.guesses, self.frequencies)


def series(play: str, given: str, rest: str, frequencies: dict[str, float]) -> Series:
    """This session's, of that passage."""
    key = play, given, rest
    if key not in _all():
        _all()[key] = Series(play, given, rest, frequencies=frequencies)
    return _all()[key]


def forget(found: Series) -> None:
    """Begin a passage again."""
    _all().pop((found.play, found.given, found.rest), None)


def letters(play: str | None = None) -> NDArray[np.float64]:
    """What each letter of a play has cost the class of this session, of any play by default."""
    found = [s.bits for s in _all().values() if s.guesses and play in (None, s.play)]
    return np.concatenate(found) if found else np.empty(0)


def point(play: str) -> dict[str, Point]:
    """The class on the one axis of a play, by its reference; empty while it has guessed little."""
    bits = letters(play)
    if len(bits) < LEAST:
        return {}
    reference = f"{CLASS}{len(bits)}"
    return {reference: Point(reference, float(bits.mean()), 0, None, upper_bound=True)}


def _all() -> dict[tuple[str, str, str], Series]:
    found: dict[tuple[str, str, str], Series] = st.session_state.setdefault(_SERIES, {})
    return found
