"""What the Inside page computes, in turns or in the background, once for all sessions."""

from __future__ import annotations

import streamlit as st

from dashboard.server.background import Background
from dashboard.shared import cached, naming
from moliere_core.corpus import EMBEDDED, library
from moliere_core.inspection import forgetting
from moliere_core.inspection import influence as measured
from moliere_core.inspection.firing import ActiveCell, CellIndex, Passage, build_index, open_index
from moliere_core.inspection.forgetting import Echo
from moliere_core.inspection.influence import Deletions, Edit, Influence
from moliere_core.inspection.states import weights_digest
from moliere_core.inspection.trace import Trace, read
from moliere_core.inspection.units import (
    UnitTable,
    find_units,
    load_units,
    run_samples,
    save_units,
    units_folder,
)
from moliere_core.system.progress import Progress
from moliere_core.system.work import Work


@st.cache_resource(show_spinner=False)
def worker() -> Background:
    """One thread: two corpora read at once would take the server's processors."""
    return Background("moliere-inside")


def watched() -> str:
    """The corpus on which networks are watched: the server's, else Molière's, else pastiches."""
    known = naming.sources()
    wanted = (naming.SERVER, library.COURSE, library.TEI)
    return next((source for source in wanted if source in known), EMBEDDED)


@cached.computed(max_entries=8)
def seen(reference: str, text: str) -> cached.Task[tuple[str, Trace]]:
    """The context of a text, and all that a model computes over it."""
    model = cached.model(reference)
    return lambda told: read(model, text, told)


@cached.computed(max_entries=64)
def influence(
    reference: str, context: str, edit: Edit, _seen: Trace
) -> cached.Task[tuple[Influence, Deletions]]:
    """What weighed on the last character of a context, and what deletion does.

    Args:
        reference: of the model.
        context: ends with the character that is explained.
        edit: what stands for a deletion.
        _seen: what the model computed over that context, or over a text that goes on after it.
    """
    model = cached.model(reference)
    before, target = _seen.first(len(context) - 1), int(_seen.ids[len(context) - 1])
    space = model.vocabulary.index.get(" ", 0)
    return lambda told: (
        measured.influence(model.network, before, target),
        measured.deletions(model.network, before.ids, target, edit, space, progress=told),
    )


@cached.computed(max_entries=64)
def echo(reference: str, context: str, start: int, stop: int, _seen: Trace) -> cached.Task[Echo]:
    """What is left of a passage of a context, over which the model has computed `_seen`."""
    network = cached.model(reference).network
    return lambda told: forgetting.echo(network, _seen, start, stop, told)


@st.cache_resource(show_spinner=False, max_entries=32)
def tracking(reference: str, source: str) -> Work[UnitTable]:
    """The units of a model that track something: shipped, found before, or being looked for."""
    model, corpus = cached.model(reference), cached.corpus(source)
    folder = units_folder(model, corpus)
    for place in (cached.open_run(reference)[0].path, folder):
        table = load_units(place)
        # What ships beside the weights is about the last epoch's.
        if table is not None and table.weights == weights_digest(model.network):
            return Work.of(table)

    def look(told: Progress) -> UnitTable:
        found = find_units(model, *run_samples(corpus), source, told)
        save_units(folder, found)
        return found

    return worker().begin(look)


@st.cache_resource(show_spinner=False, max_entries=16)
def index(reference: str, source: str) -> Work[CellIndex]:
    """When the cells of a model are active over a corpus: built before, or being built."""
    model, corpus = cached.model(reference), cached.corpus(source)
    if (found := open_index(model, corpus)) is not None:
        return Work.of(found)
    if source != EMBEDDED:
        index(reference, EMBEDDED)  # the small one first: it takes seconds, and serves meanwhile
    return worker().begin(lambda told: build_index(model, corpus, told))


@st.cache_data(show_spinner=False, max_entries=64)
def passages(
    reference: str, source: str, cells: list[ActiveCell], length: int, count: int, _index: CellIndex
) -> list[Passage]:
    """Where else some cells of a model are active; `_index` is the one of `reference`, `source`."""
    return _index.passages(cells, length, count)
