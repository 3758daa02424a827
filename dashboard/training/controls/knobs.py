"""The knobs of a network and of its training: each one's address, bounds, effect in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.shared import fields, naming, state
from dashboard.shared.controls import Choice, Control, Flag, Given, Slider, Whole
from dashboard.shared.i18n import _
from moliere_core.config import CELLS, MOST_BLOCKS, MOST_LAYERS, Cell, RunConfig
from moliere_core.errors import N_

SHIFTS = (0, 1, 5, 10, 20)  # 0 stands for contiguous streams
HIGHEST_DROPOUT, LOWEST_RATE, HIGHEST_RATE = 0.6, 1e-4, 0.05


class Shift(Control[int]):
    """How the text is read: streams (0), or windows that start every so many characters.

    A transformer carries no state: instead of streams it has windows that lie end to end.
    """

    def __init__(self, default: int, streams: bool = True) -> None:
        self.streams = streams
        super().__init__(
            "training.shift",
            "shift",
            default,
            N_("Lecture du texte"),
            fields.integer(0, 1000),
            help=N_(
                "En flux, il lit tout une fois en gardant sa mémoire ; en fenêtres, il l’oublie à "
                "chacune et relit le texte plusieurs fois. Cours : fenêtres, décalage 1 ou 5."
            )
            if streams
            else N_(
                "Bout à bout, il lit tout une fois par époque ; avec un décalage plus petit que "
                "le contexte, les fenêtres se chevauchent et il relit le texte plusieurs fois."
            ),
        )

    def _widget(self, value: int, given: Given) -> int:
        """The shift in characters."""

        def told(shift: int) -> str:
            if shift:
                return _("décalage {shift}").format(shift=shift)
            return _("en flux") if self.streams else _("bout à bout")

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
    low, high = min(low, default), max(high, default)  # a stored model may lie outside them
    return Whole(f"training.{name}", name, default, label, low, high, step=step, help=help)


def cell(default: Cell) -> Choice:
    """The kind of network; which other settings there are follows from it."""
    return Choice(
        "training.cell",
        "cell",
        default,
        N_("Cellule"),
        {kind: naming.cell(kind) for kind in CELLS},
        help=N_(
            "RNN : une mémoire sans portes. LSTM : trois portes. GRU : deux, un quart de poids "
            "en moins. Transformer : pas de mémoire, il revoit les derniers caractères."
        ),
    )


def of(config: RunConfig, usual: Cell | None = None) -> dict[str, Any]:
    """Every setting of a training by its name, with these as the defaults.

    Args:
        config: of a kind of network, which has some of the settings and not others.
        usual: the kind that an address without one means; by default that of `config`.
    """
    own = _transformer(config) if config.model.is_transformer else _recurrent(config)
    found = [cell(usual or config.model.cell), *own, *_common(config)]
    return {knob.name: knob for knob in found}


def _recurrent(config: RunConfig) -> list[Control[Any]]:
    """What networks that carry a state have, and a transformer has not."""
    model, training = config.model, config.training
    return [
        _whole(
            "layers",
            model.layers,
            N_("Couches"),
            (1, MOST_LAYERS, 1),
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
            "embedding",
            model.embedding_dim,
            N_("Plongement"),
            (64, 256, 64),
            N_("Combien de nombres décrivent un caractère. Cours : 64, 128, 256."),
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
    ]


def _transformer(config: RunConfig) -> list[Control[Any]]:
    """What a transformer has, and the others have not."""
    model = config.model
    return [
        _whole(
            "layers",
            model.layers,
            N_("Blocs"),
            (1, MOST_BLOCKS, 1),
            N_("Chaque bloc regarde en arrière, puis calcule sur ce qu’il a vu ; et coûte autant."),
        ),
        _whole(
            "units",
            model.units,
            N_("Largeur"),
            (16, 512, 4),
            N_(
                "Combien de nombres décrivent un caractère, d’un bout à l’autre : deux fois plus, "
                "quatre fois plus de calculs. Les têtes se la partagent."
            ),
        ),
        _whole(
            "heads",
            model.heads,
            N_("Têtes"),
            (1, 16, 1),
            N_("Regards en arrière de chaque bloc, côte à côte ; leur nombre divise la largeur."),
        ),
        _whole(
            "context",
            model.context,
            N_("Contexte"),
            (16, 512, 16),
            N_("Combien de caractères il revoit au plus ; au-delà, il n’y a plus rien."),
        ),
        Shift(config.training.shift or 0, streams=False),
    ]


def _common(config: RunConfig) -> list[Control[Any]]:
    """What all of them have."""
    model, training = config.model, config.training
    return [
        _whole(
            "epochs",
            training.epochs,
            N_("Époques"),
            (1, 100, 1),
            N_("Combien de fois il parcourt le texte. Cours : 5, 15, 30."),
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
            "batch",
            training.batch_size,
            N_("Lot"),
            (4, 512, 16),
            N_(
                "Combien de passages lus ensemble avant chaque correction : petit, il corrige "
                "souvent ; grand, il va plus vite. Cours : 64."
            ),
        ),
        Flag(
            "training.last_only",
            "last_only",
            training.last_only,
            N_("Dernière position seule"),
            help=N_(
                "Il n’apprend que du dernier caractère de chaque fenêtre, comme dans le notebook : "
                "les autres sont lus et n’enseignent rien. Aucune mémoire ne passe d’une fenêtre à "
                "l’autre."
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


def turned(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """The settings with what the knobs show, by their names.

    Raises:
        ConfigError: the heads of a transformer do not share out its width.
    """
    fields_of = {"embedding_dim": "embedding", "heads": "heads", "context": "context"}
    own = {field: values[name] for field, name in fields_of.items() if name in values}
    return replace(
        config,
        model=replace(
            config.model,
            cell=values["cell"],
            layers=values["layers"],
            units=values["units"],
            dropout=values["dropout"],
            **own,
        ),
        training=replace(
            config.training,
            epochs=values["epochs"],
            learning_rate=values["rate"],
            seed=values["train_seed"],
            seq_length=values.get("seq", config.training.seq_length),
            shift=values["shift"] or None,
            batch_size=values["batch"],
            min_char_freq=values["min_freq"],
            last_only=values["last_only"],
        ),
    )


def turn_all(config: RunConfig) -> None:
    """Turn all the knobs to these settings; before their widgets."""
    for knob in of(config).values():
        state.change(knob, knob.default)
