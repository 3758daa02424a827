"""What the Film page shows of a run: its moments, and what its network writes at each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.exploration.lexicon import (
    Lexicon,
    Word,
    held_out_share,
    share_known,
    shipped,
)
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import snapshot_model
from moliere_core.models.sampling import generate, next_distribution
from moliere_core.networks.arrays import Array
from moliere_core.runs.run import Run
from moliere_core.system.progress import Progress
from moliere_core.system.records import Record
from moliere_core.system.work import Work
from moliere_core.text.normalise import normalise
from moliere_core.training import learning
from moliere_core.training.learning import Measure
from moliere_core.training.yardsticks import texts_of

CHARS = 230  # what fits beside the bars on a projector
PLACES = 40  # characters of the prompt, from its end, whose bars can be looked at
BARS = 8
NO_BETTER = 0.02  # share of chance that a network must gain before it is said to know anything


@dataclass(frozen=True)
class Moment:
    """A snapshot of a run: its name, when it was taken, and what it predicts."""

    name: str
    epoch: int | None
    update: int
    measure: Measure


@dataclass(frozen=True)
class Timeline:
    """The moments of a run, and what they are compared with, in bits per character.

    Attributes:
        run_id: of the run.
        moments: in the order in which they were taken.
        curve: (updates, measure) of every measured point, with or without a snapshot.
        symbols: size of the alphabet, the unknown symbol included.
        ladder: n-grams on the same text, by order; empty where nobody measured them.
        batch_chars: characters read an update.
        initial: the model that the training started from, or None.
        held_out: "plays" or "last-tenth".
        unmeasured: names of the moments without a measure.
        measuring: whether theirs are being computed.
    """

    run_id: str
    moments: tuple[Moment, ...]
    curve: tuple[tuple[int, Measure], ...]
    symbols: int
    ladder: Mapping[int, float]
    batch_chars: int
    initial: str | None
    held_out: str
    unmeasured: tuple[str, ...]
    measuring: bool = False

    @property
    def chance(self) -> float:
        """Bits per character of someone to whom all characters are the same.

        As for all models, the unknown symbol is none of them: it is never drawn.
        """
        return math.log2(self.symbols - 1)


@st.cache_data(show_spinner=False, max_entries=64, ttl=5)
def timeline(reference: str) -> Timeline:
    """The moments of a run; looked up again every five seconds."""
    return timeline_of(cached.open_run(reference)[0])


def timeline_of(run: Run) -> Timeline:
    """What is known of a run without computing anything long."""
    measures = learning.measured(run)
    snapshots = run.snapshots
    points = {s.update: measures[s.name] for s in snapshots if s.name in measures}
    for record in run.history:
        points[record["updates"]] = Measure.from_record(record)
    training = run.config.training
    return Timeline(
        run_id=run.id,
        moments=tuple(
            Moment(s.name, s.epoch, s.update, measures.get(s.name, Measure())) for s in snapshots
        ),
        curve=tuple(sorted(points.items())),
        symbols=len(run.vocabulary),
        ladder=learning.ladder(run),
        batch_chars=training.batch_size * training.seq_length,
        initial=run.config.initial,
        held_out=run.held_out,
        unmeasured=tuple(s.name for s in snapshots if s.name not in measures),
    )


def with_measures(timeline: Timeline, records: Mapping[str, Record]) -> Timeline:
    """The timeline with measures that its run's folder does not have."""
    found = {name: Measure.from_record(record) for name, record in records.items()}
    moments = tuple(replace(m, measure=found.get(m.name, m.measure)) for m in timeline.moments)
    points = {m.update: m.measure for m in moments if m.name in found}
    return replace(
        timeline,
        moments=moments,
        curve=tuple(sorted({**dict(timeline.curve), **points}.items())),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def measures(reference: str, moments: tuple[str, ...]) -> Work[dict[str, Record]]:
    """The measures that a run's history lacks, computed in the background."""
    run, corpora = cached.open_run(reference)[0], cached.known_corpora()

    def measure(progress: Progress) -> dict[str, Record]:
        texts = texts_of(run, corpora)
        if texts is None:
            return {}
        wanted = [s for s in run.snapshots if s.name in moments]
        return learning.measure(run, texts, wanted, progress)

    return cached.background().begin(measure)


@dataclass(frozen=True)
class Words:
    """The words that a text of a run is held against.

    Attributes:
        lexicon: of the run's own training text; Molière's where that text is not here.
        held_out: the share of the words of the text that it has not read which are among them.
        own: whether it is the run's own.
    """

    lexicon: Lexicon
    held_out: float
    own: bool


@st.cache_resource(show_spinner=False, max_entries=8)
def words(reference: str) -> Words:
    """What counts as a word for the network of a reference."""
    if reference.startswith("run:"):
        texts = texts_of(cached.open_run(reference)[0], cached.known_corpora())
        if texts is not None:
            own = Lexicon.from_text(texts.train_text)
            held_out = share_known(own.read(normalise(texts.validation_text)))
            return Words(own, held_out or 0.0, own=True)
    return Words(shipped(), held_out_share(), own=False)


@dataclass(frozen=True)
class Sample:
    """What a network writes and predicts at one moment.

    Attributes:
        text: what it writes after the prompt.
        probs: the distributions of the last characters of the prompt, and of the one that
            follows it, shape (places, vocab_size), at most `PLACES` of them.
        runs: lengths of the stretches of the text, by turns outside and inside known words.
        known: share of its words that are known; None where it has none.
    """

    text: str
    probs: Array
    runs: tuple[int, ...]
    known: float | None


@cached.computed(max_entries=2048)
def sample(
    reference: str, moment: str, prompt: str, config: SamplingConfig, seed: int
) -> cached.Task[Sample]:
    """What a run's network writes at one moment, kept for all who ask for the same."""
    run, lexicon = cached.open_run(reference)[0], words(reference).lexicon
    return lambda progress: sample_of(run, moment, prompt, config, seed, progress, lexicon)


def sample_of(
    run: Run,
    moment: str,
    prompt: str,
    config: SamplingConfig,
    seed: int,
    progress: Progress | None = None,
    lexicon: Lexicon | None = None,
) -> Sample:
    """Write with the weights of one moment of a run; the same draws at every moment.

    `lexicon` says what is a word: by default, what is one of Molière's.
    """
    model = snapshot_model(run, run.snapshot(moment))
    network: Any = model.network  # of any kind: it goes on from its own state
    read = run.vocabulary.encode(CONTEXT_START + normalise(prompt))[None]
    logits = network.run(read, network.zero_state(1))[0][0]  # (characters read, vocab_size)
    [text] = generate(model, [prompt], [config], [seed], CHARS, progress)
    found = written_words(normalise(prompt), text, lexicon or shipped())
    probs = next_distribution(logits[-PLACES:], config)
    return Sample(text, probs, stretches(found, len(text)), share_known(found))


def written_words(prompt: str, text: str, lexicon: Lexicon) -> list[Word]:
    """The words of a text that continues a prompt, places counted in the text.

    Left out are the single letters, which chance alone would make words, and the last word, which
    is cut where it touches the end. The first may have begun in the prompt.
    """
    shift = len(prompt)
    return [
        replace(word, start=max(word.start - shift, 0), stop=word.stop - shift)
        for word in lexicon.read(prompt + text)
        if word.counts and shift < word.stop < shift + len(text)
    ]


def stretches(words: Sequence[Word], length: int) -> tuple[int, ...]:
    """Lengths of what is outside and inside known words, by turns; what follows a word is its."""
    found, at, inside = [], 0, False
    for word in words:
        if word.known != inside:
            found.append(word.start - at)
            at, inside = word.start, word.known
    return (*found, length - at)


def symbols_shown(
    samples: Sequence[Sample], following: Sequence[str], alphabet: str
) -> list[list[int]]:
    """Symbols whose bars are drawn at each place: likely at some moment, or what follows there.

    Args:
        samples: of all moments.
        following: the characters that follow at each place.
        alphabet: the symbols in the order of their indices.
    """
    found = []
    for place, chars in enumerate(following):
        symbols = {alphabet.index(char) for char in chars if char in alphabet}
        for sample in samples:
            probs = sample.probs[place]
            top = np.argsort(-probs, kind="stable")[:BARS]
            symbols.update(int(i) for i in top if probs[i] > 0)
        found.append(sorted(symbols))
    return found


def beaten_and_ahead(bits: float, ladder: Mapping[int, float]) -> tuple[int | None, int | None]:
    """Between which n-grams a measure stands.

    Args:
        bits: per character.
        ladder: those of n-grams on the same text, by order.

    Returns:
        The highest order that is beaten, and the lowest that is not; None where there is none.
    """
    beaten = [order for order, theirs in ladder.items() if bits < theirs]
    ahead = [order for order, theirs in ladder.items() if bits >= theirs]
    return max(beaten, default=None), min(ahead, default=None)
