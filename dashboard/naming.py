"""What people call a corpus, a training and a model, in the reader's language."""

from __future__ import annotations

import os
from pathlib import Path

from dashboard.i18n import _
from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED


def sources() -> list[str]:
    """The corpora that can be read: see `cached.corpus`."""
    return [EMBEDDED, *(["server"] if os.environ.get("MOLIERE_CORPUS") else [])]


def source(name: str) -> str:
    """A corpus of `sources`."""
    if name == "server":
        return Path(os.environ.get("MOLIERE_CORPUS", "")).name or _("celui du serveur")
    return _("pastiches")


def architecture(config: RunConfig) -> str:
    """The network in a few symbols: LSTM 2 × 256."""
    model = config.model
    layers = f"{model.layers} × " if model.layers > 1 else ""
    return f"{model.cell.upper()} {layers}{model.units}"


def training(config: RunConfig, label: str) -> str:
    """A training: its name, or what it is made of."""
    if label:
        return label
    plays = ", ".join(config.plays[:2]) + ("…" if len(config.plays) > 2 else "")
    return architecture(config) + (f", {plays}" if plays else "")
