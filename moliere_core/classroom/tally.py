"""What a class has answered."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from moliere_core.classroom.questions import Answer, Question


@dataclass(frozen=True)
class Outcome:
    """What is revealed.

    Attributes:
        right: the right answer, or what was measured; None where no answer is right.
        said: a sentence about it.
    """

    right: Answer | None = None
    said: str = ""


@dataclass(frozen=True)
class Tally:
    """The ballots of a question.

    Attributes:
        question: what was asked.
        answers: one for each telephone, sorted.
        closed: whether they are the last ones.
        outcome: what was revealed with that; None before.
    """

    question: Question
    answers: tuple[Answer, ...]
    closed: bool = False
    outcome: Outcome | None = None

    @cached_property
    def counts(self) -> Counter[Answer]:
        """How many gave each answer; an option that nobody chose counts 0."""
        return Counter(self.answers)

    @property
    def by_option(self) -> list[int]:
        """The same of a choice, option by option."""
        return [self.counts[option] for option in range(len(self.question.options))]

    @property
    def total(self) -> int:
        """How many have answered."""
        return len(self.answers)

    @property
    def median(self) -> float | None:
        """The number in the middle of those that were given; None where there is none."""
        numbers = [float(answer) for answer in self.answers if not isinstance(answer, str)]
        return statistics.median(numbers) if numbers else None

    @property
    def right(self) -> int:
        """How many gave the right answer."""
        right = None if self.outcome is None else self.outcome.right
        return 0 if right is None else self.counts[right]
