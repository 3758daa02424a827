from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from moliere_core.corpus import Corpus
from moliere_core.corpus.corpus import COLUMNS
from moliere_core.errors import ModelError
from moliere_core.inspection import firing
from moliere_core.inspection.trace import read
from moliere_core.models.references import RecurrentModel
from tests.core.inspection.helpers import all_memories
from tests.networks import LETTERS, random_network

CUES = ["que diable allait il faire", "dans cette galere", "sans dot", "le pauvre homme"] * 20


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))


@pytest.fixture
def corpus() -> Corpus:
    frame = pd.DataFrame({"cue": CUES}).reindex(columns=list(COLUMNS), fill_value="")
    frame["play_name"], frame["title"], frame["speaker"] = "p", "La Pièce", "geronte"
    frame["act"], frame["scene"] = "Acte I", [f"Scène {i}" for i in range(len(CUES))]
    return Corpus(frame, "test")


@pytest.fixture(params=["lstm", "gru"])
def model(request: pytest.FixtureRequest) -> RecurrentModel:
    return RecurrentModel("test", random_network(cell=request.param, layers=2), LETTERS)


def test_the_index_holds_every_cell_of_every_character(
    model: RecurrentModel, corpus: Corpus
) -> None:
    assert firing.open_index(model, corpus) is None
    shares: list[float] = []
    index = firing.build_index(model, corpus, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert index.complete
    text = corpus.text()
    seen = all_memories(model, text)
    for unit in (0, 5, 13):
        values = seen[:, unit]
        high = values > index.mean[unit] + firing.DEVIATIONS * index.std[unit]
        cell = firing.ActiveCell(unit // 8, unit % 8, "high", 0.0, 0.0)
        places = sorted(p.offset for p in index.passages([cell], 1, index.chars))
        assert places == np.flatnonzero(high).tolist()
        assert index.share[0, unit] == pytest.approx(high.mean())
    reopened = firing.open_index(model, corpus)
    assert reopened is not None
    assert reopened.chars == len(text)


def test_the_text_itself_is_found_where_it_stands(
    model: RecurrentModel, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "DEVIATIONS", 0.3)  # few cells: they must be easily active
    index = firing.build_index(model, corpus)
    context, seen = read(model, corpus.text()[:300])
    start = context.index("galere")
    cells = index.active_cells(seen, start, start + 2, max_outside=1.0)
    assert cells
    passages = index.passages(cells, 2, count=200)
    assert passages[0].cells == len(cells)
    assert all(a.cells >= b.cells for a, b in pairwise(passages))
    offsets = sorted(p.offset for p in passages)
    assert min(np.diff(offsets)) >= 2, "passages do not overlap"
    assert start - 1 in offsets  # the text's own place: the context has one line break before
    here = next(p for p in passages if p.offset == start - 1)
    assert (here.text, here.play, here.act, here.scene) == ("ga", "La Pièce", "Acte I", "Scène 1")
    assert here.speaker == "geronte"
    assert here.before.endswith("dans cette ")
    assert here.after.startswith("lere\nsans")


def test_cells_are_on_inside_and_seldom_outside(
    model: RecurrentModel, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = firing.build_index(model, corpus)
    _, seen = read(model, "le pauvre homme allait sans dot")
    memory = np.concatenate([layer.memory for layer in seen.layers], axis=1)
    monkeypatch.setattr(firing, "DEVIATIONS", 0.3)
    strict = index.active_cells(seen, 4, 6, max_outside=0.1)
    loose = index.active_cells(seen, 4, 6, max_outside=1.0)
    assert {(c.layer, c.unit, c.side) for c in strict} <= {(c.layer, c.unit, c.side) for c in loose}
    assert loose
    for cell in loose:
        unit = cell.layer * 8 + cell.unit
        sign = 1 if cell.side == "high" else -1
        on = sign * (memory[:, unit] - index.mean[unit]) > 0.3 * index.std[unit]
        assert on[4:6].all()
        assert cell.outside == pytest.approx(np.delete(on, [4, 5]).mean())
    assert all(cell.outside <= 0.1 for cell in strict)
    seldom = [cell.share + cell.outside for cell in loose]  # those that single the span out first
    assert seldom == sorted(seldom)
    assert len(set(seldom)) > 1


@pytest.mark.parametrize("span", [(-1, 2), (3, 3), (2, 99)])
def test_a_span_outside_the_text_is_refused(corpus: Corpus, span: tuple[int, int]) -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    index = firing.build_index(model, corpus)
    with pytest.raises(ModelError, match="select at least one"):
        index.active_cells(read(model, "sans dot")[1], *span)


def test_an_index_asked_for_twice_at_once_is_built_once(
    model: RecurrentModel, corpus: Corpus
) -> None:
    found: list[firing.CellIndex] = []
    read: list[str] = []

    def build(name: str) -> None:
        found.append(firing.build_index(model, corpus, lambda _: read.append(name)))

    second = threading.Thread(target=build, args=("second",))

    def begun(_: float) -> None:
        read.append("first")
        if second.ident is None:  # somebody else asks while the first is at it
            second.start()
            second.join(0.2)

    found.append(firing.build_index(model, corpus, begun))
    second.join()
    assert [index.complete for index in found] == [True, True]
    assert set(read) == {"first"}


def test_a_passage_is_of_the_cue_that_it_begins_in(
    model: RecurrentModel, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "DEVIATIONS", -100)  # every cell is active everywhere
    index = firing.build_index(model, corpus)
    cell, begins = firing.ActiveCell(0, 0, "high", 1.0, 0.0), len(CUES[0]) + 1
    scenes = [passage.scene for passage in index.passages([cell], 1, begins + 1)]
    assert scenes == ["Scène 0"] * begins + ["Scène 1"]  # the line break is of the cue before


def test_no_cell_no_passage(corpus: Corpus) -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    index = firing.build_index(model, corpus)
    assert index.passages([], 3) == []
    cell = firing.ActiveCell(0, 0, "high", 0.1, 0.0)
    assert index.passages([cell], len(corpus.text()) + 1) == []


def test_a_large_corpus_is_indexed_in_part(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    monkeypatch.setattr(firing, "MAX_BYTES", 1_000)
    index = firing.build_index(model, corpus)
    assert index.chars == 1_000 * 8 // 16
    assert not index.complete
    cell = firing.ActiveCell(0, 1, "low", 0.1, 0.0)
    assert all(p.offset + 4 <= index.chars for p in index.passages([cell], 4))


def test_old_indexes_make_room(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "KEPT", 1)
    lstm, gru = (
        RecurrentModel("test", random_network(cell=cell), LETTERS) for cell in ("lstm", "gru")
    )
    firing.build_index(lstm, corpus)
    firing.build_index(gru, corpus)
    assert firing.open_index(lstm, corpus) is None
    assert firing.open_index(gru, corpus) is not None


def test_a_damaged_index_is_built_again(corpus: Corpus) -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    firing.build_index(model, corpus)
    folder = firing.index_folder(model.network, corpus)
    (folder / "index.json").write_text("{", encoding="utf-8")
    assert firing.open_index(model, corpus) is None
    assert firing.build_index(model, corpus).complete


def test_where_nothing_can_be_written(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("MOLIERE_HOME", str(blocked))
    with pytest.raises(ModelError, match="cannot be written"):
        firing.build_index(RecurrentModel("test", random_network(), LETTERS), corpus)


def indexed_chars(model: RecurrentModel, corpus: Corpus) -> int:
    """What another process does."""
    return firing.build_index(model, corpus).chars


def test_two_builders_of_one_index_do_not_meet(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In two processes, which know nothing of each other's lock."""
    # A process that is spawned runs the main module, which a page of another test may have become.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    model = RecurrentModel("test", random_network(), LETTERS)
    others: list[int] = []
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:

        def meanwhile(share: float) -> None:
            if not others:
                others.append(pool.submit(indexed_chars, model, corpus).result())

        first = firing.build_index(model, corpus, meanwhile)
    assert first.chars == others[0] == len(corpus.text())


def test_what_was_never_finished_is_removed(corpus: Corpus) -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    abandoned = firing.index_folder(model.network, corpus).parent / ".never-finished.tmp"
    abandoned.mkdir(parents=True)
    os.utime(abandoned, (0, 0))
    firing.build_index(model, corpus)
    assert not abandoned.exists()
