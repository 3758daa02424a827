"""What the games are made of, computed in turns and once for all who ask for the same."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.errors import CorpusError
from moliere_core.games import authorship, imitation
from moliere_core.games.authorship import Reading
from moliere_core.games.imitation import Author, Passage
from moliere_core.measures import axis
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate, next_distribution
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise

LETTERS = "kn-1"  # how frequent each character is in the plays


@cached.computed(max_entries=16)
def passages(
    source: str, play: str, authors: tuple[Author, ...], chars: int, seed: int
) -> cached.Task[list[Passage]]:
    """The ten passages of a game."""
    text = play_text(source, play)
    models = {author.model: cached.model(author.model) for author in authors}
    asked = itertools.count(1)

    def task(told: Progress) -> list[Passage]:
        def write(reference: str, temperature: float, seed: int, length: int) -> str:
            config = SamplingConfig(temperature)
            [text] = generate(models[reference], [""], [config], [seed], length)
            told(min(next(asked) / imitation.MOST_REAL, 1.0))
            return text

        return imitation.passages(text, authors, chars, seed, write)

    return task


@cached.computed(max_entries=64)
def lines(
    asked: tuple[Author, ...], read: str, seed: int, most: int
) -> cached.Task[tuple[str, ...]]:
    """The next line of a scene, as each of some authors writes it."""
    models = {author.model: cached.model(author.model) for author in asked}

    def task(told: Progress) -> tuple[str, ...]:
        found = []
        for number, author in enumerate(asked):
            config = SamplingConfig(author.temperature)
            [text] = generate(models[author.model], [read], [config], [seed + number], most)
            found.append(_first_line(text))
            told((number + 1) / len(asked))
        return tuple(found)

    return task


def _first_line(text: str) -> str:
    """What was written before the line ended; whole words where it did not."""
    line, ended, _rest = text.lstrip("\n ").partition("\n")
    return line.strip() if ended else line.rpartition(" ")[0].strip() or line


@cached.computed(max_entries=64)
def bits(reference: str, text: str) -> cached.Task[NDArray[np.float64]]:
    """What each character of a text costs a model that has read those before it, shape (chars,)."""
    model = counted(reference) if reference.startswith("kn-") else cached.model(reference)
    return lambda told: model.surprisal(text, told)


@st.cache_resource(show_spinner=False, max_entries=4)
def counted(reference: str) -> CharModel:
    """A model that has counted."""
    return load_model(reference)


@st.cache_data(show_spinner=False)
def frequencies() -> dict[str, float]:
    """How frequent each character is in the plays that the shipped models have read."""
    model = counted(LETTERS)
    probs = next_distribution(model.start([""])[0][0], SamplingConfig())
    return dict(zip(model.vocabulary.chars, probs[1:].tolist(), strict=True))


@st.cache_data(show_spinner=False, max_entries=8)
def play_text(source: str, play: str) -> str:
    """A play, normalised."""
    return normalise(cached.corpus(source).select([play]).text())


def passage(source: str, play: str, chars: int, seed: int) -> str:
    """A passage to guess: it begins with a line, ends with a word."""
    text = play_text(source, play)
    places = imitation.starts(text, chars) or [0]
    at = int(np.random.default_rng(seed).choice(places))
    return text[at : at + chars]


@dataclass(frozen=True)
class Extract:
    """A passage whose author is looked for.

    Attributes:
        text: all that the class is shown.
        author: one of `authorship.AUTHORS`; "" for anybody else.
        title: of the play; "" where nobody has said what it is from.
        pastiche: whether it was written for this application.
    """

    text: str
    author: str = ""
    title: str = ""
    pastiche: bool = False

    @property
    def key(self) -> str:
        """Its name among others, made of its text alone."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@st.cache_data(show_spinner=False, max_entries=64)
def extract(chosen: str, others: tuple[str, ...], lines: int, seed: int) -> Extract | None:
    """A passage in verse that the networks have not read, of either author as often.

    Where one of the two is not here, a passage of the corpus that is chosen; None where it has no
    verse so long.

    Args:
        chosen: identifier of a corpus.
        others: of those that may be here beside it.
        lines: of the passage.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    held = _held_out((chosen, *others))
    if all(held.values()):
        author = authorship.AUTHORS[rng.integers(2)]
        places = held[author]
    else:
        places = _in_verse(chosen)
    for place in rng.permutation(len(places)).tolist():
        source, play = places[place]
        if found := authorship.passages(_verse(source, play), lines):
            rows = cached.corpus(source).select([play]).frame
            author = authorship.author_of(play, rows["author"].iloc[0])
            title = cached.corpus(source).titles[play]
            found = list(filter(authorship.mostly_alexandrines, found)) or found
            text = found[int(rng.integers(len(found)))]
            return Extract(text, author, title, source == EMBEDDED)
    return None


def both_authors(chosen: str, others: tuple[str, ...]) -> bool:
    """Whether plays of both authors are here that the networks have not read."""
    return all(_held_out((chosen, *others)).values())


def _held_out(sources: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """The plays held out, each in the first corpus that has it, by author."""
    held: dict[str, list[tuple[str, str]]] = {author: [] for author in authorship.AUTHORS}
    for source in dict.fromkeys(sources):
        with contextlib.suppress(CorpusError):  # one that can no longer be read
            plays = cached.corpus(source).plays
            for author, found in held.items():
                known = {play for _source, play in found}
                wanted = [play for play in authorship.HELD_OUT[author] if play not in known]
                found += [(source, play) for play in wanted if play in plays]
    return held


def _in_verse(source: str) -> list[tuple[str, str]]:
    """The plays of a corpus that have verse; those that the networks have read, where all are."""
    read = {play for plays in authorship.TRAINED.values() for play in plays}
    found = [play for play in cached.corpus(source).plays if _verse(source, play)]
    unread = [play for play in found if play not in read]
    return [(source, play) for play in unread or found]


@st.cache_data(show_spinner=False, max_entries=64)
def _verse(source: str, play: str) -> str:
    """The verse of a play; all of it where its source does not say what is verse."""
    rows = cached.corpus(source).select([play]).frame
    told = rows[rows["form"] == "verse"] if (rows["form"] != "").any() else rows
    return "\n".join(told["cue"])


@st.cache_resource(show_spinner=False)
def networks() -> tuple[CharModel, CharModel]:
    """The network that has read Molière, and the one that has read Corneille."""
    return authorship.load(authorship.MOLIERE), authorship.load(authorship.CORNEILLE)


@cached.computed(max_entries=64)
def reading(text: str) -> cached.Task[Reading]:
    """A passage as both networks read it."""
    both, zero = networks(), authorship.measures().zero
    return lambda told: authorship.read(text, both, zero)


def known_text(play: str) -> str:
    """The text of the one axis that a play is; "" for any other."""
    return next((name for name, slug in axis.VALIDATION.items() if slug == play), "")
