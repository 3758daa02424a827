"""The caches of the Film page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.server.turns import engine
from dashboard.shared import cached

if TYPE_CHECKING:
    from concurrent.futures import Future

    from dashboard.film.moments import Scene, Timeline
    from moliere_core.config import SamplingConfig
    from moliere_core.system.records import Record


@st.cache_data(show_spinner=False, max_entries=64, ttl=5)
def timeline(reference: str) -> Timeline:
    """The moments of a run; looked up again every five seconds."""
    from dashboard.film.moments import timeline

    return timeline(cached.open_run(reference)[0])


@cached.computed(max_entries=2048)
def scene(
    reference: str, moment: str, prompt: str, config: SamplingConfig, seed: int
) -> cached.Task[Scene]:
    """What a run's network writes at one moment."""
    from dashboard.film.moments import scene

    run = cached.open_run(reference)[0]
    return lambda told: scene(run, moment, prompt, config, seed, told)


@st.cache_resource(show_spinner=False, max_entries=64)
def measures(reference: str, moments: tuple[str, ...]) -> Future[dict[str, Record]]:
    """The measures that a run's history lacks, computed in the background."""
    from moliere_core.training import learning
    from moliere_core.training.yardsticks import texts_of

    run, corpora = cached.open_run(reference)[0], cached.known_corpora()

    def measure() -> dict[str, Record]:
        texts = texts_of(run, corpora)
        if texts is None:
            return {}
        wanted = [s for s in run.snapshots if s.name in moments]
        return learning.measure(run, texts, wanted, engine.behind())

    return cached.background().submit(measure)
