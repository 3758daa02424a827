"""The corrected cell of the Training page."""

from __future__ import annotations

from dashboard.shared import snippets
from moliere_core.config import PRESETS
from moliere_core.corpus import EMBEDDED
from moliere_core.training.jobs import JobSpec


def code(spec: JobSpec | None) -> str:
    """Train a network and read its history; without a spec, the preset of the demonstration."""
    if spec is None:
        return snippets.training(PRESETS["demo"], EMBEDDED)
    return snippets.training(spec.config, spec.source)
