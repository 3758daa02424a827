"""The caches of the Inside page, and what it computes in the background."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import streamlit as st

from dashboard import cached

if TYPE_CHECKING:
    from moliere_core.inspection.firing import CellIndex
    from moliere_core.inspection.influence import Deletions, Edit, Influence
    from moliere_core.inspection.trace import Trace
    from moliere_core.inspection.units import UnitTable
    from moliere_core.protocol import Progress

T = TypeVar("T")


@dataclass
class Work(Generic[T]):
    """Something that takes a while, done once for all sessions.

    Attributes:
        future: its result, or its error.
        share: how much of it is done, from 0 to 1.
    """

    future: Future[T] = field(default_factory=Future)
    share: float = 0.0

    def told(self, share: float) -> None:
        """A `Progress`."""
        self.share = share

    def result(self) -> T | None:
        """What came of it; None as long as it is not done; raises its error."""
        return self.future.result() if self.future.done() else None


@st.cache_resource(show_spinner=False)
def _worker() -> ThreadPoolExecutor:
    """One thread: two corpora read at once would take the server's processors."""
    return ThreadPoolExecutor(1, "moliere-inside")


def _begin(task: Callable[[Progress], T]) -> Work[T]:
    work: Work[T] = Work()
    work.future = _worker().submit(task, work.told)
    return work


@st.cache_resource(show_spinner=False, max_entries=8)
def seen(reference: str, text: str) -> tuple[str, Trace]:
    """The context of a text, and all that a model computes over it."""
    from moliere_core.inspection.trace import read

    return read(cached.model(reference), text)


@st.cache_data(show_spinner=False, max_entries=64)
def mattered(reference: str, context: str, edit: Edit) -> tuple[Influence, Deletions]:
    """What weighed on the last character of a context, and what deletion does."""
    from moliere_core.inspection.influence import deletions, influence
    from moliere_core.inspection.trace import trace

    model = cached.model(reference)
    ids = model.vocabulary.encode(context)
    network, before, target = model.network, ids[:-1], int(ids[-1])
    space = model.vocabulary.index.get(" ", 0)
    return (
        influence(network, trace(network, before), target),
        deletions(network, before, target, edit, space),
    )


@st.cache_resource(show_spinner=False, max_entries=32)
def tracking(reference: str, source: str) -> Work[UnitTable]:
    """The units of a model that track something: shipped, found before, or being looked for."""
    from moliere_core.inspection.states import weights_digest
    from moliere_core.inspection.units import (
        find_units,
        load_units,
        run_samples,
        save_units,
        units_folder,
    )

    model, corpus = cached.model(reference), cached.corpus(source)
    folder = units_folder(model, corpus)
    for place in (cached.open_run(reference)[0].path, folder):
        table = load_units(place)
        # What ships beside the weights is about the last epoch's.
        if table is not None and table.weights == weights_digest(model.network):
            work: Work[UnitTable] = Work(share=1.0)
            work.future.set_result(table)
            return work

    def look(told: Progress) -> UnitTable:
        found = find_units(model, *run_samples(corpus), source, told)
        save_units(folder, found)
        return found

    return _begin(look)


@st.cache_resource(show_spinner=False, max_entries=16)
def index(reference: str, source: str) -> Work[CellIndex]:
    """When the cells of a model are active over a corpus: built before, or being built."""
    from moliere_core.inspection.firing import build_index, open_index

    model, corpus = cached.model(reference), cached.corpus(source)
    if (found := open_index(model, corpus)) is not None:
        work: Work[CellIndex] = Work(share=1.0)
        work.future.set_result(found)
        return work
    return _begin(lambda told: build_index(model, corpus, told))
