"""What a plan has shown, in a sentence made of its figures; where they show nothing, it says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.experiments import wording
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from moliere_core.training.experiments import COMMON_TEXT, Plan, Result

LITTLE = 0.02  # bits: of one seed alone, a difference below says nothing


def sentence(plan: Plan, found: Sequence[Result]) -> str | None:
    """What its runs have shown; None where some are missing, or where the lesson says it."""
    sentences: dict[str, Callable[..., str]] = {
        "embedding": _embedding,
        "epochs": _epochs,
        "last_only": _last_only,
        "transformer": _transformer,
    }
    told = sentences.get(plan.name)
    if told is None or [result.variant for result in found] != list(plan):
        return None
    return told(plan, *found)


def targets(result: Result) -> int:
    """Characters on which a run was corrected in all, those that it was shown again included."""
    training = result.run.config.training
    each = 1 if training.last_only else training.seq_length
    return result.updates * training.batch_size * each


def _bits(result: Result) -> float:
    return result.measures.scores[COMMON_TEXT].bits


def _held(result: Result, epoch: int = 0) -> float:
    """On what it holds out, after an epoch; the last where none is given."""
    return float(result.run.history[epoch - 1]["validation_bits_per_char"])


def _seconds(result: Result) -> str:
    return i18n.number(result.measures.seconds[-1])


def _embedding(plan: Plan, *found: Result) -> str:
    best, worst = min(found, key=_bits), max(found, key=_bits)
    gap = _bits(worst) - _bits(best)
    told = _("**{best}** devant {worst} : {gap} de moins.").format(
        best=wording.variant_name(plan, best.variant).capitalize(),
        worst=wording.variant_name(plan, worst.variant),
        gap=i18n.bits(gap, 3),
    )
    if gap < LITTLE:
        return told + " " + _("Si peu, avec une seule graine, ne dit rien.")
    first, last = found[0], found[-1]
    return (
        told
        + " "
        + _(
            "Du plus étroit au plus large, {times} fois plus de paramètres et {seconds} s de "
            "calcul au lieu de {before}."
        ).format(
            times=i18n.number(last.parameters / first.parameters, 1),
            seconds=_seconds(last),
            before=_seconds(first),
        )
    )


def _epochs(plan: Plan, *found: Result) -> str:
    best, (short, *_others, long) = min(found, key=_held), found
    count = short.run.config.training.epochs
    gained = _held(long, count) - _held(short)
    if abs(gained) < LITTLE:
        told = _("s’arrêter là ne change rien de sûr")
    elif gained > 0:
        told = _("finir sa descente lui a fait gagner {gap}")
    else:
        told = _("ralentir si tôt lui a coûté {gap}")
    return _(
        "Le plus bas à la fin : **{best}**, {bits}. Après {count} passages, celui qui en fait "
        "{long} en est à {there}, celui qui s’arrête là à {here} : {told}."
    ).format(
        best=wording.variant_name(plan, best.variant),
        bits=i18n.bits(_held(best), 3),
        count=count,
        long=long.run.config.training.epochs,
        there=i18n.number(_held(long, count), 3),
        here=i18n.number(_held(short), 3),
        told=told.format(gap=i18n.bits(abs(gained), 3)),
    )


def _last_only(plan: Plan, last: Result, every: Result) -> str:
    told = _(
        "Avec {times} fois moins de lettres à deviner, **la dernière position** coûte {gap} de "
        "plus, pour {seconds} s de calcul au lieu de {before}."
    ).format(
        times=i18n.number(targets(every) / targets(last)),
        gap=i18n.bits(_bits(last) - _bits(every), 2),
        seconds=_seconds(last),
        before=_seconds(every),
    )
    few, many = last.measures.context, every.measures.context
    if few is None or many is None:
        return told
    return (
        told
        + " "
        + _(
            "Avec un seul caractère visible, il en coûte {gap} : il n’a jamais appris à "
            "deviner si tôt."
        ).format(gap=i18n.bits(few.at(1) - many.at(1), 2))
    )


def _transformer(plan: Plan, lstm: Result, seconds: Result, passes: Result) -> str:
    def beside(result: Result) -> str:
        gap = _bits(lstm) - _bits(result)
        told = _("devance le LSTM de {gap}") if gap > 0 else _("est derrière le LSTM, à {gap}")
        return told.format(gap=i18n.bits(abs(gap), 3))

    return _(
        "À temps comparable ({seconds} s au lieu de {lstm}), le transformer **{first}** ; à "
        "passages égaux ({passes} s), il **{second}**."
    ).format(
        lstm=_seconds(lstm),
        seconds=_seconds(seconds),
        passes=_seconds(passes),
        first=beside(seconds),
        second=beside(passes),
    )
