"""Where else does it fire? Passages of a corpus in which the same cells are active.

After LSTMVis (Strobelt et al. 2018): the cells that are active all along a selected span, and
seldom outside it, are looked for in the whole corpus. A cell counts as high (low) where its memory
is more than one standard deviation above (below) its mean over the corpus: cells have no common
scale, so one threshold for all would only find the cells that move most. Two bits a unit and a
character are kept on disk: 117 MB for `petit` and the 1.8 million characters of Molière.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from moliere_core.corpus import Corpus
from moliere_core.errors import ModelError
from moliere_core.inspection.states import (
    GRAIN,
    STREAMS,
    locate,
    memories,
    piece_length,
    total_units,
    weights_digest,
)
from moliere_core.inspection.trace import Trace
from moliere_core.models.references import RecurrentModel
from moliere_core.networks.arrays import Array
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.system.progress import Progress
from moliere_core.system.storage import home, settle

DEVIATIONS = 1.0  # from the mean: a sixth of the time, for a cell whose values are bell-shaped
MAX_BYTES = 128_000_000  # of one index; a larger corpus is indexed in part, and that is said
ABANDONED = 86_400.0  # seconds after which an index that is not finished never will be
KEPT = 6  # indexes on disk: the least recently built goes first
MAX_CELLS = 12  # looked for at once: those that single the span out
MAX_OUTSIDE = 0.25  # of the rest of the text: a cell that is active everywhere tells nothing
CALIBRATION_CHARS = 40_000  # on which means and deviations are measured
SURROUNDINGS = 60  # characters shown on each side of a passage

_building = threading.Lock()

Side = Literal["high", "low"]
SIDES: tuple[Side, ...] = ("high", "low")
Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class ActiveCell:
    """A cell that is active over a span.

    Attributes:
        layer: from 0.
        unit: within the layer, from 0.
        side: "high" or "low": above or below its mean by more than `DEVIATIONS`.
        share: of the indexed corpus where it is so.
        outside: of the text around the span where it is so.
    """

    layer: int
    unit: int
    side: Side
    share: float
    outside: float


@dataclass(frozen=True)
class Passage:
    """A place of the corpus where the cells are active too.

    Attributes:
        text: the passage.
        before: what precedes it in the cues, at most `SURROUNDINGS` characters.
        after: what follows.
        play: title of the play.
        act: "" where the corpus does not say, as for the scene and the speaker.
        scene: of the play.
        speaker: of the cue that it begins in.
        cells: how many of the cells are active, on average over the passage.
        offset: of the passage in the corpus' text.
    """

    text: str
    before: str
    after: str
    play: str
    act: str
    scene: str
    speaker: str
    cells: float
    offset: int


class CellIndex:
    """When each cell of a network is high or low over a corpus; on disk, opened as a memory map.

    Attributes:
        corpus: what was read.
        chars: characters indexed, from the beginning of the corpus' text.
        mean: of each unit's memory, shape (total units,).
        std: its standard deviation.
        share: of the characters where each is high, or low, shape (2, total units).
    """

    def __init__(self, network: RecurrentNetwork, corpus: Corpus, folder: Path) -> None:
        document = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.network, self.corpus = network, corpus
        self.chars = int(document["chars"])
        self.mean = np.array(document["mean"], np.float32)
        self.std = np.array(document["std"], np.float32)
        self.share = np.array(document["share"])
        self._bits: Bits = np.load(folder / "bits.npy", mmap_mode="r")  # (2, units, bytes)
        self._text = corpus.text()[: self.chars]
        lengths = corpus.frame["cue"].str.len().to_numpy() + 1
        self._cue_starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])

    @property
    def complete(self) -> bool:
        """Whether the whole corpus is indexed."""
        return self.chars == int(self._cue_starts[-1]) + len(self.corpus.frame["cue"].iloc[-1])

    def active_cells(
        self, seen: Trace, start: int, stop: int, max_outside: float = MAX_OUTSIDE
    ) -> list[ActiveCell]:
        """The cells that are high, or low, all along a span, those that single it out first.

        Args:
            seen: from `trace.read`, by the same network.
            start: first position of the span, in the context.
            stop: the one after its last.
            max_outside: share of the rest of the text where a cell may be active too.

        Raises:
            ModelError: the span is empty, or not inside the text.
        """
        if not 0 <= start < stop <= len(seen.ids):
            raise ModelError(
                "the passage from {start} to {stop} is not inside a text of {chars} characters: "
                "select at least one of its letters",
                start=start,
                stop=stop,
                chars=len(seen.ids),
            )
        memory = np.concatenate([layer.memory for layer in seen.layers], axis=1)
        on = np.stack(_sides(memory, self.mean, self.std))  # (2, time, units)
        rest = max(1, len(seen.ids) - (stop - start))
        outside = (on.sum(axis=1) - on[:, start:stop].sum(axis=1)) / rest  # (2, units)
        chosen = on[:, start:stop].all(axis=1) & (outside <= max_outside)
        cells = [
            ActiveCell(
                *locate(self.network, unit),
                SIDES[side],
                float(self.share[side, unit]),
                float(outside[side, unit]),
            )
            for side, unit in np.argwhere(chosen).tolist()
        ]
        return sorted(cells, key=lambda cell: cell.share + cell.outside)[:MAX_CELLS]

    def passages(self, cells: Iterable[ActiveCell], length: int, count: int = 12) -> list[Passage]:
        """The passages of `length` characters with the most of these cells active, best first.

        They do not overlap. No cell, no passage.
        """
        active = self._counts(list(cells))
        if not len(active) or length > self.chars:
            return []
        sums = np.zeros(len(active) + 1, np.int32)
        np.cumsum(active, out=sums[1:])
        window = sums[length:] - sums[:-length]
        found: list[int] = []
        # Far more candidates than wanted: neighbours of a good place are nearly as good.
        wanted = count * (2 * length + 1) * 4
        reached = np.bincount(window)[::-1].cumsum()[::-1]  # places with at least so many
        least = max(1, int(np.flatnonzero(reached >= min(wanted, reached[0]))[-1]))
        best = np.flatnonzero(window >= least)
        for place in best[np.argsort(-window[best], kind="stable")].tolist():
            if len(found) == count:
                break
            if all(abs(place - other) >= length for other in found):
                found.append(place)
        return [self._passage(place, length, window[place] / length) for place in found]

    def _counts(self, cells: list[ActiveCell]) -> NDArray[np.uint8]:
        """How many of the cells are active at each character, shape (chars,)."""
        if not cells:
            return np.empty(0, np.uint8)
        firsts = np.cumsum([0, *(layer.units for layer in self.network.layers)])
        counts = np.zeros(self._bits.shape[2] * GRAIN, np.uint8)
        for cell in cells:
            row = self._bits[SIDES.index(cell.side), firsts[cell.layer] + cell.unit]
            counts += np.unpackbits(row)
        return counts[: self.chars]

    def _passage(self, start: int, length: int, cells: float) -> Passage:
        number = int(np.searchsorted(self._cue_starts, start, side="right")) - 1
        cue = self.corpus.frame.iloc[number]
        stop = start + length
        return Passage(
            text=self._text[start:stop],
            before=self._text[max(0, start - SURROUNDINGS) : start],
            after=self._text[stop : stop + SURROUNDINGS],
            play=self.corpus.titles[cue["play_name"]],
            act=cue["act"],
            scene=cue["scene"],
            speaker=cue["speaker"],
            cells=float(cells),
            offset=start,
        )


def indexable_chars(network: RecurrentNetwork, corpus: Corpus) -> int:
    """How much of a corpus an index of `MAX_BYTES` holds."""
    room = MAX_BYTES * GRAIN // (len(SIDES) * total_units(network))
    return min(len(corpus.text()), room)


def index_folder(network: RecurrentNetwork, corpus: Corpus) -> Path:
    """Where the index of a network over a corpus is kept, built or not."""
    return home() / "indexes" / f"{weights_digest(network)}-{corpus.digest[:12]}"


def open_index(model: RecurrentModel, corpus: Corpus) -> CellIndex | None:
    """The index, if it was built; one that cannot be read counts for none."""
    folder = index_folder(model.network, corpus)
    try:
        return CellIndex(model.network, corpus, folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def build_index(
    model: RecurrentModel, corpus: Corpus, progress: Progress | None = None
) -> CellIndex:
    """Read the corpus, keep when each cell is high or low, and open the result.

    One at a time: asked for twice at once (`petit` and `petit@12` have the same weights), it is
    built once.

    Args:
        model: what reads.
        corpus: what is read, from its beginning up to `indexable_chars`.
        progress: told the share done, from 0 to 1.

    Raises:
        ModelError: the index cannot be written.
    """
    with _building:
        return open_index(model, corpus) or _built(model, corpus, progress)


def _built(model: RecurrentModel, corpus: Corpus, progress: Progress | None) -> CellIndex:
    network = model.network
    folder = index_folder(network, corpus)
    text = corpus.text()[: indexable_chars(network, corpus)]
    # Another process may be building the same: each writes to a folder of its own.
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        document = _write_bits(model, text, temporary / "bits.npy", progress)
        (temporary / "index.json").write_text(json.dumps(document), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        settle(temporary, folder)
        _prune(folder.parent)
        return CellIndex(network, corpus, folder)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise ModelError(
            "{path} cannot be written ({reason}): make room, or choose another folder",
            path=folder,
            reason=error.strerror,
        ) from error


def _write_bits(
    model: RecurrentModel, text: str, path: Path, progress: Progress | None
) -> dict[str, Any]:
    network, vocabulary = model.network, model.vocabulary
    units, chars = total_units(network), len(text)
    mean, std = _moments(model, text)
    length = piece_length(chars, STREAMS)
    bits = open_memmap(path, "w+", np.uint8, (len(SIDES), units, STREAMS * length // GRAIN))
    pieces = bits.reshape(len(SIDES), units, STREAMS, length // GRAIN)
    counts = np.zeros((len(SIDES), units), np.int64)
    for at, memory in memories(network, vocabulary, text):
        first = at[0, 0] // GRAIN  # the first piece begins at 0
        inside = (at < chars).T  # (steps, streams)
        for side, on in enumerate(_sides(memory, mean, std)):
            on &= inside[..., None]
            packed = np.packbits(on, axis=0)  # (bytes, streams, units)
            pieces[side, :, :, first : first + len(packed)] = packed.transpose(2, 1, 0)
            counts[side] += on.sum(axis=(0, 1))
        if progress is not None:
            progress((at[0, -1] + 1) / length)
    bits.flush()
    return {
        "chars": chars,
        "mean": mean.tolist(),
        "std": std.tolist(),
        "share": (counts / chars).tolist(),
    }


def _moments(model: RecurrentModel, text: str) -> tuple[Array, Array]:
    """Mean and standard deviation of each unit's memory over pieces spread over the text."""
    gap = max(1, len(text) // STREAMS)
    size = min(gap, CALIBRATION_CHARS // STREAMS)
    sample = "".join(text[start : start + size] for start in range(0, len(text), gap))
    units = total_units(model.network)
    total, squares, seen = np.zeros(units), np.zeros(units), 0
    for at, memory in memories(model.network, model.vocabulary, sample):
        rows = memory[(at < len(sample)).T].astype(np.float64)
        total, squares = total + rows.sum(axis=0), squares + (rows**2).sum(axis=0)
        seen += len(rows)
    mean = total / seen
    std = np.sqrt(np.maximum(squares / seen - mean**2, 1e-12))
    return mean.astype(np.float32), std.astype(np.float32)


def _sides(memory: Array, mean: Array, std: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where each unit is high, and where it is low; the shape of `memory`."""
    reach = np.float32(DEVIATIONS) * std
    return memory > mean + reach, memory < mean - reach


def _prune(folder: Path) -> None:
    """Remove the oldest indexes beyond `KEPT`, and what was left of those never finished."""
    for path in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path)
    built = sorted(
        (path for path in folder.iterdir() if (path / "index.json").is_file()),
        key=lambda path: path.stat().st_mtime,
    )
    for path in built[:-KEPT]:
        with contextlib.suppress(OSError):
            shutil.rmtree(path)
