"""A question to the class, on its telephones, and the votes as they come: three lines of a page.

    live = votes.ask(classroom.choice("quiz.3", "Qui parle ?", ("Tartuffe", "Orgon")))
    if live is not None:  # a room is open: without one the page counts raised hands
        live.show()
        widgets.reveal("quiz.reveal", live.reveal, (right,))

A question is the same at each run of the page, by its key, and keeps its ballots; it leaves the
telephones once the session that has asked it shows a page that asks nothing. `live.tally` says what
has come, `live.open` whether more may come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.server import phones
from dashboard.shared import i18n, rooms, state, widgets
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core.classroom import Answer, ClosedError, Outcome, Question, Room, Tally
from moliere_core.errors import MoliereError

_ASKED, _NOW = "votes.asked", "votes.now"  # the question of the last page; of this run, so far
_REFUSED = "votes.refused"  # why the last thing could not be done
_component = Component(__file__, "votes")


@dataclass(frozen=True)
class Live:
    """A question that is before the class.

    Attributes:
        room: where it is asked.
        question: what is.
    """

    room: Room
    question: Question

    @property
    def tally(self) -> Tally:
        """What has come at this moment; nothing any longer where the room has just ended."""
        try:
            return self.room.tally(self.question.id)
        except ClosedError:
            return Tally(self.question, (), closed=True)

    @property
    def open(self) -> bool:
        """Whether one may vote."""
        return not self.tally.closed

    def show(
        self,
        key: str = "votes",
        names: Sequence[str] = (),
        large: bool = False,
        hushed: bool = False,
    ) -> None:
        """How many have voted, and a bar for each answer, which grow without a run of the page.

        Args:
            key: of the widget.
            names: of the options on screen, where they are shorter than on the telephones.
            large: whether options are read from the back row, with their bars behind them.
            hushed: whether the bars stay hidden until the reveal, or until somebody wants them.
        """
        outcome = self.tally.outcome
        _component(
            {
                "results": rooms.address(self.room, self.question.id),
                "key": rooms.key(),
                "kind": self.question.kind,
                "names": list(names or self.question.options),
                "large": large,
                "hushed": hushed,
                "told": phones.results(self.room, self.question.id),
                "right": None if outcome is None else outcome.right,
                "locale": state.language(),
                "labels": {
                    "votes": [i18n.ngettext("vote", "votes", n) for n in (1, 2)],
                    "phones": rooms.phones_present(),
                    "show": _("Montrer les barres"),
                    "hide": _("Cacher les barres"),
                },
            },
            key=key,
            closed=_seen,
        )

    def reveal(self, right: Answer | None = None, said: str = "") -> None:
        """End the vote and tell the telephones what comes out; where it has ended, nothing.

        Args:
            right: the answer, or what was measured.
            said: a sentence about it.
        """
        _attempt(lambda: self.room.reveal(self.question.id, Outcome(right, said)))

    def again(self) -> None:
        """Let the class vote once more on the same question."""
        _attempt(lambda: self.room.vote_again(self.question.id))


def ask(question: Question, new: bool = True) -> Live | None:
    """Put a question before the class; None where this browser has no room open, or no disk.

    Args:
        question: what is asked.
        new: whether one that was never asked is. One whose answer is on screen already is not.
    """
    room = rooms.mine()
    if room is None or not (new or room.has(question.id)):
        return None
    # First, so that it is known of even where this run is stopped for the next one.
    st.session_state[_NOW] = st.session_state[_ASKED] = question.id
    asked = _attempt(lambda: room.ask(question))
    if refusal := st.session_state.pop(_REFUSED, None):  # now, or in the click before
        widgets.problem(refusal)
    return Live(room, question) if asked or room.has(question.id) else None


def begin() -> None:
    """Before a page: it has asked nothing yet."""
    st.session_state[_NOW] = ""


def finish() -> None:
    """After a page: what an earlier one has asked leaves the telephones."""
    asked, now = st.session_state.get(_ASKED, ""), st.session_state[_NOW]
    if asked and not now and (room := rooms.mine()) is not None:
        room.withdraw(asked)
    st.session_state[_ASKED] = now


def _attempt(action: Callable[[], None]) -> bool:
    """Do it, or note why the room's disk does not let it; a lesson goes on with raised hands."""
    try:
        action()
    except MoliereError as error:
        st.session_state[_REFUSED] = error
        return False
    return True


def _seen() -> None:
    """Another window has ended the vote: this one is drawn again."""
