"""What is set on the Training page: each setting's address, bounds, and effect in a sentence."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.shared import naming, state, views
from dashboard.shared.controls import Choice, Control, Menu, Several, Slider, Whole
from dashboard.shared.i18n import _
from moliere_core.config import CELLS, RunConfig
from moliere_core.errors import N_

MOST_RUNS = 12  # compared at once
HIGHEST_BET = 20  # nats or bits, beyond any alphabet
BET_CHARS = 8
SHIFTS = (0, 1, 5, 10, 20)  # 0 stands for contiguous streams
HIGHEST_DROPOUT, LOWEST_RATE, HIGHEST_RATE = 0.6, 1e-4, 0.05


JOB: state.Field[str] = state.Field("training.job", "job", "", str)


_JOINED = "training.joined"  # the job of somebody else that a click on the button has led to


def follow(job_id: str, joined: bool = False) -> None:
    """Inside a click: show the curves of this job from now on.

    Args:
        job_id: which one.
        joined: whether it was somebody else's when it was asked for.
    """
    state.change(JOB, job_id)
    st.session_state[_JOINED] = job_id if joined else ""
    views.go("training", "follow")


def is_joined(job_id: str) -> bool:
    """Whether this session asked for that job, and found somebody else's."""
    return bool(st.session_state.get(_JOINED) == job_id)


def another_seed(seed: int) -> None:
    """Inside a click: back to the desk, with a seed that makes another network of it."""
    found = secrets.randbelow(9_999) + 1
    seed_knob = state.Field("training.train_seed", "train_seed", 0, int)
    state.change(seed_knob, found if found != seed else seed + 1)
    views.go("training", "new")


# What a training starts from

PRESET = Choice("training.preset", "preset", "demo", N_("Préréglage"), naming.PRESET_LABELS)
PLAYS = Several(
    "training.plays",
    "plays",
    (),
    N_("Pièces"),
    help=N_("Plus il en lit, mieux il prédit un texte nouveau, et plus c’est long."),
)
START_FROM = Menu(
    "training.initial",
    "from",
    "",
    N_("Partir de"),
    help=N_("Un modèle enregistré garde son alphabet et son architecture, et va plus loin."),
)


# Its settings, whose defaults are those of a preset


class Shift(Control[int]):
    """How the text is read: streams (0), or windows that start every so many characters."""

    def __init__(self, default: int) -> None:
        super().__init__(
            "training.shift",
            "shift",
            default,
            N_("Lecture du texte"),
            state.integer(0, 1000),
            help=N_(
                "En flux, il lit tout une fois en gardant sa mémoire ; en fenêtres, il l’oublie à "
                "chacune et relit le texte plusieurs fois. Cours : fenêtres, décalage 1 ou 5."
            ),
        )

    def ask(self, *, visible: bool = True, disabled: bool = False) -> int:
        """Show it; the shift in characters."""
        current = state.restore(self)

        def told(shift: int) -> str:
            return _("décalage {shift}").format(shift=shift) if shift else _("en flux")

        chosen = st.selectbox(
            options=sorted({*SHIFTS, int(current)}),
            format_func=told,
            **self._common(visible, disabled),
        )
        return state.keep(self, int(chosen))


class Rate(Control[float]):
    """The learning rate."""

    def __init__(self, default: float) -> None:
        super().__init__(
            "training.rate",
            "rate",
            default,
            N_("Taux d’apprentissage"),
            state.number(LOWEST_RATE, HIGHEST_RATE),
            state.brief,
            help=N_(
                "Taille de chaque correction : trop petit, il traîne ; trop grand, il perd pied. "
                "Cours : 0,001."
            ),
        )

    def ask(self, *, visible: bool = True, disabled: bool = False) -> float:
        """Show it; the rate."""
        state.restore(self)
        chosen = st.number_input(
            min_value=LOWEST_RATE,
            max_value=HIGHEST_RATE,
            step=0.0005,
            format="%.4f",
            **self._common(visible, disabled),
        )
        return state.keep(self, float(chosen))


def _whole(name: str, default: int, label: str, bounds: tuple[int, int, int], help: str) -> Whole:
    low, high, step = bounds
    return Whole(f"training.{name}", name, default, label, low, high, step=step, help=help)


def knobs(config: RunConfig) -> dict[str, Any]:
    """Every setting of a training by its name, with these as the defaults."""
    model, training = config.model, config.training
    found: list[Control[Any]] = [
        Choice(
            "training.cell",
            "cell",
            model.cell,
            N_("Cellule"),
            {cell: cell.upper() for cell in CELLS},
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
    for knob in knobs(config).values():
        state.change(knob, knob.default)


# What the class writes down before a training starts


def amount(text: str) -> float | None:
    """The number that was typed as a bet, with a comma or a point; None where it is none."""
    try:
        value = float(_with_point(text))
    except ValueError:
        return None
    return value if 0 <= value <= HIGHEST_BET else None


class Bet(Control[str]):
    """A number typed as people write it: with a comma or with a point."""

    def __init__(self, key: str, name: str, label: str, help: str) -> None:
        super().__init__(key, name, "", label, _as_typed, _with_point, free=True, help=help)

    def ask(self) -> str:
        """Show it; what is typed, which may be no number."""
        state.restore(self)
        typed = st.text_input(max_chars=BET_CHARS, placeholder="?", **self._common(True, False))
        return state.keep(self, (typed or "").strip())


def _as_typed(text: str) -> str:
    """A bet of an address, as the reader would have typed it."""
    if amount(text) is None:
        raise ValueError(text)
    return text.replace(".", ",") if state.language() == "fr" else text


def _with_point(text: str) -> str:
    return text.replace(",", ".")


LOSS_BET = Bet(
    "training.guess.loss",
    "guess_loss",
    N_("Perte au départ"),
    N_(
        "Avant d’avoir rien lu, le réseau donne la même chance à chaque symbole de son "
        "alphabet : quelle perte cela fait-il, en nats ?"
    ),
)
BITS_BET = Bet(
    "training.guess.bits",
    "guess_bits",
    N_("Bits à la fin"),
    N_("Combien de bits par caractère lui faudra-t-il, sur un texte jamais lu ?"),
)


# Stored runs


class CommonText(Control[str]):
    """The text on which models are compared: what a corpus holds out, or one that is typed."""

    TYPED = "typed"

    def ask(self, corpora: Mapping[str, str]) -> str:
        """Show it; `TYPED`, or "held:" and an identifier of a corpus.

        Args:
            corpora: their names by their identifiers.
        """
        told = _("texte gardé pour la mesure ({corpus})")
        labels = {f"held:{corpus}": told.format(corpus=name) for corpus, name in corpora.items()}
        labels[self.TYPED] = _("un texte à vous")
        if state.restore(self) not in labels:
            state.change(self, self.default)
        chosen = st.segmented_control(
            options=list(labels),
            format_func=labels.__getitem__,
            required=True,
            **self._common(False, False),
        )
        return state.keep(self, str(chosen))


def _references(text: str) -> tuple[str, ...]:
    return state.words(text)[:MOST_RUNS]


RUNS = Several(
    "training.runs", "runs", (), N_("Entraînements enregistrés"), _references, most=MOST_RUNS
)
COMMON = CommonText("training.common", "common", "held:embedded", N_("Texte commun"), str)
