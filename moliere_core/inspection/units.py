"""Units that track something: the correlation of every unit's memory with features of the text.

A unit is chosen on one text and its correlation measured again on another, since the best of
hundreds is always partly luck. Karpathy et al. (2015) found such units by eye.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.corpus import Corpus
from moliere_core.errors import CorpusError
from moliere_core.inspection import stored
from moliere_core.inspection.features import Feature, measure_features, verse_of
from moliere_core.inspection.states import locate, memories, total_units, weights_digest
from moliere_core.models.references import RecurrentModel
from moliere_core.system.progress import Progress
from moliere_core.system.storage import home

UNITS = "units.json"
MIN_MARKED = 200  # characters with and without a feature: fewer say nothing
MIN_CHARS = 2_000
SEARCH_CHARS, CHECK_CHARS = 60_000, 20_000  # what a stored run is searched on: ten seconds
PIECES = 40  # evenly spread over the corpus


@dataclass(frozen=True)
class TrackingUnit:
    """A unit whose memory goes with a feature.

    Attributes:
        feature: a name of `features.NAMES`.
        layer: from 0.
        unit: within the layer, from 0.
        r: Pearson's correlation over the text that the unit was chosen on.
        r_check: the same over a text that played no part in the choice; NaN where the feature is
            too rare there.
        marked: characters of the first text where the feature is not 0.
    """

    feature: str
    layer: int
    unit: int
    r: float
    r_check: float
    marked: int


@dataclass(frozen=True)
class UnitTable:
    """What was found, and on what.

    Attributes:
        units: the best unit of each feature, the highest |r_check| first.
        search_chars: characters that units were chosen on.
        check_chars: characters that they were measured on again.
        corpus: name of the corpus.
        weights: digest of the weights looked at (`states.weights_digest`).
        mean: of every unit's memory over the first text, shape (total units,).
        std: its standard deviation.
    """

    units: tuple[TrackingUnit, ...]
    search_chars: int
    check_chars: int
    corpus: str
    weights: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> UnitTable:
        """The inverse of `to_json`."""
        units = tuple(TrackingUnit(**unit) for unit in data["units"])
        moments = {name: tuple(data[name]) for name in ("mean", "std")}
        return cls(**{**data, "units": units, **moments})

    def unit(self, feature: str) -> TrackingUnit | None:
        """The unit found for a feature; None where there is none."""
        return next((unit for unit in self.units if unit.feature == feature), None)


@dataclass(frozen=True)
class Sample:
    """A text and its features, each of shape (len(text),)."""

    text: str
    features: dict[str, Feature]

    @classmethod
    def of(cls, corpus: Corpus) -> Sample:
        """The whole of a corpus."""
        text = corpus.text()
        return cls(text, measure_features(text, verse_of(corpus)))

    def spread(self, chars: int, shift: float = 0.0) -> Sample:
        """About `chars` characters in `PIECES` pieces, evenly spread from `shift` of a gap on."""
        if chars >= len(self.text):
            return self
        gap, size = len(self.text) // PIECES, chars // PIECES
        starts = [int((i + shift) * gap) for i in range(PIECES)]
        parts = [slice(start, min(start + size, len(self.text))) for start in starts]
        return Sample(
            "".join(self.text[part] for part in parts),
            {name: np.concatenate([v[p] for p in parts]) for name, v in self.features.items()},
        )


def run_samples(corpus: Corpus) -> tuple[Sample, Sample]:
    """What to search and to check on where nothing was prepared: pieces that do not overlap.

    Raises:
        CorpusError: the corpus is too short to measure anything on.
    """
    whole = Sample.of(corpus)
    if len(whole.text) < 2 * MIN_CHARS:
        raise CorpusError(
            "{chars} characters are too few to find what units track: give at least {least}",
            chars=len(whole.text),
            least=2 * MIN_CHARS,
        )
    search = min(SEARCH_CHARS, len(whole.text) * 3 // 4)
    check = min(CHECK_CHARS, len(whole.text) // 5)
    return whole.spread(search), whole.spread(check, shift=0.79)


def find_units(
    model: RecurrentModel,
    search: Sample,
    check: Sample,
    corpus: str,
    progress: Progress | None = None,
) -> UnitTable:
    """The unit that goes best with each feature.

    Args:
        model: whose units are looked at, all layers.
        search: the text on which they are chosen.
        check: another, on which their correlation is measured again.
        corpus: what to call the texts.
        progress: told the share done, from 0 to 1.
    """
    names = [name for name in search.features if name in check.features]
    share = len(search.text) / (len(search.text) + len(check.text))

    def first(done: float) -> None:
        if progress is not None:
            progress(done * share)

    def second(done: float) -> None:
        if progress is not None:
            progress(share + done * (1 - share))

    found = _correlate(model, search, names, first)
    again = _correlate(model, check, names, second)
    units = []
    for row, name in enumerate(names):
        marked = int(np.count_nonzero(search.features[name]))
        if min(marked, len(search.text) - marked) < MIN_MARKED:
            continue
        best = int(np.nanargmax(np.abs(found.r[row])))
        layer, unit = locate(model.network, best)
        enough = np.count_nonzero(check.features[name]) >= MIN_MARKED // 4
        r_check = float(again.r[row, best]) if enough else float("nan")
        units.append(
            TrackingUnit(
                name, layer, unit, round(float(found.r[row, best]), 4), round(r_check, 4), marked
            )
        )
    units.sort(key=lambda u: -abs(u.r_check) if u.r_check == u.r_check else -abs(u.r) / 2)
    return UnitTable(
        tuple(units),
        len(search.text),
        len(check.text),
        corpus,
        weights_digest(model.network),
        tuple(np.round(found.mean, 4).tolist()),
        tuple(np.round(found.std, 4).tolist()),
    )


@dataclass(frozen=True)
class _Correlations:
    r: NDArray[np.float64]  # (features, units); 0 where either does not vary
    mean: NDArray[np.float64]  # (units,)
    std: NDArray[np.float64]  # (units,)


def _correlate(
    model: RecurrentModel, sample: Sample, names: list[str], progress: Progress
) -> _Correlations:
    """Pearson's r of every unit with every feature, in one pass of running sums."""
    units, chars = total_units(model.network), len(sample.text)
    values = np.stack([sample.features[name] for name in names]).astype(np.float32)
    mean_f, std_f = values.mean(axis=1, dtype=np.float64), values.std(axis=1, dtype=np.float64)
    total, squares = np.zeros(units), np.zeros(units)
    products = np.zeros((len(names), units))
    done = 0
    for at, memory in memories(model.network, model.vocabulary, sample.text):
        inside = (at < chars).T  # (steps, streams)
        rows = memory[inside].astype(np.float64)  # (characters, units)
        places = at.T[inside]
        total += rows.sum(axis=0)
        squares += (rows**2).sum(axis=0)
        products += (values[:, places] - mean_f[:, None]) @ rows
        done += len(rows)
        progress(done / chars)
    mean = total / chars
    std = np.sqrt(np.maximum(squares / chars - mean**2, 0))
    scale = std_f[:, None] * std * chars
    r = np.divide(products, scale, out=np.zeros_like(products), where=scale > 1e-9)
    return _Correlations(r, mean, std)


def units_folder(model: RecurrentModel, corpus: Corpus) -> Path:
    """Where what was found for a model on a corpus is kept, found or not."""
    return home() / "units" / f"{weights_digest(model.network)}-{corpus.digest[:12]}"


def save_units(folder: Path, table: UnitTable) -> None:
    """Write `units.json` into a folder."""
    stored.save(folder / UNITS, table.to_json())


def load_units(folder: Path) -> UnitTable | None:
    """Read it; None where there is none, ModelError where it is damaged."""
    return stored.load(folder / UNITS, UnitTable.from_json)
