"""What the Model page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import streamlit as st

from dashboard.shared import fields, naming, snippets, sources, state
from dashboard.shared.cached import Material, material
from dashboard.shared.controls import Choice, Text
from dashboard.shared.i18n import _
from dashboard.shared.widgets import start
from moliere_core.config import CELLS, PRESETS, Cell, ModelConfig, RunConfig, TrainingConfig, suited
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
# Of a transformer: any number of these heads divides any of the widths.
TRANSFORMER_SIZES = {
    "units": (N_("Largeur"), (64, 92, 128, 256)),
    "layers": (N_("Blocs"), (1, 2, 4, 6)),
    "heads": (N_("Têtes"), (1, 2, 4)),
    "context": (N_("Contexte"), (64, 128, 256)),
}

_APPLIED = "model.applied"  # the preset whose values the other controls were given
_KIND = "model.transformer"  # whether they are a transformer's


def cell(default: Cell) -> Choice:
    """The kind of network; the default is the preset's."""
    kinds: dict[str, str] = {kind: naming.cell(kind) for kind in CELLS}
    return Choice("model.cell", "cell", default, N_("Cellule"), kinds)


def size(name: str, default: int, kind: Cell) -> Choice:
    """A size of a kind of network, as a word; the default is the preset's."""
    label, sizes = (TRANSFORMER_SIZES if kind == "transformer" else SIZES)[name]
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
    with (
        row,
        st.container(key="model-bar", horizontal=True, vertical_alignment="center", gap="small"),
    ):
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
    found = RunConfig(model, suited(PRESETS[preset], model.cell).training)
    return view, Settings(source, preset, found.model, found.training)


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
            usual = PRESETS[preset].model
            _follow_preset(preset, usual)
            kind = cast(Cell, cell(usual.cell).ask_inline())
        base = suited(PRESETS[preset], kind).model
        if st.session_state.get(_KIND, base.is_transformer) != base.is_transformer:
            _turn(base)
        st.session_state[_KIND] = base.is_transformer
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            sizes = {n: size(n, v, kind).ask_inline() for n, v in _sizes(base).items()}
    return preset, _sized(base, sizes)


def _kept() -> tuple[str, ModelConfig]:
    """The same where their controls are not on screen."""
    preset = state.value(PRESET)
    kind = cast(Cell, state.value(cell(PRESETS[preset].model.cell)))
    base = suited(PRESETS[preset], kind).model
    sizes = {name: state.value(size(name, n, kind)) for name, n in _sizes(base).items()}
    return preset, _sized(base, sizes)


def _sizes(model: ModelConfig) -> dict[str, int]:
    """Of an architecture, by their names in the address."""
    sizes = {"units": model.units, "layers": model.layers}
    if model.is_transformer:
        return sizes | {"heads": model.heads, "context": model.context}
    return {"embedding": model.embedding_dim} | sizes


def _sized(base: ModelConfig, sizes: Mapping[str, str]) -> ModelConfig:
    found: dict[str, Any] = {name: int(value) for name, value in sizes.items()}
    if "embedding" in found:
        found["embedding_dim"] = found.pop("embedding")
    return replace(base, **found)


def _follow_preset(preset: str, model: ModelConfig) -> None:
    """Give the other controls the values of another preset, once it is chosen."""
    if st.session_state.get(_APPLIED, preset) != preset:
        state.change(cell(model.cell), model.cell)
        _turn(model)
        st.session_state[_KIND] = model.is_transformer
    st.session_state[_APPLIED] = preset


def _turn(model: ModelConfig) -> None:
    """Give the sizes these values; before their widgets."""
    for name, value in _sizes(model).items():
        state.change(size(name, value, model.cell), str(value))


def code(settings: Settings) -> str:
    """The page's cell: the layers and their sums, then the same network in Keras."""
    corpus, config = snippets.corpus(settings.source), snippets.model(settings.model)
    return snippets.filled("model", corpus=corpus, config=config)
