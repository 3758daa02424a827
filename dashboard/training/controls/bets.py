"""What the class writes down before a training starts."""

from __future__ import annotations

import math

import streamlit as st

from dashboard.shared import state
from dashboard.shared.controls import Control, Given
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
    """A number of bits typed as people write it: with a comma or with a point.

    Args:
        nats: whether an address holds it in nats.
    """

    def __init__(self, key: str, name: str, label: str, help: str, nats: bool = False) -> None:
        parse, show = (_from_nats, _to_nats) if nats else (_as_typed, _with_point)
        super().__init__(key, name, "", label, parse, show, free=True, help=help)

    def _widget(self, value: str, given: Given) -> str:
        """What is typed, which may be no number."""
        return (st.text_input(max_chars=CHARS, placeholder="?", **given) or "").strip()


def _as_typed(text: str) -> str:
    """A bet of an address, as the reader would have typed it."""
    if amount(text) is None:
        raise ValueError(text)
    return text.replace(".", ",") if state.language() == "fr" else text


def _with_point(text: str) -> str:
    return text.replace(",", ".")


def _from_nats(text: str) -> str:
    """A bet of an address in nats, as the reader would have typed it in bits."""
    nats = amount(text)
    if nats is None:
        raise ValueError(text)
    return _as_typed(f"{round(nats / math.log(2), 2):g}")


def _to_nats(text: str) -> str:
    """A bet in bits, as an address holds it; what is no number as it is."""
    bits = amount(text)
    return _with_point(text) if bits is None else f"{bits * math.log(2):.4g}"


LOSS = Bet(
    "training.guess.loss",
    "guess_loss",
    N_("Au départ"),
    N_(
        "Avant d’avoir rien lu, le réseau donne la même chance à chaque symbole de son "
        "alphabet : quelle perte cela fait-il, en bits ?"
    ),
    nats=True,
)
BITS = Bet(
    "training.guess.bits",
    "guess_bits",
    N_("Bits à la fin"),
    N_("Combien de bits par caractère lui faudra-t-il, sur un texte jamais lu ?"),
)
