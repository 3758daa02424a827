"""What the class writes down before a training starts."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import state
from dashboard.shared.controls import Control
from moliere_core.errors import N_

HIGHEST = 20  # nats or bits, beyond any alphabet
CHARS = 8


def amount(text: str) -> float | None:
    """The number that was typed as a bet, with a comma or a point; None where it is none."""
    try:
        value = float(_with_point(text))
    except ValueError:
        return None
    return value if 0 <= value <= HIGHEST else None


class Bet(Control[str]):
    """A number typed as people write it: with a comma or with a point."""

    def __init__(self, key: str, name: str, label: str, help: str) -> None:
        super().__init__(key, name, "", label, _as_typed, _with_point, free=True, help=help)

    def ask(self) -> str:
        """Show it; what is typed, which may be no number."""
        state.restore(self)
        typed = st.text_input(max_chars=CHARS, placeholder="?", **self._common(True, False))
        return state.keep(self, (typed or "").strip())


def _as_typed(text: str) -> str:
    """A bet of an address, as the reader would have typed it."""
    if amount(text) is None:
        raise ValueError(text)
    return text.replace(".", ",") if state.language() == "fr" else text


def _with_point(text: str) -> str:
    return text.replace(",", ".")


LOSS = Bet(
    "training.guess.loss",
    "guess_loss",
    N_("Perte au départ"),
    N_(
        "Avant d’avoir rien lu, le réseau donne la même chance à chaque symbole de son "
        "alphabet : quelle perte cela fait-il, en nats ?"
    ),
)
BITS = Bet(
    "training.guess.bits",
    "guess_bits",
    N_("Bits à la fin"),
    N_("Combien de bits par caractère lui faudra-t-il, sur un texte jamais lu ?"),
)
