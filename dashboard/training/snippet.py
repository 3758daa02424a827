"""The corrected cell of the Training page."""

from __future__ import annotations

from dataclasses import fields

from dashboard.shared import snippets
from dashboard.shared.snippets import Code
from moliere_core.config import PRESETS, ModelConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.training.jobs import JobSpec

# The settings of the course, which are shown even where they have their default.
SHOWN = {"cell", "embedding_dim", "units", "layers", "dropout"}
SHOWN |= {"epochs", "seq_length", "shift", "batch_size", "learning_rate", "seed"}


def code(spec: JobSpec | None) -> str:
    """Train a network and read its history; without a spec, the preset of the demonstration."""
    config = PRESETS["demo"] if spec is None else spec.config
    chosen = f"    plays={config.plays!r},\n" if config.plays else ""
    if config.initial:
        chosen += f"    initial={config.initial!r},\n"
    return snippets.filled(
        "training",
        model=_written(config.model),
        training=_written(config.training),
        chosen=Code(chosen),
        corpus=snippets.corpus(EMBEDDED if spec is None else spec.source),
    )


def _written(config: ModelConfig | TrainingConfig) -> Code:
    """The settings of the course, and those that differ from the defaults."""
    shown = [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)
        if field.name in SHOWN or getattr(config, field.name) != field.default
    ]
    inner = "".join(f"\n        {text}," for text in shown)
    return Code(f"{type(config).__name__}({inner}\n    )")
