"""What a window remembers of the hour, for the report: raised hands, texts kept, trainings.

Votes by telephone are the room's, see `moliere_core.classroom`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from moliere_core.text.signs import visible

MOST_LETTERS = 5  # different answers that are told
_VOTES, _TEXTS, _RUNS = "hour.votes", "hour.texts", "hour.runs"


@dataclass(frozen=True)
class Vote:
    """A question that was answered by raised hands.

    Attributes:
        asked: the question.
        options: to choose from.
        hands: raised for each of them.
        right: the place of the right one, from 0; None where none is known.
    """

    asked: str
    options: tuple[str, ...]
    hands: tuple[int, ...]
    right: int | None = None


def voted(key: str, vote: Vote) -> None:
    """Remember a vote; the last one of a question counts, and one without hands does not.

    Args:
        key: of the question, as the telephones would be asked it.
        vote: its hands.
    """
    if any(vote.hands):
        st.session_state.setdefault(_VOTES, {})[key] = vote


def wrote(key: str, asked: str, letters: Counter[str], right: str = "") -> None:
    """Remember a vote on a character: the most frequent answers, and the right one among them.

    Args:
        key: of the question.
        asked: the question.
        letters: how many named each.
        right: the one that came; "" where none is known.
    """
    named = [letter for letter, _count in letters.most_common(MOST_LETTERS)]
    if right in letters and right not in named:
        named.append(right)
    shown = tuple(visible(letter) for letter in named)
    place = named.index(right) if right in named else None
    voted(key, Vote(asked, shown, tuple(letters[letter] for letter in named), place))


def votes() -> dict[str, Vote]:
    """The votes by raised hands, each by the key of its question."""
    return dict(st.session_state.get(_VOTES, {}))


def keep_texts(found: Sequence[tuple[str, str]]) -> None:
    """All the texts that are kept now, each after what wrote it."""
    st.session_state[_TEXTS] = list(found)


def texts() -> list[tuple[str, str]]:
    """The same."""
    return list(st.session_state.get(_TEXTS, []))


def trained(run_id: str) -> None:
    """Remember a training that was asked for."""
    st.session_state.setdefault(_RUNS, {})[run_id] = None


def runs() -> list[str]:
    """The trainings that were asked for, in order."""
    return list(st.session_state.get(_RUNS, {}))
