"""The knobs of a training: each one's address, bounds, and effect in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.shared import state
from dashboard.shared.i18n import _
from moliere_core.config import CELLS, RunConfig

Values = dict[str, Any]

BOUNDS = {  # of whole numbers: lowest, highest, and the step of their buttons
    "layers": (1, 3, 1),
    "units": (128, 512, 64),
    "epochs": (1, 100, 1),
    "embedding": (64, 256, 64),
    "seq": (40, 150, 10),
    "batch": (4, 512, 16),
    "min_freq": (1, 1000, 1),
    "train_seed": (0, 2**32 - 1, 1),
}
SHIFTS = (0, 1, 5, 10, 20)  # 0 stands for contiguous streams
HIGHEST_DROPOUT, LOWEST_RATE, HIGHEST_RATE = 0.6, 1e-4, 0.05


def values(config: RunConfig) -> Values:
    """What the knobs show for these settings."""
    model, training = config.model, config.training
    return {
        "cell": model.cell,
        "layers": model.layers,
        "units": model.units,
        "epochs": training.epochs,
        "embedding": model.embedding_dim,
        "dropout": model.dropout,
        "rate": training.learning_rate,
        "train_seed": training.seed,
        "seq": training.seq_length,
        "shift": training.shift or 0,
        "batch": training.batch_size,
        "min_freq": training.min_char_freq,
    }


def turned(config: RunConfig, values: Values) -> RunConfig:
    """The settings with what the knobs show: the inverse of `values`."""
    return replace(
        config,
        model=replace(
            config.model,
            cell=values["cell"],
            layers=values["layers"],
            units=values["units"],
            embedding_dim=values["embedding"],
            dropout=values["dropout"],
        ),
        training=replace(
            config.training,
            epochs=values["epochs"],
            learning_rate=values["rate"],
            seed=values["train_seed"],
            seq_length=values["seq"],
            shift=values["shift"] or None,
            batch_size=values["batch"],
            min_char_freq=values["min_freq"],
        ),
    )


def set_all(config: RunConfig) -> None:
    """Turn all the knobs to these settings; before their widgets."""
    for name, value in values(config).items():
        state.change(_field(name, value), value)


def whole(name: str, default: int, disabled: bool = False) -> int:
    """A whole number."""
    field = _field(name, default)
    state.restore(field)
    label, effect = _texts()[name]
    low, high, step = BOUNDS[name]
    chosen = st.number_input(
        label, low, high, step=step, key=field.key, help=effect, disabled=disabled
    )
    return int(state.keep(field, int(chosen)))


def cell(default: str, disabled: bool = False) -> str:
    """LSTM or GRU."""
    field = _field("cell", default)
    state.restore(field)
    chosen = st.segmented_control(
        _("Cellule"),
        CELLS,
        format_func=str.upper,
        required=True,
        key=field.key,
        disabled=disabled,
        help=_("Le GRU a deux portes au lieu de trois : un quart de poids en moins."),
    )
    return str(state.keep(field, str(chosen)))


def dropout(default: float) -> float:
    """The share of a layer's outputs that is hidden."""
    field = _field("dropout", default)
    state.restore(field)
    chosen = st.slider(
        _("Dropout"),
        0.0,
        HIGHEST_DROPOUT,
        step=0.05,
        format="localized",
        key=field.key,
        help=_(
            "Part des sorties cachées au hasard pendant l’apprentissage : elle freine le "
            "par-cœur. Cours : 0,2."
        ),
    )
    return float(state.keep(field, round(float(chosen), 2)))


def rate(default: float) -> float:
    """The learning rate."""
    field = _field("rate", default)
    state.restore(field)
    chosen = st.number_input(
        _("Taux d’apprentissage"),
        LOWEST_RATE,
        HIGHEST_RATE,
        step=0.0005,
        format="%.4f",
        key=field.key,
        help=_(
            "Taille de chaque correction : trop petit, il traîne ; trop grand, il perd pied. "
            "Cours : 0,001."
        ),
    )
    return float(state.keep(field, float(chosen)))


def shift(default: int) -> int:
    """How the text is read: streams (0), or windows that start every so many characters."""
    field = _field("shift", default)
    current = state.restore(field)

    def told(shift: int) -> str:
        return _("décalage {shift}").format(shift=shift) if shift else _("en flux")

    chosen = st.selectbox(
        _("Lecture du texte"),
        sorted({*SHIFTS, int(current)}),
        format_func=told,
        key=field.key,
        help=_(
            "En flux, il lit tout une fois en gardant sa mémoire ; en fenêtres, il l’oublie à "
            "chacune et relit le texte plusieurs fois. Cours : fenêtres, décalage 1 ou 5."
        ),
    )
    return int(state.keep(field, int(chosen)))


def _field(name: str, default: Any) -> state.Field[Any]:
    show: Callable[[Any], str] = "{:g}".format if isinstance(default, float) else str
    return state.Field(f"training.{name}", name, default, _parser(name), show)


def _parser(name: str) -> Callable[[str], Any]:
    if name in BOUNDS:
        return state.integer(*BOUNDS[name][:2])
    if name == "cell":
        return state.choice(*CELLS)
    if name == "shift":
        return state.integer(0, 1000)
    if name == "dropout":
        return state.number(0, HIGHEST_DROPOUT)
    return state.number(LOWEST_RATE, HIGHEST_RATE)


def _texts() -> dict[str, tuple[str, str]]:
    """The label of each whole number; its effect, and the values that the course suggests."""
    return {
        "layers": (
            _("Couches"),
            _("Chaque couche relit ce que dit la précédente, et coûte autant. Cours : 1."),
        ),
        "units": (
            _("Unités"),
            _(
                "Taille de la mémoire : deux fois plus d’unités, trois à quatre fois plus de "
                "calculs. Cours : 128, 256, 512."
            ),
        ),
        "epochs": (
            _("Époques"),
            _("Combien de fois il parcourt le texte. Cours : 5, 15, 30."),
        ),
        "embedding": (
            _("Plongement"),
            _("Combien de nombres décrivent un caractère. Cours : 64, 128, 256."),
        ),
        "seq": (
            _("Longueur"),
            _(
                "Combien de caractères en arrière l’erreur remonte : de là s’apprend le lien "
                "entre deux lettres éloignées. Cours : 40, 60, 100, 150."
            ),
        ),
        "batch": (
            _("Lot"),
            _(
                "Combien de passages lus ensemble avant chaque correction : petit, il corrige "
                "souvent ; grand, il va plus vite. Cours : 64."
            ),
        ),
        "min_freq": (
            _("Fréquence minimale"),
            _("Un caractère plus rare que cela sort de l’alphabet. Cours : 1, aucun n’en sort."),
        ),
        "train_seed": (
            _("Graine du hasard"),
            _("Elle fixe les poids de départ et l’ordre de lecture : même graine, même réseau."),
        ),
    }
