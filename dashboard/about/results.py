"""What the page for the school computes: trainings whose time was measured, their energy."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.shared import cached, stored_runs
from moliere_core.errors import MoliereError
from moliere_core.models.references import SHIPPED

LAMP_WATTS = 9  # of the lamp of light-emitting diodes that an energy is compared with


@dataclass(frozen=True)
class Timed:
    """A training whose duration was measured.

    Attributes:
        name: what people call it.
        seconds: of its updates, as it noted them itself.
    """

    name: str
    seconds: float


def watt_hours(seconds: float, watts: float) -> float:
    """The energy of so long at that power."""
    return seconds * watts / 3600


def timed() -> dict[str, Timed]:
    """By its reference each training with a measured duration: the shipped ones, then the store's.

    An imported run is none: its seconds are of another machine.
    """
    found = dict(_shipped())
    for row in stored_runs.stored_runs():
        if row.seconds and not row.imported_from:
            found[row.reference] = Timed(row.name, row.seconds)
    return found


@st.cache_data(show_spinner=False)
def _shipped() -> dict[str, Timed]:
    found = {}
    for name in SHIPPED:
        try:
            history = cached.open_run(name)[0].history
        except MoliereError:  # no recurrent network
            continue
        if history and history[-1].get("seconds"):
            found[name] = Timed(name, history[-1]["seconds"])
    return found
