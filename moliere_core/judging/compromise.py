"""Which temperature is the best compromise? All measures of a model's texts, from cold to hot.

Cold, a model repeats what it has read most; hot, it makes up words. Between them, at each
temperature and with each `top_p`, several texts are written from nothing and judged (see
`judgement`), and beside the model stand real plays that it has not read. With seeds in common all
settings see the same luck.

How far a text is from real ones is told in standard deviations of the real ones, the mean over what
is weighed: by default two measures that pull apart, the share of its long words that are words and
the share of its runs of twelve characters that are new. That is a choice of this project's, and no
truth: a class may well look for something else, see `CRITERIA`.

Bits per character at a temperature are what real text costs once the scores are divided by it;
they are weighed by what they exceed the least of them, in standard deviations of real passages.
`top_p` makes some characters impossible, and has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from moliere_core import pretrained
from moliere_core.assets import ASSETS
from moliere_core.config import SamplingConfig
from moliere_core.errors import MoliereError
from moliere_core.judging import judgement
from moliere_core.judging.judgement import PIECE, Figures, Spread, judge, spread
from moliere_core.judging.sources import Sources
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import NGRAM_ORDERS, NGRAMS, load_model, open_run
from moliere_core.models.sampling import Writer, write
from moliere_core.networks.arrays import log_softmax
from moliere_core.system.progress import Progress
from moliere_core.system.storage import home, write_atomically
from moliere_core.text.normalise import normalise

TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5)
TOP_PS = (1.0, 0.9)
SEEDS = (1, 2, 3, 4)
SHIPPED = ASSETS / "compromise"
CRITERIA = {  # what may be weighed: figures of a text beside those of a part of the real plays
    "long_words": "all",
    "words": "all",
    "new_12": "all",
    "alexandrines": "verse",
    "bits": "",  # beside the least of them
}
WEIGHED = ("long_words", "new_12")  # against each other, where nobody has chosen
READ_CHARS, LEAD_IN = 1_000, 100  # of each real passage that is scored; the first are not counted

Write = Callable[[Sequence[SamplingConfig], Sequence[int], Progress], list[str]]


@dataclass(frozen=True)
class Point:
    """One setting, and the texts that were written with it.

    Attributes:
        temperature: of the draws.
        top_p: of the draws; 1 leaves all characters.
        texts: the figures of each text, in the order of the seeds.
    """

    temperature: float
    top_p: float
    texts: tuple[Figures, ...]

    @property
    def spread(self) -> dict[str, Spread]:
        """Mean and deviation of each figure over the seeds."""
        return spread(self.texts)


@dataclass(frozen=True)
class Compromise:
    """A model from cold to hot.

    Attributes:
        model: its reference.
        digest: of its weights, so that figures of others are not taken for its own.
        seeds: of the texts.
        chars: of each text.
        passages: bits per character of each real passage, by temperature; those that could be
            measured.
        points: all settings.
    """

    model: str
    digest: str
    seeds: tuple[int, ...]
    chars: int
    passages: dict[float, tuple[float, ...]]
    points: tuple[Point, ...]

    @cached_property
    def bits(self) -> dict[float, float]:
        """Bits per character of real text, by temperature."""
        return {temperature: float(np.mean(bits)) for temperature, bits in self.passages.items()}

    def weighable(self, criteria: Sequence[str] = WEIGHED) -> tuple[str, ...]:
        """Those of some criteria that were measured of this model."""
        return tuple(name for name in criteria if name != "bits" or self.bits)

    def gaps(self, point: Point, criteria: Sequence[str] = WEIGHED) -> tuple[float, ...]:
        """How far each text of a setting is from real ones, in standard deviations of these.

        Infinitely, where bits are weighed and the setting has none.

        Args:
            point: of this model.
            criteria: of `CRITERIA`, at least one; those that were not measured are passed over.
        """
        weighed = self.weighable(criteria)
        cost = [self._cost(point)] if "bits" in weighed else []
        own = [name for name in weighed if name != "bits"]
        return tuple(
            float(np.mean([_gap(text, name) for name in own] + cost)) for text in point.texts
        )

    def gap(self, point: Point, criteria: Sequence[str] = WEIGHED) -> float:
        """The mean of its `gaps`."""
        return float(np.mean(self.gaps(point, criteria)))

    def _cost(self, point: Point) -> float:
        """What real text costs above the least, in standard deviations of real passages."""
        if point.top_p < 1 or point.temperature not in self.bits:
            return float("inf")
        least = min(self.bits, key=lambda temperature: self.bits[temperature])
        deviation = (
            float(np.std(self.passages[least], ddof=1)) if len(self.passages[least]) > 1 else 1.0
        )
        return (self.bits[point.temperature] - self.bits[least]) / deviation

    def best(self, criteria: Sequence[str] = WEIGHED) -> Point:
        """The setting whose texts are nearest to real ones."""
        return min(self.points, key=lambda point: self.gap(point, criteria))

    def as_good(self, top_p: float, criteria: Sequence[str] = WEIGHED) -> tuple[Point, ...]:
        """The settings with this `top_p` that the seeds cannot tell from the best of them.

        The difference to the best, seed by seed, is within two standard errors.
        """
        points = [point for point in self.points if point.top_p == top_p]
        best = min(points, key=lambda point: self.gap(point, criteria))
        theirs = self.gaps(best, criteria)
        return tuple(p for p in points if p is best or not _worse(self.gaps(p, criteria), theirs))

    def nearest(self, temperature: float, top_p: float = 1.0) -> Point:
        """The setting that was measured nearest to another: by `top_p` first."""
        return min(
            self.points, key=lambda p: (abs(p.top_p - top_p), abs(p.temperature - temperature))
        )

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; figures to the fourth digit, in the order of `Figures`."""
        return {
            "model": self.model,
            "digest": self.digest,
            "seeds": list(self.seeds),
            "chars": self.chars,
            "bits": [[t, [round(value, 3) for value in bits]] for t, bits in self.passages.items()],
            "points": [
                [p.temperature, p.top_p, [[_rounded(v) for v in _values(t)] for t in p.texts]]
                for p in self.points
            ],
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Compromise:
        """The inverse of `to_json`."""
        return cls(
            str(document["model"]),
            str(document["digest"]),
            tuple(document["seeds"]),
            int(document["chars"]),
            {float(t): tuple(map(float, bits)) for t, bits in document["bits"]},
            tuple(
                Point(float(t), float(p), tuple(Figures(*values) for values in texts))
                for t, p, texts in document["points"]
            ),
        )


def _gap(text: Figures, name: str) -> float:
    """How many standard deviations of real texts a figure of a text is from theirs."""
    real = judgement.yardstick().of(CRITERIA[name])[name]
    return abs((getattr(text, name) or 0) - real.mean) / real.deviation


def _worse(gaps: Sequence[float], best: Sequence[float]) -> bool:
    differences = np.subtract(gaps, best)
    if len(differences) < 2 or not np.isfinite(differences).all():
        return True
    return bool(differences.mean() > 2 * differences.std(ddof=1) / np.sqrt(len(differences)))


# Measuring


def measure(
    reference: str,
    read: Sources,
    real: Sequence[str] = (),
    progress: Progress | None = None,
    temperatures: Sequence[float] = TEMPERATURES,
    top_ps: Sequence[float] = TOP_PS,
    seeds: Sequence[int] = SEEDS,
    chars: int = PIECE,
) -> Compromise:
    """Have a model write with all settings, and judge what it writes.

    Args:
        reference: of a model of characters, or a pretrained one.
        read: what it was trained on.
        real: passages of real text that it has not read, to score; none for no bits.
        progress: told the share done.
        temperatures: above 0.
        top_ps: at most 1.
        seeds: of the texts of each setting.
        chars: of each text.

    Raises:
        MoliereError: the model is not there, or ends.
    """
    told = progress or (lambda share: None)
    settings = [(t, p) for p in top_ps for t in temperatures]
    configs = [SamplingConfig(t, top_p=p) for t, p in settings for _ in seeds]
    luck = [seed for _ in settings for seed in seeds]
    bits: dict[float, tuple[float, ...]] = {}
    if pretrained.is_pretrained(reference):
        texts = _written_in_tokens(reference, configs, luck, chars, lambda s: told(0.9 * s))
    else:
        model = load_model(reference)
        texts = _written(model, configs, luck, chars, lambda s: told(0.7 * s))
        if real:
            bits = bits_by_temperature(model, real, temperatures)
    told(0.9)
    figures = []
    for done, text in enumerate(texts, 1):
        figures.append(judge(text, read, invented=False).figures)
        told(0.9 + 0.1 * done / len(texts))
    each = len(seeds)
    points = tuple(
        Point(t, p, tuple(figures[i * each : (i + 1) * each])) for i, (t, p) in enumerate(settings)
    )
    return Compromise(reference, weights_digest(reference), tuple(seeds), chars, bits, points)


def _written(
    model: CharModel,
    configs: Sequence[SamplingConfig],
    seeds: Sequence[int],
    chars: int,
    progress: Progress,
) -> list[str]:
    writer = Writer(model, [""] * len(configs), configs, seeds)
    for _ in write(writer, chars, progress):
        pass
    return writer.texts


def _written_in_tokens(
    reference: str,
    configs: Sequence[SamplingConfig],
    seeds: Sequence[int],
    chars: int,
    progress: Progress,
) -> list[str]:
    texts = []
    for done, (config, seed) in enumerate(zip(configs, seeds, strict=True)):
        request = pretrained.generate(reference, "", config, seed, chars)
        try:
            while not request.wait(0.5):
                progress((done + request.share) / len(configs))
            texts.append(request.result().text)
        finally:
            request.cancel()
    return texts


def bits_by_temperature(
    model: CharModel, real: Sequence[str], temperatures: Sequence[float]
) -> dict[float, tuple[float, ...]]:
    """Bits per character of each real passage once the scores are divided by each temperature.

    -log2 softmax(z / T) of each character, given those before it in its passage; the first
    `LEAD_IN` of each passage are read and not counted, nor are characters that the alphabet lacks.

    Args:
        model: whose scores they are.
        real: passages of one length, longer than `LEAD_IN`.
        temperatures: above 0.
    """
    chars = min(map(len, real))
    ids = np.stack([model.vocabulary.encode(text[:chars]) for text in real])  # (passages, chars)
    scale = np.array([1 / t for t in temperatures], np.float32)[:, None, None]
    sums, counted = np.zeros((len(temperatures), len(real))), np.zeros(len(real), int)
    logits, state = model.start([""] * len(real))
    for at in range(chars):
        wanted = ids[:, at]
        if at >= LEAD_IN:
            known = np.flatnonzero(wanted)
            logs = log_softmax(logits[known][None] * scale)  # (temperatures, passages, vocab_size)
            sums[:, known] -= logs[:, np.arange(len(known)), wanted[known]]
            counted[known] += 1
        logits, state = model.step(wanted, state)
    bits = sums / np.maximum(counted, 1) / np.log(2)  # (temperatures, passages)
    return {t: tuple(row.tolist()) for t, row in zip(temperatures, bits, strict=True)}


def weights_digest(reference: str) -> str:
    """What tells the weights of a model from others: 12 hexadecimal digits."""
    if reference in {f"kn-{order}" for order in NGRAM_ORDERS}:
        return _digest(NGRAMS)
    if pretrained.is_pretrained(reference):
        if reference == pretrained.MINI:
            return _digest(ASSETS / reference / "model.safetensors")
        return ""
    run, snapshot = open_run(reference)
    return run.snapshot(snapshot).digest


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _values(figures: Figures) -> list[float | None]:
    return [getattr(figures, field.name) for field in fields(figures)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


# Figures that are there already: those that are shipped, and those measured on this machine


@cache
def shipped() -> dict[str, Compromise]:
    """What `tools/measure_compromise.py` has measured, by the model's reference."""
    found = {}
    for path in sorted(SHIPPED.glob("*.json")):
        one = Compromise.from_json(json.loads(path.read_text(encoding="utf-8")))
        found[one.model] = one
    return found


def find(reference: str) -> Compromise | None:
    """What was measured of a model as it is now, shipped or on this machine; None if nothing."""
    try:
        digest = weights_digest(reference)
        known = shipped().get(reference)
        if known is None:
            known = Compromise.from_json(json.loads(_path(reference).read_text(encoding="utf-8")))
    except (MoliereError, OSError, ValueError, KeyError, TypeError):
        return None
    return known if known.digest == digest else None


def store(found: Compromise) -> None:
    """Keep what was measured, for the next time that somebody asks."""
    document = json.dumps(found.to_json(), ensure_ascii=False)
    write_atomically(_path(found.model), document.encode())


def _path(reference: str) -> Path:
    name = hashlib.sha256(reference.encode()).hexdigest()[:16]
    return home() / "compromise" / f"{name}.json"


def passages_of(text: str, count: int = 8) -> list[str]:
    """Passages of a real text to score, of `READ_CHARS` characters, evenly spread."""
    text = normalise(text)
    if len(text) < READ_CHARS:
        return [text] if len(text) > LEAD_IN else []
    starts = np.unique(np.linspace(0, len(text) - READ_CHARS, count).astype(int))
    return [text[start : start + READ_CHARS] for start in starts.tolist()]
