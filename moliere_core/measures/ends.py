"""The bits that any model gives to what may follow a beginning."""

from __future__ import annotations

from collections.abc import Callable

from moliere_core import pretrained
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import load_model

EndBits = Callable[[str, str], float]  # of an end after a beginning, both normalised


def end_bits(reference: str) -> EndBits:
    """What gives the bits of an end after a beginning, for a model of any kind.

    The space between the two counts with the end, for every model: a model of tokens has it at
    the head of the next word's token, and does not know a beginning that ends in a space alone.

    Raises:
        MoliereError: the model is not there.
    """
    if pretrained.is_pretrained(reference):
        return lambda before, end: float(
            pretrained.score(reference, end, before).result().bits.sum()
        )
    return end_bits_of(load_model(reference))


def end_bits_of(model: CharModel) -> EndBits:
    """The same of a model of characters."""
    return lambda before, end: float(model.surprisal(before + end)[len(before) :].sum())
