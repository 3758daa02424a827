"""The views of the Training page: set a training up, follow one, look at those that are stored."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import state
from dashboard.shared.controls import Choice
from dashboard.shared.views import View, chosen
from dashboard.training import controls
from dashboard.training.views import follow, new, stored
from moliere_core.config import PRESETS
from moliere_core.errors import N_
from moliere_core.training.jobs import JobSpec

VIEWS = {
    "new": View(N_("Régler"), new.show),
    "follow": View(N_("Suivre"), follow.show),
    "stored": View(N_("Enregistrés"), stored.show),
}


def view(job: str) -> Choice:
    """Which of them; with a job in the address, its curves."""
    return chosen("training.view", "view", N_("Vue"), VIEWS, "follow" if job else "new")


def measured(view: str) -> bool:
    """Whether curves are on screen, in one measure or another."""
    return view == "follow" or (view == "stored" and len(state.value(controls.RUNS)) > 1)


def tried(spec: JobSpec | None) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    if spec is None:
        return {}
    config = spec.config
    preset = st.session_state.get(controls.PRESET.key, controls.PRESET.default)
    usual = PRESETS[preset].training.learning_rate
    return {
        "deep": len(config.plays) == 1 and config.model.layers == 2,
        "forget": bool(config.initial),
        "rate": config.training.learning_rate >= 5 * usual,
    }
