"""What a reader leaves out of a play, counted, with an example of each kind: it is always said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from moliere_core.errors import N_, CorpusError
from moliere_core.text.normalise import normalise

MOST_EXAMPLE_CHARS = 60

DIRECTIONS = N_("stage directions")
PARENTHESES = N_("parentheses taken for directions")
NOTES = N_("notes")
VARIANTS = N_("variants and corrected forms")
HEADINGS = N_("headings and the like")
BESIDE = N_("text beside the speeches")
AROUND = N_("prefaces, casts and appendices")
SILENT = N_("plays in which nobody speaks")
UNKNOWN = N_("unknown entities")


@dataclass(frozen=True)
class LeftOut:
    """One kind of text that is in a file and not in the corpus.

    Attributes:
        what: the kind, one of those above, in English.
        count: how many passages.
        example: the beginning of the first.
    """

    what: str
    count: int
    example: str

    def sentence(self) -> CorpusError:
        """What is said of it."""
        return CorpusError(
            "left out: {what} ({count:,}), such as “{example}”",
            what=self.what,
            count=self.count,
            example=self.example,
        )


class Leavings:
    """A counter of what is left out."""

    def __init__(self) -> None:
        self._found: dict[str, LeftOut] = {}

    def add(self, what: str, passage: Iterable[str], count: int = 1) -> None:
        """Count a passage, given in pieces, if it has any word, or several like it."""
        words = iter(passage)
        first = next((word for word in words if word and not word.isspace()), None)
        if first is None:
            return
        known = self._found.get(what)
        if known is None:
            known = LeftOut(what, 0, _beginning(first, words))
        self._found[what] = LeftOut(what, known.count + count, known.example)

    def all(self) -> tuple[LeftOut, ...]:
        """What was counted, the most frequent kinds first."""
        return tuple(sorted(self._found.values(), key=lambda kind: -kind.count))


def _beginning(first: str, others: Iterator[str]) -> str:
    """The beginning of a passage on one line."""
    text = first
    for word in others:
        if len(text) > 4 * MOST_EXAMPLE_CHARS:
            break
        text += word
    line = " ".join(normalise(text[: 8 * MOST_EXAMPLE_CHARS]).split())
    return line if len(line) <= MOST_EXAMPLE_CHARS else line[: MOST_EXAMPLE_CHARS - 1] + "…"
