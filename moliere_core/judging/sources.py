"""What a model was trained on, as far as it is known: to say what of a text was read there.

Of the shipped models fingerprints and hashes ship, see `passages` and `novelty`; with the corpus at
hand they are read from the plays themselves. Of a run it is its own corpus, and that of the model
it started from. Of a model of the hub nobody outside can say, and nothing is said.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from moliere_core import pretrained
from moliere_core.assets import ASSETS
from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED, Corpus, load_corpus
from moliere_core.errors import CorpusError, ModelError, MoliereError
from moliere_core.exploration import lexicon
from moliere_core.exploration.lexicon import Lexicon
from moliere_core.judging.novelty import SIZES, SeenGrams, new_share
from moliere_core.judging.passages import Passage, PassageIndex, cue_table
from moliere_core.models.references import NGRAM_ORDERS, open_run
from moliere_core.runs.run import Run
from moliere_core.training.jobs import corpora

PASSAGES = ASSETS / "passages" / "passages.npz"
GRAMS = PASSAGES.with_name("grams.npz")
CARD = PASSAGES.with_name("card.json")
_ONE_AT_A_TIME = threading.Lock()  # who asks for plays that are being read waits for them
_NGRAMS = tuple(f"kn-{order}" for order in NGRAM_ORDERS)


@dataclass(frozen=True, eq=False)
class Reading:
    """One text that a model was trained on.

    Attributes:
        passages: where something is in it.
        grams: its runs of characters.
        words: its words.
    """

    passages: PassageIndex
    grams: SeenGrams
    words: Lexicon

    @property
    def exact(self) -> bool:
        """Whether the text itself is at hand, and not its fingerprints alone."""
        return self.passages.text is not None


@dataclass(frozen=True)
class Sources:
    """All that a model was trained on.

    Attributes:
        readings: its texts, the last one last; of most models one.
    """

    readings: tuple[Reading, ...]

    @property
    def exact(self) -> bool:
        """Whether passages are followed to their ends, and shares are no estimates."""
        return all(reading.exact for reading in self.readings)

    def passages(self, text: str) -> list[Passage]:
        """The passages of a normalised text that were read, longest first."""
        found = [p for reading in self.readings for p in reading.passages.find(text)]
        return sorted(found, key=lambda p: (-p.chars, p.start))

    def new_shares(self, text: str) -> dict[int, float | None]:
        """The share of a text's runs that none of the texts has, by the number of characters."""
        return {size: new_share([r.grams for r in self.readings], text, size) for size in SIZES}

    def knows(self, word: str) -> bool:
        """Whether a word, in lower case, was read."""
        return any(word in reading.words for reading in self.readings)


def sources(reference: str, known: Iterable[Corpus] = ()) -> Sources:
    """What a model was trained on.

    Args:
        reference: of the model.
        known: corpora at hand, among which its own may be.

    Raises:
        ModelError: there is no such model, or nobody outside knows what it read.
        CorpusError: it is a run whose corpus is no longer here.
    """
    known = tuple(known)
    name = reference.partition("@")[0]
    if name in _NGRAMS or name == pretrained.MINI:
        return Sources((shipped(known),))
    if pretrained.is_pretrained(reference):
        raise ModelError(
            "what {name} was trained on is not known here, so that nobody can say what it has "
            "copied: choose a model trained here",
            name=reference,
        )
    return Sources(_readings(reference, known))


def _readings(reference: str, known: tuple[Corpus, ...]) -> tuple[Reading, ...]:
    run, _snapshot = open_run(reference)
    before: tuple[Reading, ...] = ()
    if run.config.initial:
        before = sources(run.config.initial, known).readings
    return (*before, _own(run, known))


def _own(run: Run, known: tuple[Corpus, ...]) -> Reading:
    digest, config = str(run.corpus.get("digest", "")), run.config
    if (
        digest == card()["corpus"]
        and not config.plays
        and (config.validation == RunConfig().validation and not config.training.speakers)
    ):
        return shipped(known)
    corpus = next((c for c in known if c.digest == digest), None)
    if corpus is None and (embedded := load_corpus(EMBEDDED)).digest == digest:
        corpus = embedded
    try:
        corpus = corpus or corpora.load(digest)
    except MoliereError as error:
        raise CorpusError(
            "the corpus that this model was trained on is not here ({source}): choose it on the "
            "Corpus page, or name it in MOLIERE_CORPUS",
            source=run.corpus["source"],
        ) from error
    return _read(corpus, config.plays, config.validation, int(run.corpus["chars"]))


def shipped(known: Iterable[Corpus] = ()) -> Reading:
    """The 28 training plays: from the corpus where it is at hand, from what ships elsewhere."""
    corpus = next((c for c in known if c.digest == card()["corpus"]), None)
    with _ONE_AT_A_TIME:
        return _shipped() if corpus is None else _beside(corpus)


@lru_cache(4)
def _read(
    corpus: Corpus, plays: tuple[str, ...], validation: tuple[str, ...], chars: int
) -> Reading:
    train = corpus.select(plays) if plays else corpus.without(validation)
    index = PassageIndex.from_corpus(train if len(train.frame) else corpus, chars)
    text = index.text or ""
    return Reading(index, SeenGrams.from_text(text), Lexicon.from_text(text))


@lru_cache(2)
def _beside(corpus: Corpus) -> Reading:
    found = _shipped()
    text, _cues = cue_table(corpus.without(RunConfig().validation))
    grams = SeenGrams.from_text(text)
    return Reading(found.passages.with_text(text), grams, found.words)


@cache
def _shipped() -> Reading:
    return Reading(PassageIndex.load(PASSAGES), SeenGrams.load(GRAMS), lexicon.shipped())


@cache
def card() -> dict[str, object]:
    """What `tools/index_passages.py` says of the corpus that it has read."""
    document: dict[str, object] = json.loads(CARD.read_text(encoding="utf-8"))
    return document
