"""What one link of the chain changes, and what that bought or cost, in sentences with figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.bridge.chain import Arrow
from dashboard.bridge.wording import models
from dashboard.shared import i18n
from dashboard.shared.i18n import _


@dataclass(frozen=True)
class Figures:
    """What is known of a model; None where nobody measured it.

    Attributes:
        bits: per character, on plays that it has not read.
        parameters: trained numbers.
        seconds: of its training.
    """

    bits: float | None = None
    parameters: int | None = None
    seconds: float | None = None


def told(arrow: Arrow, before: Figures, after: Figures) -> str:
    """What changes from a model to the next, and what its figures say of it, worse ones as well."""
    parts = [
        _("Ce qui change depuis {before} : {changes}.").format(
            before=models.name(arrow.before), changes=_listed(arrow.changes)
        )
    ]
    if arrow.also:
        parts.append(_("Change aussi : {also}.").format(also=_listed(arrow.also)))
    if before.bits is not None and after.bits is not None:
        gained = before.bits - after.bits
        sentence = (
            _("Il y gagne {bits} par caractère")
            if gained >= 0
            else _("Il y perd {bits} par caractère")
        )
        parts.append(sentence.format(bits=i18n.bits(abs(gained), 2)) + _costs(before, after) + ".")
    return " ".join(parts)


def _listed(changes: Sequence[str]) -> str:
    """What differs, in the reader's language."""
    return _(" ; puis ").join(map(_, changes))


def _costs(before: Figures, after: Figures) -> str:
    """What it cost: parameters and seconds, where both are known."""
    costs = []
    if before.parameters and after.parameters:
        costs.append(
            _("{count} paramètres au lieu de {other}").format(
                count=i18n.number(after.parameters), other=i18n.number(before.parameters)
            )
        )
    if before.seconds and after.seconds:
        costs.append(
            _("{duration} d’apprentissage au lieu de {other}").format(
                duration=i18n.duration(after.seconds), other=i18n.duration(before.seconds)
            )
        )
    return "".join(f", {cost}" for cost in costs)


def missing(names: Sequence[str]) -> str:
    """The links that have no model here; "" where all have one."""
    if not names:
        return ""
    return _("Maillons sans modèle ici : {names}.").format(names=", ".join(map(_, names)))
