"""What is measured in the background: models on a text, one after the other, and on pairs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.bridge.results import ALPHABET
from dashboard.server.background import Background
from dashboard.shared import cached, following
from moliere_core.errors import MoliereError
from moliere_core.measures import axis, pairs
from moliere_core.measures.axis import Point
from moliere_core.models.references import load_model
from moliere_core.system.progress import Progress
from moliere_core.system.work import Work
from moliere_core.text.normalise import normalise

_WANTED = "axis.wanted"  # what this session waits for


class Measuring(Work[None]):
    """A measure in progress; read by pages while a thread runs it.

    Its share is that of the model which is being measured.

    Attributes:
        text: that is scored.
        references: of the models and compressors, in the order in which they are measured.
        train: what the models of this project learned from; None where it is not at hand, and
            then there can be no compressors.
        train_chars: its length, known without it.
        public: whether the text may be on the web.
        points: what has been measured so far.
        errors: why a model could not be.
        now: the model that is being measured, "" before and after.
    """

    def __init__(
        self,
        text: str,
        references: Sequence[str],
        train: str | None,
        train_chars: int,
        public: bool,
    ) -> None:
        super().__init__()
        self.text, self.references = text, references
        self.train, self.train_chars, self.public = train, train_chars, public
        self.points: dict[str, Point] = {}
        self.errors: dict[str, MoliereError] = {}
        self.now = ""

    def run(self, told: Progress) -> None:
        """Measure what is not stored yet, and store it.

        Raises:
            MoliereError: a model could not be measured; the others are.
        """
        known = axis.stored(self.text)
        self.points.update({name: known[name] for name in self.references if name in known})
        for name in self.references:
            if name in self.points and not name.startswith("run:"):
                continue
            self.now, self.share = name, 0.0
            try:
                self.points[name] = self._measure(name, told)
            except MoliereError as error:
                self.errors[name] = error
            else:
                axis.store(self.text, self.points[name])
        self.now = ""
        if self.errors:
            raise next(iter(self.errors.values()))

    def _measure(self, name: str, told: Progress) -> Point:
        if name == axis.UNIFORM:
            vocabulary = load_model(ALPHABET).vocabulary
            return axis.uniform(vocabulary, self.text, self.train_chars)
        if name in axis.COMPRESSORS and self.train is not None:
            return axis.compressed(name, self.train, self.text)
        return axis.measure(name, self.text, self.train_chars, self.public, told)


@st.cache_resource(show_spinner=False)
def worker() -> Background:
    """Measures wait for each other, and for the bridge worker."""
    return Background("moliere-axis")


def bits(text: str, references: tuple[str, ...], public: bool) -> Measuring:
    """The bits per character of some models on a text, measured in the background.

    And again where a model could not be measured, a while ago; what could is stored.
    """
    return following.asked(_measured, text, references, public)


def want(works: Sequence[Measuring]) -> None:
    """Give up what this session has asked for before, wants no longer, and has not begun.

    Who types one text after the other would keep the class waiting for all of them. Another session
    that wants the same asks again.
    """
    for work in st.session_state.get(_WANTED, ()):
        if work not in works:
            work.cancel()
    st.session_state[_WANTED] = works


@st.cache_resource(show_spinner=False, max_entries=32)
def _measured(text: str, references: tuple[str, ...], public: bool) -> Measuring:
    found = Measuring(text, references, training_text(), shipped_train_chars(), public)
    worker().begin(found.run, found)
    return found


@st.cache_data(show_spinner=False, max_entries=1)
def training_text() -> str | None:
    """What the shipped models learned from, where a corpus of this server holds it."""
    found = (axis.training_text(corpus) for corpus in cached.known_corpora())
    return next((text for text in found if text is not None), None)


def shipped_train_chars() -> int:
    """How many characters the shipped models learned from."""
    return axis.shipped().points["verse"][axis.UNIFORM].train_chars or 0


@st.cache_data(show_spinner=False, max_entries=4)
def play_text(slug: str) -> str | None:
    """A held-out play, where a corpus of this server has it."""
    for corpus in cached.known_corpora():
        if slug in corpus.plays:
            return normalise(corpus.select([slug]).text())
    return None


def margins(reference: str, names: tuple[str, ...]) -> Work[dict[str, float]]:
    """The margins of a model on some sentences, in bits by name, measured in the background.

    Measured again where that failed a while ago: the worker may have had no memory then.
    """
    return following.asked(_compared, reference, names)


@st.cache_resource(show_spinner=False, max_entries=256)
def _compared(reference: str, names: tuple[str, ...]) -> Work[dict[str, float]]:
    wanted = [pair for pair in pairs.PAIRS if pair.name in names]
    return cached.background().begin(lambda _told: pairs.measure(reference, wanted))
