"""What a model forgets that is continued on another text: the text that it came from.

A network has one set of weights for all that it knows. Each correction towards a new text moves
some that an older text was told by, and nothing in the loss holds them back: McCloskey and Cohen
(1989) called it catastrophic interference. It shows where the old text is measured, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from moliere_core.assets import ASSETS
from moliere_core.config import TrainingConfig
from moliere_core.corpus import EMBEDDED, Corpus, Split, load_corpus, split
from moliere_core.errors import MoliereError
from moliere_core.models.references import open_run
from moliere_core.runs.run import Run
from moliere_core.system.records import DamagedError, mapping, text
from moliere_core.text.normalise import normalise

OLD_CHARS = 8_000  # of the old text, scored again after every epoch: 0.3 s for 256 units
OLD_BLOCKS = 8  # places they are taken from
PROBE_CHARS = 200
GENTLE_RATE = 1e-3
GENTLE_EPOCHS = 8  # of a text too short for the usual number of streams
FEWEST_STREAMS, LEAST_UPDATES = 4, 100  # side by side; in a pass over the text

OldKind = Literal["plays", "last-tenth", "pastiches", "own"]
KINDS: tuple[OldKind, ...] = get_args(OldKind)


@dataclass(frozen=True)
class OldText:
    """A text that tells what is left of what a model knew.

    Attributes:
        kind: "plays" or "last-tenth", which the original held out (`corpus.split`); "pastiches",
            in their place where the plays of Molière are not at hand; "own", what a model wrote
            itself of which nobody knows what it has read.
        text: a sample of it.
    """

    kind: OldKind
    text: str

    @classmethod
    def from_json(cls, data: object) -> OldText | None:
        """From the dictionary of its attributes, None from None; DamagedError from the rest."""
        if data is None:
            return None
        record = mapping(data)
        for kind in KINDS:
            if record.get("kind") == kind:
                return cls(kind, text(record, "text"))
        raise DamagedError("kind is {value}", value=ascii(record.get("kind"))[:40])


def old_text(reference: str, texts: Split, known: Iterable[Corpus] = ()) -> OldText | None:
    """What tells of the model that a training starts from; None where nothing can.

    Args:
        reference: of that model.
        texts: what the training reads and holds out: who reads the old text does not forget it.
        known: corpora among which the model's own may be.
    """
    run = open_run(reference)[0]
    digest, config = str(run.corpus["digest"]), run.config
    for corpus in _with_embedded(known):
        if corpus.digest == digest:
            old = split(corpus, config.plays, config.validation, config.training.speakers)
            return _unread(OldText(old.held_out, _sample(old.validation_text)), texts)
    if digest != Run.open(ASSETS / "petit").corpus["digest"]:
        return None
    pastiches = load_corpus(EMBEDDED).text(config.training.speakers)
    return _unread(OldText("pastiches", _sample(pastiches)), texts)


def spread(text: str, most: int, blocks: int) -> str:
    """At most so many characters, from so many places evenly spread over the text."""
    if len(text) <= most:
        return text
    size = most // blocks
    starts = np.linspace(0, len(text) - size, blocks).astype(int)
    return "".join(text[start : start + size] for start in starts)


def gently(training: TrainingConfig, chars: int) -> TrainingConfig:
    """These settings, for a network that already knows something.

    Steps of a first training undo in a minute what an hour has told: the rate is at most
    `GENTLE_RATE`. A short text is read in few streams, or a pass over it would be a handful of
    corrections; and several times.

    Args:
        training: as from scratch.
        chars: of the text that it will read.
    """
    batch = training.batch_size
    while batch > FEWEST_STREAMS and chars < LEAST_UPDATES * batch * training.seq_length:
        batch //= 2
    return replace(
        training,
        learning_rate=min(training.learning_rate, GENTLE_RATE),
        batch_size=batch,
        epochs=max(training.epochs, GENTLE_EPOCHS if batch < training.batch_size else 1),
    )


def _with_embedded(known: Iterable[Corpus]) -> Iterator[Corpus]:
    yield from known
    try:
        yield load_corpus(EMBEDDED)
    except MoliereError:  # an installation without its assets
        return


def _sample(text: str) -> str:
    return spread(normalise(text), OLD_CHARS, OLD_BLOCKS)


def _unread(old: OldText, texts: Split) -> OldText | None:
    """The old text, unless it is empty, or the new one has it."""
    if not old.text:
        return None
    middle = len(old.text) // OLD_BLOCKS // 4
    probe = old.text[middle : middle + PROBE_CHARS]
    seen = any(probe in normalise(text) for text in (texts.train_text, texts.validation_text))
    return None if seen else old
