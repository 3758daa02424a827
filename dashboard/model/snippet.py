"""The corrected cell of the course for the model: what is in it, before Keras is imported."""

from __future__ import annotations

from dashboard.model.controls import Settings
from dashboard.shared import snippets


def code(settings: Settings) -> str:
    """The layers and their sums, then the same network in Keras."""
    model = settings.model
    return snippets.filled(
        "model",
        corpus=snippets.corpus(settings.source),
        cell=model.cell,
        embedding_dim=model.embedding_dim,
        units=model.units,
        layers=model.layers,
        dropout=model.dropout,
    )
