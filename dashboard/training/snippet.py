"""The corrected cell of the Training page."""

from __future__ import annotations

from dataclasses import fields

from dashboard.shared.i18n import _
from dashboard.shared.snippets import corpus
from moliere_core.config import PRESETS, ModelConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.training.jobs import JobSpec


def code(spec: JobSpec | None) -> str:
    """Train a network and read its history; without a spec, the preset of the demonstration."""
    config = PRESETS["demo"] if spec is None else spec.config
    source = corpus(EMBEDDED if spec is None else spec.source)
    chosen = f"    plays={config.plays!r},\n" if config.plays else ""
    if config.initial:
        chosen += f"    initial={config.initial!r},\n"
    as_keras = _("le réseau, tel que Keras le décrit")
    return f"""\
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import load_corpus
from moliere_core.networks.keras_model import build, summary
from moliere_core.training.session import train

config = RunConfig(
    model={_changed(config.model)},
    training={_changed(config.training)},
{chosen})
run = train(config, load_corpus({source}), on_event=print)

# {as_keras}
print(summary(build(run.config.model, len(run.vocabulary))))
for epoch in run.history:
    print(epoch["epoch"], epoch["train_loss"], epoch["validation_bits_per_char"])
    print(epoch["sample"])
"""


def _changed(config: ModelConfig | TrainingConfig) -> str:
    """The settings of the course, and those that differ from the defaults."""
    names = {"cell", "embedding_dim", "units", "layers", "dropout"}
    names |= {"epochs", "seq_length", "shift", "batch_size", "learning_rate", "seed"}
    shown = [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)
        if field.name in names or getattr(config, field.name) != field.default
    ]
    inner = "".join(f"\n        {text}," for text in shown)
    return f"{type(config).__name__}({inner}\n    )"
