"""What the Model page asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.shared import fields, naming, snippets, sources, state
from dashboard.shared.cached import Material, material
from dashboard.shared.controls import Choice, Text
from dashboard.shared.i18n import _
from dashboard.shared.widgets import start
from moliere_core.config import GATED_CELLS, PRESETS, Cell, ModelConfig, TrainingConfig
from moliere_core.errors import N_

PRESET = Choice("model.preset", "preset", "cours", N_("Préréglage"), naming.PRESET_LABELS)
START = start("model")
CHAR = Text(
    "model.char",
    "char",
    "e",
    N_("Caractère"),
    most=4,
    kept=fields.MAX_PROMPT,
    help=N_("Un seul : le premier compte."),
)
# The sizes that the course suggests.
SIZES = {
    "embedding": (N_("Plongement"), (64, 128, 256)),
    "units": (N_("Unités"), (128, 256, 512)),
    "layers": (N_("Couches"), (1, 2, 3)),
}

_APPLIED = "model.applied"  # the preset whose values the other controls were given


def cell(default: str) -> Choice:
    """LSTM or GRU; the default is the preset's."""
    return Choice("model.cell", "cell", default, N_("Cellule"), {c: c.upper() for c in GATED_CELLS})


def size(name: str, default: int) -> Choice:
    """A size of the network, as a word; the default is the preset's."""
    label, sizes = SIZES[name]
    return Choice(f"model.{name}", name, str(default), label, {str(n): str(n) for n in sizes})


@dataclass(frozen=True)
class Settings:
    """What was chosen.

    Attributes:
        source: which corpus.
        preset: whose settings they were at first.
        model: the architecture.
        training: the preset's batch and length.
    """

    source: str
    preset: str
    model: ModelConfig
    training: TrainingConfig

    @property
    def material(self) -> Material:
        """The corpus as it is read."""
        return material(self.source)

    @property
    def symbols(self) -> int:
        """Size of its alphabet, the unknown symbol included."""
        return len(self.material.vocabulary)


def choose(views: Choice) -> tuple[str, Settings]:
    """Which of the views of the page; the architecture, from a preset; the corpus."""
    row, complaints = st.container(), st.container()
    with row, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = views.ask()
        with st.popover(_("Corpus"), icon=":material/tune:"):
            source = sources.select(complaints)
        link = st.container(width="content")
    preset, model = _kept() if view == "embedding" else _asked()
    with link:
        state.link(
            "../pages/training.py",
            _("L’entraîner"),
            ":material/model_training:",
            address(preset, model),
        )
    return view, Settings(source, preset, model, PRESETS[preset].training)


def address(preset: str, model: ModelConfig) -> dict[str, str]:
    """The Training page with these settings."""
    sizes = {name: str(value) for name, value in _sizes(model).items()}
    return {"view": "new", "preset": preset, "cell": model.cell, **sizes}


def _asked() -> tuple[str, ModelConfig]:
    """The preset, and the architecture that its controls make of it.

    On a small screen they stand below what they change.
    """
    with st.container(key="model-later", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            preset = PRESET.ask_inline()
            base = PRESETS[preset].model
            _follow_preset(preset, base)
            kind = cell(base.cell).ask_inline()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            sizes = [size(name, value).ask_inline() for name, value in _sizes(base).items()]
    return preset, _sized(base, kind, sizes)


def _kept() -> tuple[str, ModelConfig]:
    """The same where their controls are not on screen."""
    preset = state.value(PRESET)
    base = PRESETS[preset].model
    kind = state.value(cell(base.cell))
    sizes = [state.value(size(name, value)) for name, value in _sizes(base).items()]
    return preset, _sized(base, kind, sizes)


def _sizes(model: ModelConfig) -> dict[str, int]:
    """Of an architecture, by their names in the address."""
    return {"embedding": model.embedding_dim, "units": model.units, "layers": model.layers}


def _sized(base: ModelConfig, kind: str, sizes: list[str]) -> ModelConfig:
    kept: Cell = "gru" if kind == "gru" else "lstm"
    embedding, units, layers = map(int, sizes)
    return replace(base, cell=kept, embedding_dim=embedding, units=units, layers=layers)


def _follow_preset(preset: str, model: ModelConfig) -> None:
    """Give the other controls the values of another preset, once it is chosen."""
    if st.session_state.get(_APPLIED, preset) != preset:
        state.change(cell(model.cell), model.cell)
        for name, value in _sizes(model).items():
            state.change(size(name, value), str(value))
    st.session_state[_APPLIED] = preset


def code(settings: Settings) -> str:
    """The page's cell: the layers and their sums, then the same network in Keras."""
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
