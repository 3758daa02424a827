"""A corpus: a table with one row a cue, and the text that models read.

In this package pandas is imported by what makes a table, not by the modules: it takes half a second
that a page or a command which reads no corpus need not wait for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from moliere_core.corpus.edition import usual
from moliere_core.corpus.left_out import LeftOut
from moliere_core.errors import CorpusError
from moliere_core.text.normalise import normalise

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "play_name", "title", "author", "year", "genre", "act", "scene", "speaker", "form", "cue", "who"
)  # fmt: skip
HELD_OUT_SHARE = 0.1  # of the text, where no validation play can be held out


@dataclass(frozen=True, eq=False)
class Corpus:
    """Cues in reading order.

    Attributes:
        frame: one row a cue, columns `COLUMNS`, all strings, "" where the source says nothing.
        source: where it was read: "embedded", a path or an address.
        notes: a sentence for each thing that reading left out, put right or guessed.
        left_out: what the source has and the frame has not, counted; `notes` says it, too.
    """

    frame: pd.DataFrame
    source: str
    notes: tuple[CorpusError, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @cached_property
    def plays(self) -> tuple[str, ...]:
        """Slugs of the plays, in the order of the source."""
        return tuple(self.frame["play_name"].unique())

    @cached_property
    def titles(self) -> dict[str, str]:
        """Title of each play; its slug where the source has no title."""
        first = self.frame.drop_duplicates("play_name")
        return {s: title or s for s, title in zip(first["play_name"], first["title"], strict=True)}

    def select(self, plays: Sequence[str]) -> Corpus:
        """The sub-corpus of these plays; CorpusError if one is not there."""
        plays = _usual(plays)
        self._check_plays(plays)
        return Corpus(self.frame[self.frame["play_name"].isin(plays)], self.source)

    def without(self, plays: Iterable[str]) -> Corpus:
        """The corpus less these plays; those it lacks are ignored."""
        return Corpus(self.frame[~self.frame["play_name"].isin(_usual(plays))], self.source)

    def text(self, speakers: bool = False) -> str:
        """The cues joined by line breaks, as in the course; with speakers "PERSONNAGE : cue"."""
        cues = self.frame["cue"]
        if speakers:
            names = self.frame["speaker"].str.upper()
            cues = cues.where(names == "", names + " : " + cues)
        return "\n".join(cues)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the plays' names, speakers and cues, in hexadecimal."""
        rows = self.frame[["play_name", "speaker", "cue"]].to_csv(index=False, lineterminator="\n")
        return hashlib.sha256(rows.encode()).hexdigest()

    def summary(self) -> dict[str, int | str]:
        """Counts of plays, cues, characters and distinct characters, and the source."""
        text = self.text()
        return {
            "plays": len(self.plays),
            "cues": len(self.frame),
            "chars": len(text),
            "vocab_size": len(set(text)),
            "source": self.source,
        }

    def _check_plays(self, plays: Sequence[str]) -> None:
        for play in plays:
            if play not in self.plays:
                known = ", ".join(self.plays[:8]) + (", ..." if len(self.plays) > 8 else "")
                raise CorpusError(
                    "there is no play {play!r} in this corpus: choose from {known}",
                    play=play,
                    known=known,
                )


@dataclass(frozen=True)
class Split:
    """What is learned from, and what is held out to measure."""

    train_text: str
    validation_text: str
    held_out: Literal["plays", "last-tenth"]


def split(
    corpus: Corpus, plays: Sequence[str], validation: Sequence[str], speakers: bool = False
) -> Split:
    """Hold out whole plays, or the last tenth of the text where that cannot be.

    Args:
        corpus: where the plays are.
        plays: the training plays; none means all but the validation plays.
        validation: plays to hold out; those that are absent or trained on are passed over.
        speakers: whether texts name who speaks.

    Raises:
        CorpusError: an unknown training play, or too little text to hold anything out.
    """
    plays = _usual(plays)
    held = [p for p in _usual(validation) if p in corpus.plays and p not in plays]
    train = corpus.select(plays) if plays else corpus.without(held)
    if train.frame.empty:  # nothing but validation plays: they are trained on, then
        held, train = [], corpus
    text = train.text(speakers)
    if held:
        return Split(text, corpus.select(held).text(speakers), "plays")
    cut = int(len(text) * (1 - HELD_OUT_SHARE))
    if cut == 0:  # a tenth of a text is always less than the text
        raise CorpusError(
            "this text is too short to train on (characters: {chars}): add plays or text",
            chars=len(text),
        )
    return Split(text[:cut], text[cut:], "last-tenth")


def _usual(plays: Iterable[str]) -> list[str]:
    """Names of plays as the corpus' own are: a play has several, and is held out under any."""
    return [usual(normalise(play)) for play in plays]
