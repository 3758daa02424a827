"""The controls of the Model page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.model import fields
from dashboard.shared import naming, sources, state, widgets
from dashboard.shared.i18n import _
from dashboard.windows import cached as windows
from dashboard.windows.material import Material
from moliere_core.config import CELLS, PRESETS, Cell, ModelConfig, TrainingConfig

_APPLIED = "model.applied"  # the preset whose values the other controls were given


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
        return windows.material(self.source)

    @property
    def symbols(self) -> int:
        """Size of its alphabet, the unknown symbol included."""
        return len(self.material.vocabulary)


def choose() -> tuple[str, Settings]:
    """Which of the screens of the page; the architecture, from a preset; the corpus."""
    row, complaints = st.container(), st.container()
    with row, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = _view()
        with st.popover(_("Corpus"), icon=":material/tune:"):
            source = sources.select(complaints)
        link = st.container(width="content")
    preset, model = _kept() if view == "embedding" else _architecture()
    with link:
        state.link_with(
            "../pages/training.py",
            _("L’entraîner"),
            ":material/model_training:",
            address(preset, model),
        )
    return view, Settings(source, preset, model, PRESETS[preset].training)


def _view() -> str:
    return widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {
            "drawing": _("Architecture"),
            "counts": _("Paramètres"),
            "loss": _("Perte de départ"),
            "embedding": _("Plongement"),
        },
        visible=False,
    )


def _architecture() -> tuple[str, ModelConfig]:
    """The preset, and the architecture that its controls make of it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        preset = widgets.inline(fields.PRESET, _("Préréglage"), naming.presets())
        base = PRESETS[preset].model
        _turn_at_once(preset, base)
        cell = widgets.inline(fields.cell(base.cell), _("Cellule"), {c: c.upper() for c in CELLS})
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        embedding = _size("embedding", _("Plongement"), base.embedding_dim, fields.EMBEDDINGS)
        units = _size("units", _("Unités"), base.units, fields.UNITS)
        layers = _size("layers", _("Couches"), base.layers, fields.LAYERS)
    return preset, _sized(base, cell, embedding, units, layers)


def _kept() -> tuple[str, ModelConfig]:
    """The same where their controls are not on screen."""
    preset = state.value(fields.PRESET)
    base = PRESETS[preset].model
    cell = state.value(fields.cell(base.cell))
    sizes = {"embedding": base.embedding_dim, "units": base.units, "layers": base.layers}
    embedding, units, layers = (int(state.value(fields.size(n, v))) for n, v in sizes.items())
    return preset, _sized(base, cell, embedding, units, layers)


def _sized(base: ModelConfig, cell: str, embedding: int, units: int, layers: int) -> ModelConfig:
    kept: Cell = "gru" if cell == "gru" else "lstm"
    return replace(base, cell=kept, embedding_dim=embedding, units=units, layers=layers)


def address(preset: str, model: ModelConfig) -> dict[str, str]:
    """The Training page with these settings."""
    return {
        "view": "new",
        "preset": preset,
        "cell": model.cell,
        "embedding": str(model.embedding_dim),
        "units": str(model.units),
        "layers": str(model.layers),
    }


def _turn_at_once(preset: str, model: ModelConfig) -> None:
    """Give the other controls the values of another preset, once it is chosen."""
    if st.session_state.get(_APPLIED, preset) != preset:
        state.change(fields.cell(model.cell), model.cell)
        sizes = {"embedding": model.embedding_dim, "units": model.units, "layers": model.layers}
        for name, value in sizes.items():
            state.change(fields.size(name, value), str(value))
    st.session_state[_APPLIED] = preset


def _size(name: str, label: str, default: int, options: tuple[int, ...]) -> int:
    return int(widgets.inline(fields.size(name, default), label, {str(n): str(n) for n in options}))
