"""What the Training page computes: sizes, curves and their figure, files to take away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.shared import cached
from dashboard.shared.i18n import _
from dashboard.training import figures
from dashboard.training.curves import Curves, from_events
from dashboard.training.figures import Bets, Figure
from moliere_core import pretrained
from moliere_core.config import RunConfig
from moliere_core.corpus import Corpus, Split, split
from moliere_core.corpus.apart import read_apart
from moliere_core.exchange.keras_export import to_keras
from moliere_core.models import samples
from moliere_core.models.evaluation import score
from moliere_core.pretrained import catalogue
from moliere_core.runs.run import Run, run_path
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import Vocabulary
from moliere_core.training.jobs import Job
from moliere_core.training.yardsticks import Yardsticks

MOST_OUTSIDE = 8  # characters that are named
Moment = tuple[str, int, float]  # a job, how many events it had then, and when the last came


@dataclass(frozen=True)
class Sizes:
    """Of what a training would read.

    Attributes:
        train: characters of its text.
        validation: characters of the text held out.
        symbols: of its alphabet, the unknown one included.
        held_out: "plays" or "last-tenth", see `corpus.split`.
    """

    train: int
    validation: int
    symbols: int
    held_out: str


@st.cache_data(show_spinner=False, max_entries=64)
def sizes(source: str, plays: tuple[str, ...], min_char_freq: int) -> Sizes:
    """What a training on these plays would read."""
    texts = _texts(source, plays)
    vocabulary = Vocabulary.from_text(texts.train_text, min_char_freq)
    return Sizes(len(texts.train_text), len(texts.validation_text), len(vocabulary), texts.held_out)


@st.cache_data(show_spinner=False, max_entries=64)
def outside(reference: str, source: str, plays: tuple[str, ...]) -> tuple[int, str]:
    """How many characters of a training text a model's alphabet lacks, and the most frequent."""
    text = normalise(_texts(source, plays).train_text)
    counts = Counter(text)
    for known in cached.model(reference).vocabulary.chars:
        counts.pop(known, None)
    return counts.total(), "".join(c for c, _count in counts.most_common(MOST_OUTSIDE))


@st.cache_data(show_spinner=False, max_entries=4)
def held_out_text(source: str) -> str:
    """The text that a training on all of a corpus keeps to measure, normalised."""
    return normalise(_texts(source, ()).validation_text)


def _texts(source: str, plays: tuple[str, ...]) -> Split:
    return split(cached.corpus(source), plays, RunConfig().validation)


@st.cache_resource(show_spinner=False, max_entries=4)
def given(name: str, data: bytes) -> Corpus:
    """A corpus from a file of the user's own; CorpusError where it cannot be read."""
    reading = read_apart(data, name)
    return Corpus(reading.frame, name, reading.notes, reading.left_out)


@st.cache_resource(show_spinner=False, max_entries=64)
def curves(moment: Moment, _job: Job) -> Curves:
    """What the curves of a job show at a moment, drawn up once for all who watch it."""
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
    bets: Bets,
    dark: bool,
    language: str,
    measure: str,
) -> Figure:
    """The chart of a training, the same object for all who watch it; labels in `language`.

    A resource: copied for each of thirty sessions, a figure took longer than all the rest.
    `measure` is "accuracy", or the unit of the loss.
    """
    if measure == "accuracy":
        return figures.accuracy_figure(_curves, yardsticks.spaces if yardsticks else None, dark)
    return figures.curves_figure(_curves, yardsticks, bets, dark, measure)


@cached.computed(max_entries=256)
def sample(reference: str) -> cached.Task[str]:
    """What a model writes, with the draws that are the same for all."""
    model = cached.model(reference)
    return lambda told: samples.sample(model, progress=told)


@st.cache_data(show_spinner=False, ttl=5)
def gpts() -> list[str]:
    """References of the GPTs on this machine that can be specialised."""
    return [
        entry.name
        for entry in pretrained.entries()
        if entry.available and not catalogue.needs_torch(catalogue.check(entry.name))
    ]


def validation(reference: str, measure: str) -> list[tuple[int, float]]:
    """A run on the text that it held out, epoch by epoch: "bits", "nats" or "accuracy"."""
    name = "accuracy" if measure == "accuracy" else "validation_bits_per_char"
    scale = math.log(2) if measure == "nats" else 1.0
    history = cached.open_run(reference)[0].history
    return [(e["epoch"], e[name] * scale) for e in history if e.get(name) is not None]


def table(curves: Curves) -> pd.DataFrame:
    """The curves of a training as rows, an epoch each."""
    return pd.DataFrame(
        {
            _("époque"): [epoch.number for epoch in curves.ended],
            _("perte pendant l’apprentissage (nats)"): [e.loss for e in curves.ended],
            _("perte sur le texte lu (nats)"): [e.train_loss for e in curves.ended],
            _("bits par caractère sur le texte mis de côté"): [e.bits for e in curves.ended],
            _("exactitude sur ce texte"): [e.accuracy for e in curves.ended],
        }
    )


def points(runs: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> pd.DataFrame:
    """The curves of several runs as rows, an epoch of one each.

    Args:
        runs: the name of each, and its (epoch, value).
    """
    rows = [(name, *point) for name, curve in runs for point in curve]
    return pd.DataFrame(rows, columns=[_("modèle"), _("époque"), _("valeur")])


@cached.computed(max_entries=256)
def bits_on(reference: str, text: str) -> cached.Task[float]:
    """Bits per character of a model on a text."""
    model = cached.model(reference)
    return lambda told: score(model, text, told).bits_per_char


@st.cache_data(show_spinner=False, max_entries=4)
def keras_file(run_id: str, snapshot: str) -> bytes:
    """A run as a `.keras` file, see `moliere_core.exchange.keras_export`."""
    return to_keras(Run.open(run_path(run_id)), snapshot)
