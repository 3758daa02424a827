"""What a model makes of a text, computed in turns and once for all who ask for the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.judging.alexandrines import Verse, verse
from moliere_core.judging.judgement import Judgement, judge
from moliere_core.judging.sources import sources
from moliere_core.measures import reading as measured
from moliere_core.measures.adaptation import adapt
from moliere_core.measures.reading import Completion, Reading
from moliere_core.models.mixture import Mixture
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise

COUNTING = "kn-8"


@cached.computed(max_entries=64)
def reading(reference: str, text: str) -> cached.Task[Reading]:
    """A text as a model sees it."""
    model = cached.model(reference)
    return lambda told: measured.read(model, text, told)


@cached.computed(max_entries=256)
def completion(reference: str, before: str, word: str) -> cached.Task[Completion]:
    """How sure a model is of the rest of a word, letter after letter."""
    model = cached.model(reference)
    return lambda told: measured.completion(model, before, word, told)


@cached.computed(max_entries=64)
def judged(reference: str, text: str) -> cached.Task[Judgement]:
    """What a text is worth, against what a model has read; ModelError where nobody can say."""
    known = cached.known_corpora()
    return lambda _told: judge(text, sources(reference, known))


@cached.computed(max_entries=64)
def counted(text: str) -> cached.Task[Verse]:
    """The lines of a text as verse."""
    return lambda _told: verse(normalise(text).split("\n"))


@dataclass(frozen=True)
class Adaptation:
    """A text as a network reads it, and as the same one does that learns while it reads.

    Attributes:
        text: the normalised text.
        frozen: bits of each character, shape (chars,).
        adapting: the same for the one that learns.
    """

    text: str
    frozen: NDArray[np.float64]
    adapting: NDArray[np.float64]


@cached.computed(max_entries=64)
def adaptation(reference: str, text: str, rate: float) -> cached.Task[Adaptation]:
    """A text read by two copies of a network, of which one learns from each line it has read."""
    model, text = cached.model(reference), normalise(text)

    def task(told: Progress) -> Adaptation:
        segments = []
        for segment in adapt(model, text, rate):
            segments.append(segment)
            told(segment.stop / len(text))
        return Adaptation(
            text,
            np.concatenate([segment.frozen for segment in segments]),
            np.concatenate([segment.adapting for segment in segments]),
        )

    return task


@dataclass(frozen=True)
class Word:
    """A word that comes back, and what each coming costs.

    Attributes:
        word: as it is written.
        frozen: bits of the whole word at its first, second, ... place.
        adapting: the same for the network that learns.
    """

    word: str
    frozen: tuple[float, ...]
    adapting: tuple[float, ...]


def returning(found: Adaptation, least: int = 3, most: int = 4) -> list[Word]:
    """The long words that come at least `least` times, those first that learning makes cheapest."""
    places: dict[str, list[tuple[int, int]]] = {}
    for match in re.finditer(r"[^\W\d_]{5,}", found.text):
        places.setdefault(match[0], []).append(match.span())
    words = [
        Word(word, _sums(found.frozen, at), _sums(found.adapting, at))
        for word, at in places.items()
        if len(at) >= least
    ]
    return sorted(words, key=lambda w: sum(w.adapting) - sum(w.frozen))[:most]


def _sums(bits: NDArray[np.float64], places: list[tuple[int, int]]) -> tuple[float, ...]:
    return tuple(float(bits[start:stop].sum()) for start, stop in places)


@st.cache_resource(show_spinner=False)
def counting() -> CharModel:
    """The model that counts, which a network is mixed with."""
    return load_model(COUNTING)


@cached.computed(max_entries=64)
def both(reference: str, text: str) -> cached.Task[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Bits of each character of a text, for the model that counts and for a network."""
    one, two, text = counting(), cached.model(reference), normalise(text)
    return lambda told: (one.surprisal(text), two.surprisal(text, told))


@cached.computed(max_entries=64)
def mixed(reference: str, share: float, prompt: str, seed: int, chars: int) -> cached.Task[str]:
    """What the mixture of the two writes after a prompt."""
    model, config = Mixture(counting(), cached.model(reference), share), SamplingConfig(1.0)
    return lambda told: generate(model, [prompt], [config], [seed], chars, told)[0]


@cached.computed(max_entries=64)
def written(reference: str, prompt: str, seed: int, chars: int) -> cached.Task[str]:
    """What a model writes after a prompt, as learned (temperature 1)."""
    model, config = cached.model(reference), SamplingConfig(1.0)
    return lambda told: prompt + generate(model, [prompt], [config], [seed], chars, told)[0]
