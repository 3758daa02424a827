"""The words of a corpus as numbers, made once; a selection of cues is then a matter of masks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moliere_core.corpus import Corpus
from moliere_core.exploration.words import located

Ints: TypeAlias = NDArray[np.int32]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Selection:
    """Which cues are looked at; an empty field leaves everything in.

    Attributes:
        play: slug of a play.
        form: "verse", "prose", or what else the corpus' column says.
        speaker: who speaks, as the corpus writes it.
    """

    play: str = ""
    form: str = ""
    speaker: str = ""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()


@dataclass(frozen=True, eq=False)
class WordIndex:
    """A corpus, word by word.

    Attributes:
        corpus: what was indexed.
        text: its cues joined by line breaks.
        types: the distinct words in alphabetical order, accents aside.
        ids: (words,) which of `types` each word of the text is.
        cues: (words,) row of the cue that it is in.
        starts: (words,) offset of its first character in `text`.
        ends: (words,) offset after its last one.
        capital: (words,) whether it begins with a capital.
        cue_starts: (cues + 1,) offset of each cue in `text`; the last is after the end.
    """

    corpus: Corpus
    text: str
    types: tuple[str, ...]
    ids: Ints
    cues: Ints
    starts: Ints
    ends: Ints
    capital: Bools
    cue_starts: Ints

    @classmethod
    def build(cls, corpus: Corpus) -> WordIndex:
        """Read a corpus once: under a second for thirty plays."""
        text = corpus.text()
        lengths = corpus.frame["cue"].str.len().to_numpy(np.int64)
        cue_starts = np.concatenate([[0], np.cumsum(lengths + 1)]).astype(np.int32)
        written, starts = located(text)
        size = len(written)
        capital = np.fromiter((word[0].isupper() for word in written), np.bool_, size)
        codes, found = pd.factorize(pd.Series([word.lower() for word in written], dtype=object))
        seen = [str(word) for word in found]
        order = sorted(range(len(seen)), key=lambda i: (folded(seen[i]), seen[i]))
        ranks = np.empty(len(seen), np.int32)
        ranks[order] = np.arange(len(seen), dtype=np.int32)
        return cls(
            corpus=corpus,
            text=text,
            types=tuple(seen[i] for i in order),
            ids=ranks[codes],
            cues=(np.searchsorted(cue_starts, starts, side="right") - 1).astype(np.int32),
            starts=starts,
            ends=starts + np.fromiter(map(len, written), np.int32, size),
            capital=capital,
            cue_starts=cue_starts,
        )

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each word in `types`."""
        return {word: number for number, word in enumerate(self.types)}

    @cached_property
    def play_of_cue(self) -> Ints:
        """(cues,) which of `corpus.plays` each cue is from."""
        return self._codes("play_name", self.corpus.plays)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """What the column `form` says, the most frequent first; nothing where it is empty."""
        return self._values("form")

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """Everyone who speaks, whoever has most words first."""
        names = self.corpus.frame["speaker"].to_numpy()
        said = pd.Series(self.words_of_cue).groupby(names).sum().sort_values(ascending=False)
        return tuple(name for name in said.index if name)

    def speakers_of(self, play: str) -> tuple[str, ...]:
        """Who speaks in a play, in the order of `speakers`; an empty slug means all plays."""
        if not play:
            return self.speakers
        frame = self.corpus.frame
        here = set(frame["speaker"][(frame["play_name"] == play).to_numpy()])
        return tuple(name for name in self.speakers if name in here)

    @cached_property
    def speaker_of_cue(self) -> Ints:
        """(cues,) which of `speakers` says each cue; -1 where the corpus does not say."""
        return self._codes("speaker", self.speakers)

    @cached_property
    def form_of_cue(self) -> Ints:
        """(cues,) which of `forms` each cue is in; -1 where the corpus does not say."""
        return self._codes("form", self.forms)

    @cached_property
    def words_of_cue(self) -> Ints:
        """(cues,) how many words each cue has."""
        return np.bincount(self.cues, minlength=len(self.corpus.frame)).astype(np.int32)

    def has(self, column: str) -> bool:
        """Whether the corpus says anything in this column."""
        return bool((self.corpus.frame[column] != "").any())

    @cached_property
    def capital_share(self) -> NDArray[np.float64]:
        """(types,) share of the occurrences of each word that begin with a capital."""
        counts = np.bincount(self.ids, minlength=len(self.types))
        return np.bincount(self.ids[self.capital], minlength=len(self.types)) / counts

    def part(self, selection: Selection = Selection()) -> Part:
        """The cues of a selection, and their words."""
        if selection.everything:
            rows = np.arange(len(self.corpus.frame), dtype=np.int32)
            return Part(self, selection, rows, np.arange(len(self.ids), dtype=np.int32))
        kept = np.ones(len(self.corpus.frame), np.bool_)
        for chosen, codes, known in (
            (selection.play, self.play_of_cue, self.corpus.plays),
            (selection.form, self.form_of_cue, self.forms),
            (selection.speaker, self.speaker_of_cue, self.speakers),
        ):
            if chosen:
                kept &= codes == known.index(chosen) if chosen in known else False
        rows = np.flatnonzero(kept).astype(np.int32)
        return Part(self, selection, rows, np.flatnonzero(kept[self.cues]).astype(np.int32))

    def _values(self, column: str) -> tuple[str, ...]:
        counts = self.corpus.frame[column].value_counts()
        return tuple(str(value) for value in counts.index if value)

    def _codes(self, column: str, known: tuple[str, ...]) -> Ints:
        values = pd.Index(self.corpus.frame[column].to_numpy(object))
        return pd.Index(known, dtype=object).get_indexer(values).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Part:
    """Some cues of a corpus.

    Attributes:
        index: the corpus.
        selection: how they were chosen.
        rows: (cues,) their rows, in order.
        words: (words,) places of their words in the index' arrays, in order.
    """

    index: WordIndex
    selection: Selection
    rows: Ints
    words: Ints

    @cached_property
    def ids(self) -> Ints:
        """(words,) the words, as numbers."""
        return self.index.ids[self.words]

    @cached_property
    def counts(self) -> Ints:
        """(types,) how often each word of the corpus occurs here."""
        return np.bincount(self.ids, minlength=len(self.index.types)).astype(np.int32)

    @cached_property
    def play_of_word(self) -> Ints:
        """(words,) which play each word is from."""
        return self.index.play_of_cue[self.index.cues[self.words]]

    @cached_property
    def place_in_play(self) -> Ints:
        """(words,) how many words of the same play come before; a file may mix its plays."""
        order = np.argsort(self.play_of_word, kind="stable")
        plays = self.play_of_word[order]
        sizes = np.bincount(plays, minlength=len(self.index.corpus.plays))
        places = np.empty(len(order), np.int32)
        places[order] = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[plays]
        return places

    def by_play(self) -> list[Ints]:
        """The words of each of `plays`, as numbers, in order."""
        order = np.argsort(self.play_of_word, kind="stable")
        ends = np.searchsorted(self.play_of_word[order], self.plays, side="right")
        return np.split(self.ids[order], ends[:-1]) if len(ends) else []

    @cached_property
    def plays(self) -> Ints:
        """Numbers of the plays that have a cue here."""
        return np.unique(self.index.play_of_cue[self.rows])

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table of these cues."""
        return self.index.corpus.frame.iloc[self.rows]

    @cached_property
    def text(self) -> str:
        """These cues joined by line breaks."""
        if self.selection.everything:
            return self.index.text
        return "\n".join(self.frame["cue"])

    def titles(self, plays: Iterable[int]) -> list[str]:
        """Titles of plays, by their numbers."""
        corpus = self.index.corpus
        return [corpus.titles[corpus.plays[play]] for play in plays]


def folded(word: str) -> str:
    """A word without accents and ligatures: what alphabetical order goes by."""
    plain = word.replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
