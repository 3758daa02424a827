"""What people call a corpus, a training and a model, in the reader's language."""

from __future__ import annotations

import os
from pathlib import Path

from dashboard.i18n import _
from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED, library

SERVER = "server"  # the corpus that `MOLIERE_CORPUS` names


def sources() -> list[str]:
    """The corpora that everybody can read: see `cached.corpus`."""
    server = [SERVER] if os.environ.get("MOLIERE_CORPUS") else []
    return [EMBEDDED, *server, *(entry.id for entry in library.entries())]


def source(name: str) -> str:
    """A corpus, by its identifier."""
    if name == SERVER:
        return Path(os.environ.get("MOLIERE_CORPUS", "")).name or _("celui du serveur")
    if name == library.COURSE:
        return _("Molière, CSV du cours")
    if name == library.TEI:
        return _("Molière, édition TEI")
    entry = library.entry(name)
    return entry.name if entry else _("pastiches")


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
