"""A class that votes: rooms behind a code, questions, and one ballot for each telephone.

A room is a folder under `MOLIERE_HOME/rooms`, so that several servers of one home serve it, and one
that is started again goes on with it:

    BFKR/room.json                 whose it is: a salted hash of the teacher's key
    BFKR/used                      its time says when something was last asked or answered
    BFKR/closed                    there once the teacher has closed it
    BFKR/now.json                  which question is before the class
    BFKR/phones/NAME               its time says when that telephone was last heard
    BFKR/QUESTION/question.json    what is asked
    BFKR/QUESTION/open/NAME        the ballot of a telephone, as long as it may be changed
    BFKR/QUESTION/closed/NAME      the same box, renamed, once the answer is revealed
    BFKR/QUESTION/outcome.json     the answer, which is nowhere before that

A ballot is a file of its own, written aside and renamed: no lock, no line lost, however many vote
at once and on whichever server. To end a vote is to rename the box, which either comes before a
ballot or after it. NAME is a hash of a random token that the telephone keeps and of the room's
code: it says nothing of a person, and not that the same telephone was in another room.
"""

from moliere_core.classroom.questions import (
    Answer,
    BallotError,
    ClosedError,
    FullError,
    Kind,
    Question,
    choice,
    letter,
    line,
    number,
)
from moliere_core.classroom.rooms import Room, find, kept, of, open_room, sweep
from moliere_core.classroom.tally import Outcome, Tally

__all__ = [
    "Answer",
    "BallotError",
    "ClosedError",
    "FullError",
    "Kind",
    "Outcome",
    "Question",
    "Room",
    "Tally",
    "choice",
    "find",
    "kept",
    "letter",
    "line",
    "number",
    "of",
    "open_room",
    "sweep",
]
