"""Models that are measured on a text in the background, one after the other."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.server.turns import engine
from moliere_core.errors import MoliereError
from moliere_core.measures import axis
from moliere_core.measures.axis import Point
from moliere_core.models.references import load_model

ALPHABET = "petit"  # the model whose alphabet chance is over


@dataclass
class Measuring:
    """A measure in progress; read by pages while a thread runs it.

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
        share: of its work that is done, from 0 to 1.
        done: whether all is.
        failed_at: when it ended with errors, on the clock of `time.monotonic`; never without.
    """

    text: str
    references: Sequence[str]
    train: str | None
    train_chars: int
    public: bool
    points: dict[str, Point] = field(default_factory=dict)
    errors: dict[str, MoliereError] = field(default_factory=dict)
    now: str = ""
    share: float = 0.0
    done: bool = False
    failed_at: float = math.inf

    def run(self) -> None:
        """Measure what is not stored yet, and store it."""
        known = axis.stored(self.text)
        self.points.update({name: known[name] for name in self.references if name in known})
        for name in self.references:
            if name in self.points and not name.startswith("run:"):
                continue
            self.now, self.share = name, 0.0
            try:
                self.points[name] = self._measure(name)
            except MoliereError as error:
                self.errors[name] = error
            else:
                axis.store(self.text, self.points[name])
        if self.errors:
            self.failed_at = time.monotonic()
        self.now, self.done = "", True

    def _measure(self, name: str) -> Point:
        if name == axis.UNIFORM:
            vocabulary = load_model(ALPHABET).vocabulary
            return axis.uniform(vocabulary, self.text, self.train_chars)
        if name in axis.COMPRESSORS and self.train is not None:
            return axis.compressed(name, self.train, self.text)
        told = engine.behind(self._told)
        return axis.measure(name, self.text, self.train_chars, self.public, told)

    def _told(self, share: float) -> None:
        self.share = share
