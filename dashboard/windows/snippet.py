"""The corrected cells of the course for windows, whichever the page shows."""

from __future__ import annotations

from dashboard.shared import snippets
from dashboard.windows.controls import Settings
from moliere_core.config import PRESETS


def code(view: str, settings: Settings, variant: str, start: str, reference: str) -> str:
    """What the view does, with the page's settings."""
    if view == "start":
        return snippets.filled(
            "windows-start", model=reference, start=start, length=settings.length
        )
    text = snippets.filled("windows-text", corpus=snippets.corpus(settings.source)) + "\n"
    if view == "variants" and variant != "notebook":
        return text + network(settings, variant)
    name = view if view in ("streams", "length") else "batch"
    return text + snippets.filled(f"windows-{name}", **_windows(settings))


def network(settings: Settings, variant: str) -> str:
    """One of the two ways out of the notebook's error, in Keras."""
    model = PRESETS["cours"].model
    return snippets.filled(
        f"windows-{variant}",
        embedding_dim=model.embedding_dim,
        units=model.units,
        dropout=model.dropout,
        **_windows(settings),
    )


def _windows(settings: Settings) -> dict[str, int]:
    return {"length": settings.length, "shift": settings.shift, "batch": settings.batch}
