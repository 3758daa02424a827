"""One axis for all models: bits per character of the same texts, from chance to large models.

Besides the models that can be named there are `uniform`, which knows nothing but the alphabet, and
three compressors (`gzip`, `bzip2`, `xz`), which are given the training plays and then the text: a
compressor is a language model in disguise, since what is predicted need not be stored (Deletang et
al. 2024, arXiv 2309.10668). Figures that are shipped were measured by `tools/measure_axis.py`.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from moliere_core import pretrained
from moliere_core.assets import ASSETS
from moliere_core.corpus import Corpus, split
from moliere_core.errors import CorpusError, MoliereError
from moliere_core.models.evaluation import score
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import NGRAM_ORDERS, load_model, open_run
from moliere_core.pretrained.recorded import voices
from moliere_core.system.progress import Progress
from moliere_core.system.storage import home, write_atomically
from moliere_core.text import verse
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Vocabulary

UNIFORM = "uniform"
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
    "bzip2": lambda data: bz2.compress(data, 9),
    "xz": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
}
NGRAMS = tuple(f"kn-{order}" for order in NGRAM_ORDERS)
SHIPPED_TEXTS = ("verse", "prose", "modern")
SHIPPED_FIGURES = ASSETS / "axis" / "axis.json"
MODERN = ASSETS / "texts" / "modern.txt"
VALIDATION = {"verse": "ecole-des-maris", "prose": "medecin-malgre-lui"}
# Characters that the models of the hub were trained on, about, by their authors' own word.
# gpt2: 40 GB of text (Radford et al. 2019); gpt-fr: 3.11 billion tokens of some 4.3 characters
# (Simoulin and Crabbé 2021); SmolLM2 2, Gemma 3 270M 6 million million tokens of some 4 characters
# (their cards on the hub).
READ_CHARS = {
    "hf:gpt2": 40_000_000_000,
    "hf:asi/gpt-fr-cased-small": 13_000_000_000,
    "hf:HuggingFaceTB/SmolLM2-135M-Instruct": 8_000_000_000_000,
    "hf:google/gemma-3-270m": 24_000_000_000_000,
}


@dataclass(frozen=True)
class Point:
    """What one model makes of one text.

    Attributes:
        model: its reference, or `uniform`, or a compressor.
        bits_per_char: on the text.
        parameters: trained numbers; of n-grams the stored contexts; 0 where there are none.
        train_chars: characters it learned from; 0 for none, None where nobody knows.
        upper_bound: the true figure may be lower (subword models: one tokenisation only).
        may_have_read: whether the text may have been in what it learned from; nobody knows for
            models trained on the web.
        parts: bits per character of what looks like verse in the text, and of the rest, by the
            names of `verse.FORMS`; those that the text has. Empty for a compressor, which gives a
            size to a whole text and none to its characters, and where nobody measured them.
        recorded: whether it was measured elsewhere, on a model that may not be here.
    """

    model: str
    bits_per_char: float
    parameters: int
    train_chars: int | None
    upper_bound: bool = False
    may_have_read: bool = False
    parts: Mapping[str, float] = field(default_factory=dict)
    recorded: bool = False


def uniform(vocabulary: Vocabulary, text: str, train_chars: int) -> Point:
    """Every character of an alphabet as likely as any other: log2 of their number for each.

    As for all models here, the unknown symbol is never drawn, and a character of the text outside
    the alphabet costs `UNKNOWN_BITS`.

    Raises:
        CorpusError: the text is empty.
    """
    text = _not_empty(text)
    unknown = vocabulary.encode(text) == UNKNOWN
    bits = np.where(unknown, UNKNOWN_BITS, np.log2(len(vocabulary.chars)))
    return Point(UNIFORM, float(bits.mean()), 0, train_chars, parts=verse.bits_by_form(text, bits))


def compressed(name: str, train: str, text: str) -> Point:
    """Bits that a text adds to the compressed training text, a character.

    Raises:
        CorpusError: the text is empty.
    """
    compress, text = COMPRESSORS[name], _not_empty(text)
    before = len(compress(train.encode()))
    after = len(compress((train + "\n" + text).encode()))
    return Point(name, 8 * (after - before) / len(text), 0, len(train))


def _not_empty(text: str) -> str:
    """The normalised text; CorpusError where nothing is left of it."""
    text = normalise(text)
    if not text:
        raise CorpusError("the text to score is empty: give at least one character")
    return text


def measure(
    reference: str,
    text: str,
    train_chars: int,
    public: bool = True,
    progress: Progress | None = None,
) -> Point:
    """The point of a character model, or of a pretrained one, on a text.

    Args:
        reference: `petit`, `kn-8`, `run:ID`, `mini-gpt`, `hf:NAME`.
        text: normalised before it is scored.
        train_chars: characters that the shipped models learned from; a run knows its own.
        public: whether the text may be on the web, where models of the hub have read.
        progress: told how far it is.

    Raises:
        MoliereError: the model is not there, or the text is empty.
    """
    if not pretrained.is_pretrained(reference):
        model = load_model(reference)
        found = score(model, text, progress)
        return Point(
            reference,
            found.bits_per_char,
            model.parameters,
            _read_chars(reference, train_chars),
            parts=verse.bits_by_form(normalise(text), found.bits),
        )
    request = pretrained.score(reference, text, background=True)
    while not request.wait(0.5):
        if progress is not None:
            progress(request.share)
    on_hub, found = reference != pretrained.MINI, request.result()
    return Point(
        reference,
        found.bits_per_char,
        pretrained.card(reference).parameters,
        READ_CHARS.get(reference) if on_hub else train_chars,
        upper_bound=True,
        may_have_read=on_hub and public,
        parts=verse.bits_by_form(normalise(text), found.bits),
    )


def _read_chars(reference: str, otherwise: int) -> int:
    """Characters that a model of this project learned from."""
    if not reference.startswith("run:"):
        return otherwise
    run, _snapshot = open_run(reference)
    return int(run.corpus.get("chars", 0))


def training_text(corpus: Corpus) -> str | None:
    """What the shipped models learned from; None where this corpus does not hold it."""
    if not set(VALIDATION.values()) <= set(corpus.plays):
        return None
    return normalise(split(corpus, (), tuple(VALIDATION.values())).train_text)


# Figures that are there already: those that are shipped, and those measured on this machine


@dataclass(frozen=True)
class Figures:
    """The points of the shipped texts.

    Attributes:
        chars: of each text.
        points: of each text, by the model's reference.
    """

    chars: dict[str, int]
    points: dict[str, dict[str, Point]]


@cache
def shipped() -> Figures:
    """What `tools/measure_axis.py` has measured."""
    data = json.loads(SHIPPED_FIGURES.read_text(encoding="utf-8"))
    points = {
        text: {p["model"]: Point(**p) for p in found} for text, found in data["points"].items()
    }
    return Figures(data["chars"], points)


@cache
def recorded(name: str) -> dict[str, Point]:
    """The points of recorded models on a shipped text, by the model's reference."""
    return {
        reference: Point(
            reference,
            voice.bits[name].bits_per_char,
            voice.parameters,
            READ_CHARS.get(reference),
            upper_bound=True,
            may_have_read=name != "modern",
            parts=voice.bits[name].parts,
            recorded=True,
        )
        for reference, voice in voices().items()
        if name in voice.bits
    }


def training_seconds(reference: str) -> float | None:
    """How long a model of this project was trained, by its own history; None of all others."""
    try:
        if reference == pretrained.MINI:
            card = json.loads((ASSETS / reference / "card.json").read_text(encoding="utf-8"))
            return float(card["seconds"])
        return float(open_run(reference)[0].history[-1]["seconds"])
    except (OSError, ValueError, KeyError, IndexError, MoliereError):
        return None


def stored(text: str) -> dict[str, Point]:
    """The points that were measured on this machine for a text, by the model's reference."""
    try:
        data = json.loads(_path(text).read_text(encoding="utf-8"))
        # Points of before the parts were told are measured again.
        return {item["model"]: Point(**item) for item in data if "parts" in item}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


_storing = threading.Lock()  # two that measure one text keep the points of both


def store(text: str, point: Point) -> None:
    """Keep a point for the next time that somebody asks for this text."""
    with _storing:
        points = {**stored(text), point.model: point}
        document = json.dumps([asdict(p) for p in points.values()], ensure_ascii=False, indent=1)
        write_atomically(_path(text), document.encode())


def _path(text: str) -> Path:
    digest = hashlib.sha256(normalise(text).encode()).hexdigest()[:16]
    return home() / "axis" / f"{digest}.json"
