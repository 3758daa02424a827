"""Passages of a text that are in another one word for word, found by fingerprints.

A fingerprint is a hash of `SIZE` characters; of those in any `WINDOW` that follow each other the
least is kept, the last where several are (winnowing: Schleimer, Wilkerson and Aiken 2003, section
3). What two texts share on `SIZE + WINDOW - 1` characters or more thus has a fingerprint that both
keep, and on `SURE` characters two. Those that lie at one distance in both texts, without a gap,
make a passage.

An index holds the fingerprints of a text with their places, who speaks there, and no text. With the
text beside it a passage is followed to its very ends; without it, to the ends of its outermost
fingerprints: its length is then "at least".
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from moliere_core.judging.hashing import gram_hashes
from moliere_core.system.storage import write_atomically
from moliere_core.text.normalise import normalise

if TYPE_CHECKING:
    from moliere_core.corpus import Corpus

SIZE, WINDOW = 12, 8
SURE = SIZE + 2 * WINDOW - 1  # characters from which a passage cannot be missed
SHORTEST = SIZE + 1  # of a passage: two fingerprints, so that one hash alone proves nothing
MOST_PLACES = 200  # of one fingerprint in the index: « Monsieur, je » is everywhere
_HASH_BITS = np.uint64(24)


@dataclass(frozen=True)
class Place:
    """Where something is said.

    Attributes:
        play: its title; act, scene and speaker: "" where the source says nothing.
    """

    play: str
    act: str = ""
    scene: str = ""
    speaker: str = ""


@dataclass(frozen=True)
class Passage:
    """What a text has word for word from what was read.

    Attributes:
        start: its first character in the text.
        stop: the one after its last.
        place: where it begins in what was read.
        source_start: its first character in what was read.
        exact: whether it was followed to its ends; if not, it may be longer on both sides.
    """

    start: int
    stop: int
    place: Place
    source_start: int
    exact: bool

    @property
    def chars(self) -> int:
        """How long it is, at least."""
        return self.stop - self.start


@dataclass(frozen=True)
class Cues:
    """Who speaks where in a text made of cues.

    Attributes:
        starts: first character of each cue, ascending, int32.
        places: of each cue, an index into `names`, int32.
        names: the places there are.
    """

    starts: NDArray[np.int32]
    places: NDArray[np.int32]
    names: tuple[Place, ...]

    def at(self, char: int) -> Place:
        """The place of a character."""
        cue = int(np.searchsorted(self.starts, char, side="right")) - 1
        return self.names[int(self.places[cue])] if cue >= 0 else Place("")


@dataclass(frozen=True, eq=False)
class PassageIndex:
    """Fingerprints of a text.

    Attributes:
        hashes: of each fingerprint, in the order of the text, uint32.
        positions: of each, the first character, int32.
        cues: who speaks where.
        text: what was read, normalised; None where only the fingerprints are there.
    """

    hashes: NDArray[np.uint32]
    positions: NDArray[np.int32]
    cues: Cues
    text: str | None = field(default=None, repr=False)

    @classmethod
    def from_corpus(cls, corpus: Corpus, chars: int | None = None) -> Self:
        """Of the cues of a corpus, joined by line breaks as models read them.

        Args:
            corpus: what was read.
            chars: of its text, those that were; None for all.
        """
        text, cues = cue_table(corpus)
        return cls.from_text(text if chars is None else text[:chars], cues)

    @classmethod
    def from_text(cls, text: str, cues: Cues) -> Self:
        """Of a text in the spelling of `normalise`."""
        hashes, positions = fingerprints(text)
        return cls(hashes, positions, cues, text)

    def with_text(self, text: str) -> PassageIndex:
        """The same beside the text that it was made of."""
        return PassageIndex(self.hashes, self.positions, self.cues, text)

    @cached_property
    def _by_hash(self) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        order = np.argsort(self.hashes, kind="stable")
        return self.hashes[order], self.positions[order]

    def find(self, text: str) -> list[Passage]:
        """The passages of a normalised text, longest first, none of them within another.

        Of a passage that what was read has several times the first is told.
        """
        groups = self._diagonals(text)
        found = [self._passage(text, *group) for group in groups]
        found.sort(key=lambda p: (-p.chars, p.start, p.source_start))
        covered = np.zeros(len(text), np.bool_)
        kept = []
        for passage in found:
            if not covered[passage.start : passage.stop].all():
                covered[passage.start : passage.stop] = True
                kept.append(passage)
        return kept

    def _diagonals(self, text: str) -> list[tuple[int, int, int]]:
        """Runs of shared fingerprints at one distance: (first, last, distance) in characters."""
        hashes, places = fingerprints(text)
        keys, positions = self._by_hash
        low = np.searchsorted(keys, hashes, side="left")
        high = np.searchsorted(keys, hashes, side="right")
        counts = np.minimum(high - low, MOST_PLACES)
        total = int(counts.sum())
        if not total:
            return []
        here = np.repeat(places, counts).astype(np.int64)
        offsets = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        there = positions[np.repeat(low, counts) + offsets].astype(np.int64)
        order = np.lexsort((here, there - here))
        here, distance = here[order], (there - here)[order]
        parts = (np.diff(distance) != 0) | (np.diff(here) > SIZE)
        first = np.flatnonzero(np.r_[True, parts])
        last = np.r_[first[1:] - 1, total - 1]
        wanted = (last > first) | (self.text is not None)
        return [
            (int(here[a]), int(here[b]) + SIZE, int(distance[a]))
            for a, b in zip(first[wanted], last[wanted], strict=True)
        ]

    def _passage(self, text: str, start: int, stop: int, distance: int) -> Passage:
        exact = self.text is not None
        if self.text is not None:
            start, stop = _grown(text, self.text, start, stop, distance)
        source = start + distance
        return Passage(start, stop, self.cues.at(source), source, exact)

    # On disk

    def to_bytes(self) -> bytes:
        """A NumPy archive of the fingerprints and of who speaks where; never the text."""
        names = [[place.play, place.act, place.scene, place.speaker] for place in self.cues.names]
        document = json.dumps(names, ensure_ascii=False).encode()
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            hashes=np.ascontiguousarray(
                self.hashes.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
            ),
            steps=np.diff(self.positions, prepend=np.int32(0)).astype(np.uint8),
            cue_steps=np.diff(self.cues.starts, prepend=np.int32(0)).astype(np.uint16),
            places=self.cues.places.astype(np.uint16),
            names=np.frombuffer(document, np.uint8),
        )
        return buffer.getvalue()

    def save(self, path: Path) -> None:
        """Write the file that `load` reads."""
        write_atomically(path, self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` has written."""
        with np.load(path, allow_pickle=False) as stored:
            names = tuple(Place(*row) for row in json.loads(stored["names"].tobytes()))
            cues = Cues(
                np.cumsum(stored["cue_steps"], dtype=np.int32),
                stored["places"].astype(np.int32),
                names,
            )
            planes = stored["hashes"].astype(np.uint32)
            hashes = planes[:, 0] | planes[:, 1] << np.uint32(8) | planes[:, 2] << np.uint32(16)
            return cls(hashes, np.cumsum(stored["steps"], dtype=np.int32), cues)


def fingerprints(text: str) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """The winnowed hashes of a text and their places, in its order; none of too short a text."""
    hashes = (gram_hashes(text, SIZE) >> (np.uint64(64) - _HASH_BITS)).astype(np.uint32)
    if not len(hashes):
        return hashes, np.empty(0, np.int32)
    width = min(WINDOW, len(hashes))
    windows = np.lib.stride_tricks.sliding_window_view(hashes, width)
    # The last of the least: `argmin` of the window turned round finds it.
    chosen = width - 1 - windows[:, ::-1].argmin(axis=1) + np.arange(len(windows))
    places = np.unique(chosen).astype(np.int32)
    return hashes[places], places


def cue_table(corpus: Corpus) -> tuple[str, Cues]:
    """The text of a corpus as models read it, and who speaks where in it."""
    frame = corpus.frame
    cues = [normalise(cue) for cue in frame["cue"]]
    lengths = np.array([len(cue) + 1 for cue in cues], np.int64)
    starts = (np.cumsum(lengths) - lengths).astype(np.int32)
    titles = corpus.titles
    found: dict[Place, int] = {}
    columns = zip(frame["play_name"], frame["act"], frame["scene"], frame["speaker"], strict=True)
    places = [
        found.setdefault(Place(titles[play], act, scene, speaker), len(found))
        for play, act, scene, speaker in columns
    ]
    return "\n".join(cues), Cues(starts, np.array(places, np.int32), tuple(found))


def _grown(text: str, source: str, start: int, stop: int, distance: int) -> tuple[int, int]:
    """A passage followed to its ends in both texts."""
    while start > 0 and start + distance > 0 and text[start - 1] == source[start + distance - 1]:
        start -= 1
    while (
        stop < len(text) and stop + distance < len(source) and text[stop] == source[stop + distance]
    ):
        stop += 1
    return start, stop


def longest(passages: Sequence[Passage]) -> Passage | None:
    """The longest of some passages, the first of equals; None of none."""
    return max(passages, key=lambda p: (p.chars, -p.start), default=None)
