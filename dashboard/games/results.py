"""What the games are made of, computed in turns and once for all who ask for the same."""

from __future__ import annotations

import itertools

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.games import imitation
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


def known_text(play: str) -> str:
    """The text of the one axis that a play is; "" for any other."""
    return next((name for name, slug in axis.VALIDATION.items() if slug == play), "")
