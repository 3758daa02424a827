"""Models that are measured on a text in the background, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from moliere_core.errors import MoliereError
from moliere_core.measures import axis
from moliere_core.measures.axis import Point
from moliere_core.models.references import load_model
from moliere_core.system.progress import Progress
from moliere_core.system.work import Work

ALPHABET = "petit"  # the model whose alphabet chance is over


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
