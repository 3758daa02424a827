"""The caches that pages share: thin wrappers over moliere_core.

Each page has its own beside its views, in a module of the same name; nothing else caches.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from dashboard.server import turns
from dashboard.server.background import Background
from dashboard.shared import following, naming
from moliere_core.config import CELLS, Cell, RunConfig
from moliere_core.corpus import EMBEDDED, MESSAGES, Corpus, library, load_corpus, split
from moliere_core.errors import CorpusError, MoliereError
from moliere_core.judging import judgement
from moliere_core.models import references
from moliere_core.models.references import NetworkModel, RecurrentModel
from moliere_core.runs.run import Run
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import Ids, Vocabulary

P = ParamSpec("P")
T = TypeVar("T")
Task = Callable[["Progress"], T]  # computes something, reporting the share that is done


def computed(max_entries: int) -> Callable[[Callable[P, Task[T]]], Callable[P, T]]:
    """A cache of what the engine computes: in turns, and once for all who ask for the same.

    The function that it decorates prepares a task, and is called as if it returned the task's
    result. Those who ask for the same look at one work; what failed, or was abandoned, is computed
    again when it is asked for again. Results are shared: they are never changed.

    Args:
        max_entries: results kept.
    """

    def decorate(prepare: Callable[P, Task[T]]) -> Callable[P, T]:
        @wraps(prepare)
        def begin(*args: P.args, **kwargs: P.kwargs) -> turns.Turn[T]:
            return turns.engine.begin(following.session(), prepare(*args, **kwargs))

        begun: Any = st.cache_resource(show_spinner=False, max_entries=max_entries)(begin)

        @wraps(prepare)
        def ask(*args: P.args, **kwargs: P.kwargs) -> T:
            while True:
                try:
                    found: T = following.until_done(begun(*args, **kwargs))
                    return found
                except turns.AbandonedError:  # by those who asked before
                    begun.clear(*args, **kwargs)
                except Exception:
                    begun.clear(*args, **kwargs)
                    raise

        return ask

    return decorate


def in_turn(task: Task[T]) -> T:
    """What the engine computes for this session alone: in its turn, and not kept."""
    return following.until_done(turns.engine.begin(following.session(), task))


@dataclass(frozen=True)
class Card:
    """A model in one line: its size, and its bits per character on plays it has not read."""

    reference: str
    cell: Cell
    layers: int
    units: int
    parameters: int
    epoch: int | None
    bits_per_char: float | None
    held_out: str  # "plays" or "last-tenth": what it was measured on
    context: int = 0  # characters that a transformer looks back on; 0 for a carried state


@dataclass(frozen=True, eq=False)
class Material:
    """A corpus, ready to be cut into windows.

    Attributes:
        text: what a training reads, normalised.
        ids: its characters as integers, shape (chars,).
        vocabulary: its alphabet.
        cues: characters of each cue of the corpus, in order: the series of numbers.
        held: the text held out, normalised.
        held_cues: its cues, normalised; of all plays where no play is held out.
    """

    text: str
    ids: Ids
    vocabulary: Vocabulary
    cues: tuple[int, ...]
    held: str
    held_cues: tuple[str, ...]


def _public(reference: str) -> str:
    """The reference, unless it is a folder's path, which an address must not open."""
    if not re.fullmatch(r"(\w[\w-]*|run:\w+|hf:[\w./-]+)(@[\w-]+)?", reference, re.ASCII):
        raise references.unknown_model(reference)
    return reference


def open_run(reference: str) -> tuple[Run, str | None]:
    """The run of a public reference, and the snapshot that it names."""
    return references.open_run(_public(reference))


@st.cache_resource(show_spinner=False, max_entries=8)
def model(reference: str) -> NetworkModel:
    """A model of characters, recurrent or a transformer, opened once for all sessions."""
    return references.load_network_model(_public(reference))


def recurrent(reference: str) -> RecurrentModel:
    """The same where cells are looked into; ModelError for a transformer, which has none."""
    return references.recurrent(model(reference))


def opens(reference: str) -> bool:
    """Whether a reference names a model of characters that can be opened."""
    try:
        model(reference)
    except MoliereError:
        return False
    return True


@st.cache_data(show_spinner=False, ttl=5)
def models() -> list[str]:
    """References of the models that can be chosen; looked up again every five seconds."""
    chosen = (
        e for e in references.list_models() if e.available and e.kind in CELLS and not e.experiment
    )
    return [entry.name for entry in chosen]


@st.cache_data(show_spinner=False, max_entries=32, ttl=60)
def card(reference: str) -> Card:
    """What a model is and how well it predicts, from its run's own files."""
    run, snapshot = open_run(reference)
    network = model(reference).network
    epoch = run.snapshot(snapshot).epoch
    measured = [line for line in run.history if line["epoch"] == epoch]
    return Card(
        reference=reference,
        cell=network.config.cell,
        layers=network.config.layers,
        units=network.config.units,
        parameters=network.parameters,
        epoch=epoch if snapshot else None,
        bits_per_char=measured[0].get("validation_bits_per_char") if measured else None,
        held_out=run.held_out,
        context=network.config.context,
    )


@st.cache_resource(show_spinner=False, max_entries=16)
def corpus(source: str) -> Corpus:
    """A corpus, by an identifier that an address may hold: never a path.

    Args:
        source: "embedded"; "messages"; "server", for what `MOLIERE_CORPUS` names; or an identifier
            of `moliere_core.corpus.library`, a corpus that was fetched or a file that was given.

    Raises:
        CorpusError: it is not there, or can no longer be read.
    """
    if source == "server":
        return load_corpus()
    return load_corpus(source) if source in (EMBEDDED, MESSAGES) else library.load(source)


@st.cache_resource(show_spinner=False, max_entries=4)
def material(source: str) -> Material:
    """A corpus as a training reads it."""
    whole = corpus(source)
    validation = RunConfig().validation
    texts = split(whole, (), validation)
    text, held = normalise(texts.train_text), normalise(texts.validation_text)
    vocabulary = Vocabulary.from_text(text)
    plays = [play for play in validation if play in whole.plays]
    cues = whole.select(plays).frame["cue"] if texts.held_out == "plays" else whole.frame["cue"]
    return Material(
        text=text,
        ids=vocabulary.encode(text),
        vocabulary=vocabulary,
        cues=tuple(whole.frame["cue"].str.len().tolist()),
        held=held,
        held_cues=tuple(normalise(cue) for cue in cues),
    )


def forget_corpus(source: str) -> None:
    """Read a corpus again, and compute again what may depend on it: it has been deleted."""
    corpus.clear(source)
    st.cache_data.clear()


@st.cache_resource(show_spinner=False)
def background() -> Background:
    """One thread for what a page can do without for a second."""
    return Background("moliere-pages")


def known_corpora() -> list[Corpus]:
    """The corpora of this server that can be read."""
    found = []
    for source in naming.sources():
        with contextlib.suppress(CorpusError):
            found.append(corpus(source))
    return found


@st.cache_resource(show_spinner=False)
def prepare_judging() -> None:
    """Have what judges a text read in the background, once, before anybody asks."""
    known = known_corpora()
    background().begin(lambda _told: judgement.prepare(known))
