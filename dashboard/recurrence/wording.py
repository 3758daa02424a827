"""Sentences of the Recurrence page, made of what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.measures.context_cost import ContextCost
from moliere_core.measures.name_recall import NameRecall

LEAST = 0.1  # bits, below which nobody would call it a memory
ERRORS = 2.0  # standard errors that a figure must stand above zero


def remembers(point: NameRecall) -> bool:
    """Whether a model has kept something of the name, beyond chance."""
    return point.own >= LEAST and point.own > ERRORS * point.own_error


def remembered(found: Mapping[str, Sequence[NameRecall]]) -> str:
    """Who remembers the name, and how little that is of what it costs."""
    kept, lost = [], []
    for name, points in found.items():
        if not any(map(remembers, points)):
            lost.append(f"**{widgets.plain(name)}**")
            continue
        told = ", ".join(
            _("{bits} après {count}").format(bits=i18n.number(point.own, 1), count=point.distance)
            for point in points
        )
        kept.append(
            _("**{model}** en gagne {told} (bits, sur les {all} que coûte le nom)").format(
                model=widgets.plain(name), told=told, all=i18n.number(points[0].other)
            )
        )
    parts = []
    if kept:
        parts.append(_("{models}.").format(models=" ; ".join(kept)))
    if lost:
        parts.append(
            _("Rien de sûr, à aucune distance, chez {models}.").format(models=", ".join(lost))
        )
    return " ".join(parts)


def growth(costs: Sequence[ContextCost]) -> str:
    """How the price of one more character grows, and what is remembered for it."""
    first, last = costs[0], costs[-1]
    return _(
        "De {few} à {many} caractères déjà lus, un pas du LSTM va de {lstm} à {lstm_last} ms, un "
        "pas du transformer de {gpt} à {gpt_last} ms ; s’il relisait tout à chaque pas, {again} "
        "ms. Le LSTM retient {state} nombres, toujours ; le transformer, {memory}."
    ).format(
        few=first.context,
        many=i18n.number(last.context),
        lstm=_ms(first.recurrent_step),
        lstm_last=_ms(last.recurrent_step),
        gpt=_ms(first.transformer_step),
        gpt_last=_ms(last.transformer_step),
        again=_ms(last.transformer_again),
        state=i18n.number(last.recurrent_numbers),
        memory=i18n.number(last.transformer_numbers),
    )


def chains(costs: Sequence[ContextCost], lstm_layers: int, blocks: int) -> str:
    """What must be waited for: steps that cannot be taken side by side."""
    last = costs[-1]
    return _(
        "Pour lire {count} caractères, le LSTM enchaîne {chain} calculs qui s’attendent l’un "
        "l’autre ; le transformer, {blocks}, un par couche, chacun sur toutes les places à la "
        "fois. Sur un cœur de processeur, il faut de toute façon tout faire à la suite ; sur une "
        "carte graphique, qui multiplie par milliers à la fois, c’est ce qui permet d’entraîner en "
        "grand."
    ).format(
        count=i18n.number(last.context),
        chain=i18n.number(last.context * lstm_layers),
        blocks=blocks,
    )


def _ms(seconds: float) -> str:
    value = 1e3 * seconds
    return i18n.number(value, 2 if value < 1 else 1 if value < 10 else 0)
