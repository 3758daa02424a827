"""The caches of the Training page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.shared import cached

if TYPE_CHECKING:
    from dashboard.training.curves import Curves
    from dashboard.training.figures import Figure, Guesses
    from moliere_core.corpus import Corpus
    from moliere_core.training.jobs import Job
    from moliere_core.training.yardsticks import Yardsticks


@dataclass(frozen=True)
class Reading:
    """What a training would read: sizes of its texts and of its alphabet."""

    chars: int
    validation_chars: int
    vocab_size: int
    held_out: str


@st.cache_data(show_spinner=False, max_entries=64)
def reading(source: str, plays: tuple[str, ...], min_char_freq: int) -> Reading:
    """What a training on these plays would read."""
    from moliere_core.config import RunConfig
    from moliere_core.corpus import split
    from moliere_core.text.vocabulary import Vocabulary

    texts = split(cached.corpus(source), plays, RunConfig().validation)
    vocabulary = Vocabulary.from_text(texts.train_text, min_char_freq)
    sizes = len(texts.train_text), len(texts.validation_text), len(vocabulary)
    return Reading(*sizes, texts.held_out)


@st.cache_resource(show_spinner=False, max_entries=4)
def given(name: str, data: bytes) -> Corpus:
    """A corpus from a file of the user's own; CorpusError where it cannot be read."""
    from moliere_core.corpus import Corpus
    from moliere_core.corpus.apart import read_apart

    reading = read_apart(data, name)
    return Corpus(reading.frame, name, reading.notes, reading.left_out)


@st.cache_data(show_spinner=False, max_entries=4)
def held_out_text(source: str) -> str:
    """The text that a training on all of a corpus keeps to measure, normalised."""
    from moliere_core.config import RunConfig
    from moliere_core.corpus import split
    from moliere_core.text.normalise import normalise

    return normalise(split(cached.corpus(source), (), RunConfig().validation).validation_text)


Moment = tuple[str, int, float]  # a job, how many events it had then, and when the last came


@st.cache_resource(show_spinner=False, max_entries=64)
def curves(moment: Moment, _job: Job) -> Curves:
    """What the curves of a job show at a moment, drawn up once for all who watch it."""
    from dashboard.training.curves import from_events

    run, (_id, count, _time) = _job.run, moment
    config = _job.spec.config
    return from_events(
        _job.events()[:count],
        run.history if run else [],
        config.training.epochs,
        config.model.dropout > 0,
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def curves_figure(
    moment: Moment,
    _curves: Curves,
    yardsticks: Yardsticks | None,
    guesses: Guesses,
    dark: bool,
    language: str,
) -> Figure:
    """The chart of a training, the same object for all who watch it; labels in `language`.

    A resource: copied for each of thirty sessions, a figure took longer than all the rest.
    """
    from dashboard.training.figures import curves_figure

    return curves_figure(_curves, yardsticks, guesses, dark)


@cached.computed(max_entries=256)
def bits_on(reference: str, text: str) -> cached.Task[float]:
    """Bits per character of a model on a text."""
    from moliere_core.models.evaluation import score

    model = cached.model(reference)
    return lambda told: score(model, text, told).bits_per_char


@st.cache_data(show_spinner=False, max_entries=4)
def keras_file(run_id: str, snapshot: str) -> bytes:
    """A run as a `.keras` file, see `moliere_core.exchange.keras_export`."""
    from moliere_core.exchange.keras_export import to_keras
    from moliere_core.runs.run import Run, run_path

    return to_keras(Run.open(run_path(run_id)), snapshot)
