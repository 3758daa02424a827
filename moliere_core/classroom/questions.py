"""What a class is asked, and what is an answer to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from moliere_core.errors import ConfigError, MoliereError
from moliere_core.system import records
from moliere_core.system.records import DamagedError, Record
from moliere_core.text.normalise import normalise

MOST_OPTIONS = 26  # a letter names each of them
LONGEST_TEXT, LONGEST_OPTION = 2_000, 1_000  # characters
LONGEST_LINE = 200  # characters of what a pupil may write

Answer = int | float | str  # the place of an option, from 0; a number; a letter or a line


class BallotError(MoliereError):
    """A ballot that is not counted."""


class ClosedError(BallotError):
    """The vote has ended, or the question is no longer asked."""


class FullError(BallotError):
    """There are as many telephones, or rooms, as there may be."""


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    NUMBER = "number"
    LETTER = "letter"
    LINE = "line"


@dataclass(frozen=True)
class Question:
    """A question to the class; `choice`, `number`, `letter` and `line` make one.

    Attributes:
        key: what tells it from all others, the same in every language.
        text: as the class reads it.
        kind: how it is answered.
        options: to choose from.
        low, high: bounds of a number.
        longest: characters of a line.
    """

    key: str
    text: str
    kind: Kind
    options: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    longest: int = 1

    def __post_init__(self) -> None:
        if self.kind is Kind.CHOICE and not 2 <= len(self.options) <= MOST_OPTIONS:
            raise ConfigError(
                "a question has {count} options: give 2 to {most}",
                count=len(self.options),
                most=MOST_OPTIONS,
            )
        too_long = any(len(option) > LONGEST_OPTION for option in self.options)
        if len(self.text) > LONGEST_TEXT or too_long:
            raise ConfigError(
                "a question has at most {text} characters and its options {option}: shorten them",
                text=LONGEST_TEXT,
                option=LONGEST_OPTION,
            )
        if self.kind is Kind.NUMBER and not self.low < self.high:
            raise ConfigError(
                "a number is asked for between {low} and {high}: the first must be the smaller one",
                low=self.low,
                high=self.high,
            )

    @property
    def id(self) -> str:
        """Its name in a room: the same for what is the same question, said in another language."""
        told = f"{self.kind} {len(self.options)} {self.key}"
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:12]

    def answer(self, value: object) -> Answer:
        """What a telephone has sent, as an answer to this question.

        Raises:
            BallotError: it is none.
        """
        match self.kind:
            case Kind.CHOICE:
                if type(value) is int and 0 <= value < len(self.options):
                    return value
            case Kind.NUMBER:
                # NaN is between no bounds, and an integer may be too large for a float.
                if _is_number(value) and self.low <= value <= self.high:
                    return float(value)
            case Kind.LETTER | Kind.LINE:
                if (written := self._written(value)) is not None:
                    return written
        raise BallotError("this is no answer to the question: choose again")

    def _written(self, value: object) -> str | None:
        """A letter or a line, in the spelling of all texts; None where it is neither."""
        if not isinstance(value, str) or len(value) > LONGEST_LINE:
            return None
        text = normalise(value)
        if self.kind is Kind.LINE:
            text = " ".join(text.split())
        whole = 0 < len(text) <= self.longest and records.is_writable(text)
        return text if whole and (text == "\n" or text.isprintable()) else None

    def to_json(self) -> Record:
        """What a room keeps, and what a telephone is told: nothing of it is an answer."""
        return {
            "key": self.key,
            "text": self.text,
            "kind": self.kind,
            "options": list(self.options),
            "low": self.low,
            "high": self.high,
            "longest": self.longest,
        }

    @classmethod
    def from_json(cls, data: Any) -> Question:
        """The inverse of `to_json`.

        Raises:
            DamagedError: it is no question.
        """
        document = records.mapping(data)
        options = document.get("options")
        if not isinstance(options, list):
            records.wrong("options", options)
        told = tuple(records.text({"option": option}, "option") for option in options)
        try:
            return cls(
                records.text(document, "key"),
                records.text(document, "text"),
                Kind(records.text(document, "kind")),
                told,
                records.measure(document, "low", -records.MOST, records.MOST),
                records.measure(document, "high", -records.MOST, records.MOST),
                records.count(document, "longest"),
            )
        except (ValueError, ConfigError) as error:
            raise DamagedError("it is no question") from error


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def choice(key: str, text: str, options: Sequence[str]) -> Question:
    """One of some options."""
    return Question(key, text, Kind.CHOICE, tuple(options))


def number(key: str, text: str, low: float, high: float) -> Question:
    """A number between two bounds."""
    return Question(key, text, Kind.NUMBER, low=low, high=high)


def letter(key: str, text: str) -> Question:
    """One character: a letter, a sign, a space or a line break."""
    return Question(key, text, Kind.LETTER)


def line(key: str, text: str, longest: int = LONGEST_LINE) -> Question:
    """A few words of the pupil's own."""
    return Question(key, text, Kind.LINE, longest=min(longest, LONGEST_LINE))
