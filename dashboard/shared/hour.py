"""What a window remembers of the hour: raised hands, texts kept and voted on, trainings.

For the report, and for the pages that look at these texts again.

Votes by telephone are the room's, see `moliere_core.classroom`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from moliere_core.text.signs import visible

MOST_LETTERS = 5  # different answers that are told
MOST_VOTED_ON = 20  # texts: the oldest leaves when there are more
_VOTES, _TEXTS, _RUNS = "hour.votes", "hour.texts", "hour.runs"
_VOTED_ON = "hour.voted-on"


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


def vote_on(about: str, text: str) -> None:
    """Remember a text that the class has voted on, the newest first; the same one only once."""
    found = (about, text)
    others = [other for other in voted_on() if other != found]
    st.session_state[_VOTED_ON] = [found, *others][:MOST_VOTED_ON]


def voted_on() -> list[tuple[str, str]]:
    """The texts that the class has voted on, each after what wrote it."""
    return list(st.session_state.get(_VOTED_ON, []))


def trained(run_id: str) -> None:
    """Remember a training that was asked for."""
    st.session_state.setdefault(_RUNS, {})[run_id] = None


def runs() -> list[str]:
    """The trainings that were asked for, in order."""
    return list(st.session_state.get(_RUNS, {}))
