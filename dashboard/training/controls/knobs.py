"""The knobs of a network and of its training: each one's address, bounds, effect in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.shared import fields, state
from dashboard.shared.controls import Choice, Control, Given, Slider, Whole
from dashboard.shared.i18n import _
from moliere_core.config import GATED_CELLS, RunConfig
from moliere_core.errors import N_

SHIFTS = (0, 1, 5, 10, 20)  # 0 stands for contiguous streams
HIGHEST_DROPOUT, LOWEST_RATE, HIGHEST_RATE = 0.6, 1e-4, 0.05


class Shift(Control[int]):
    """How the text is read: streams (0), or windows that start every so many characters."""

    def __init__(self, default: int) -> None:
        super().__init__(
            "training.shift",
            "shift",
            default,
            N_("Lecture du texte"),
            fields.integer(0, 1000),
            help=N_(
                "En flux, il lit tout une fois en gardant sa mémoire ; en fenêtres, il l’oublie à "
                "chacune et relit le texte plusieurs fois. Cours : fenêtres, décalage 1 ou 5."
            ),
        )

    def _widget(self, value: int, given: Given) -> int:
        """The shift in characters."""

        def told(shift: int) -> str:
            return _("décalage {shift}").format(shift=shift) if shift else _("en flux")

        options = sorted({*SHIFTS, int(value)})
        return int(st.selectbox(options=options, format_func=told, **given))


class Rate(Control[float]):
    """The learning rate."""

    def __init__(self, default: float) -> None:
        super().__init__(
            "training.rate",
            "rate",
            default,
            N_("Taux d’apprentissage"),
            fields.number(LOWEST_RATE, HIGHEST_RATE),
            fields.brief,
            help=N_(
                "Taille de chaque correction : trop petit, il traîne ; trop grand, il perd pied. "
                "Cours : 0,001."
            ),
        )

    def _widget(self, value: float, given: Given) -> float:
        low, high = LOWEST_RATE, HIGHEST_RATE
        rate = st.number_input(min_value=low, max_value=high, step=0.0005, format="%.4f", **given)
        return float(rate)


def _whole(name: str, default: int, label: str, bounds: tuple[int, int, int], help: str) -> Whole:
    low, high, step = bounds
    return Whole(f"training.{name}", name, default, label, low, high, step=step, help=help)


def of(config: RunConfig) -> dict[str, Any]:
    """Every setting of a training by its name, with these as the defaults."""
    model, training = config.model, config.training
    found: list[Control[Any]] = [
        Choice(
            "training.cell",
            "cell",
            model.cell,
            N_("Cellule"),
            {cell: cell.upper() for cell in GATED_CELLS},
            help=N_("Le GRU a deux portes au lieu de trois : un quart de poids en moins."),
        ),
        _whole(
            "layers",
            model.layers,
            N_("Couches"),
            (1, 3, 1),
            N_("Chaque couche relit ce que dit la précédente, et coûte autant. Cours : 1."),
        ),
        _whole(
            "units",
            model.units,
            N_("Unités"),
            (128, 512, 64),
            N_(
                "Taille de la mémoire : deux fois plus d’unités, trois à quatre fois plus de "
                "calculs. Cours : 128, 256, 512."
            ),
        ),
        _whole(
            "epochs",
            training.epochs,
            N_("Époques"),
            (1, 100, 1),
            N_("Combien de fois il parcourt le texte. Cours : 5, 15, 30."),
        ),
        _whole(
            "embedding",
            model.embedding_dim,
            N_("Plongement"),
            (64, 256, 64),
            N_("Combien de nombres décrivent un caractère. Cours : 64, 128, 256."),
        ),
        Slider(
            "training.dropout",
            "dropout",
            model.dropout,
            N_("Dropout"),
            0.0,
            HIGHEST_DROPOUT,
            help=N_(
                "Part des sorties cachées au hasard pendant l’apprentissage : elle freine le "
                "par-cœur. Cours : 0,2."
            ),
        ),
        Rate(training.learning_rate),
        _whole(
            "train_seed",
            training.seed,
            N_("Graine du hasard"),
            (0, 2**32 - 1, 1),
            N_("Elle fixe les poids de départ et l’ordre de lecture : même graine, même réseau."),
        ),
        _whole(
            "seq",
            training.seq_length,
            N_("Longueur"),
            (40, 150, 10),
            N_(
                "Combien de caractères en arrière l’erreur remonte : de là s’apprend le lien "
                "entre deux lettres éloignées. Cours : 40, 60, 100, 150."
            ),
        ),
        Shift(training.shift or 0),
        _whole(
            "batch",
            training.batch_size,
            N_("Lot"),
            (4, 512, 16),
            N_(
                "Combien de passages lus ensemble avant chaque correction : petit, il corrige "
                "souvent ; grand, il va plus vite. Cours : 64."
            ),
        ),
        _whole(
            "min_freq",
            training.min_char_freq,
            N_("Fréquence minimale"),
            (1, 1000, 1),
            N_("Un caractère plus rare que cela sort de l’alphabet. Cours : 1, aucun n’en sort."),
        ),
    ]
    return {knob.name: knob for knob in found}


def turned(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """The settings with what the knobs show, by their names."""
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


def turn_all(config: RunConfig) -> None:
    """Turn all the knobs to these settings; before their widgets."""
    for knob in of(config).values():
        state.change(knob, knob.default)
