"""What is said of a training: where it stands, and what its curves show, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.shared import i18n, naming, trainings, widgets
from dashboard.shared.i18n import _
from dashboard.training.curves import Curves, Epoch, Forgetting, overfitting
from dashboard.training.figures import Bets, in_unit
from moliere_core.exchange.keras_alphabets import RULES
from moliere_core.training.jobs import Job, JobStatus, State
from moliere_core.training.yardsticks import Yardsticks


def name(job: Job) -> str:
    """What people call a job."""
    run = job.run
    label = (run.label if run else "") or job.spec.label
    return naming.training(job.spec.config, label, job.spec.asked_by)


def joined(job: Job) -> str:
    """That the training is somebody else's, of the very same settings."""
    who = widgets.plain(job.spec.asked_by) or _("quelqu’un d’autre")
    if job.status.active:
        return _(
            "Mêmes réglages, même réseau : déjà lancé par {who}, vous le suivez. Pour en avoir un "
            "à vous, changez la graine."
        ).format(who=who)
    return _(
        "Mêmes réglages, même réseau : déjà entraîné par {who}, le voici. Pour en avoir un à vous, "
        "changez la graine."
    ).format(who=who)


def standing(job: Job, status: JobStatus, curves: Curves, unit: str) -> str:
    """The state of a job in a few words and figures."""
    if status.state is State.QUEUED:
        told = trainings.queued(status)
        if status.starts_in is not None:
            told += " · " + _("départ dans {duration} environ").format(
                duration=i18n.duration(status.starts_in)
            )
        return told
    parts = []
    if status.state is State.RUNNING:
        if status.stopping:
            parts.append(_("arrêt en cours"))
        elif not status.updates:
            parts.append(_("le réseau se prépare"))
        parts.append(trainings.epoch(status))
        if status.chars_per_second:
            speed = i18n.number(round(status.chars_per_second, -2))
            parts.append(_("{speed} caractères/s").format(speed=speed))
        if status.seconds_left is not None:
            parts.append(trainings.time_left(status.seconds_left))
        elif not status.stopping:
            total = trainings.estimate(job.spec)
            parts.append(_("{duration} en tout environ").format(duration=total))
        return " · ".join(parts)
    if status.state is State.FINISHED:
        parts.append(_("terminé"))
    elif status.state is State.STOPPED:
        parts.append(_("arrêté"))
    else:
        parts.append(_("échoué"))
    parts.append(
        i18n.ngettext("{count} époque", "{count} époques", len(curves.ended)).format(
            count=len(curves.ended)
        )
    )
    if curves.ended and (nats := curves.ended[-1].validation) is not None:
        parts.append(_("**{bits} par caractère**").format(bits=_amount(nats, unit)))
    return " · ".join(parts)


def verdict(
    curves: Curves, yardsticks: Yardsticks | None, bets: Bets, active: bool, unit: str
) -> list[str]:
    """What the curves say: accuracy, what the references are, who guessed well."""
    last = curves.ended[-1] if curves.ended else None
    parts = [_accuracy(last, yardsticks)] if last and last.accuracy is not None else []
    if yardsticks and yardsticks.ngrams:
        parts.append(
            _("n-grammes comptés sur 28 pièces de Molière")
            if yardsticks.shipped
            else _("n-grammes comptés sur le même texte que lui")
        )
    elif yardsticks:
        parts.append(_("pas de repères n-grammes : le texte de cet entraînement n’est plus ici"))
    if yardsticks and bets.loss is not None:
        told = _("perte au départ : pari {bet}, {logarithm}({symbols}) = {chance}").format(
            bet=i18n.number(in_unit(bets.loss, unit), 2),
            logarithm="ln" if unit == "nats" else "log₂",
            symbols=round(math.exp(yardsticks.chance)),
            chance=_amount(yardsticks.chance, unit),
        )
        if yardsticks.untrained is not None:
            told += _(", mesuré {loss}").format(loss=_amount(yardsticks.untrained, unit))
        parts.append(told)
    if last and last.bits is not None and bets.bits is not None and not active:
        parts.append(
            _("à la fin : pari {bet}, mesuré {bits}").format(
                bet=i18n.number(in_unit(bets.bits * math.log(2), unit), 2),
                bits=_amount(last.bits * math.log(2), unit),
            )
        )
    return parts


def _amount(nats: float, unit: str) -> str:
    return i18n.nats(nats) if unit == "nats" else i18n.bits(nats / math.log(2))


def samples(temperature: float) -> str:
    """How the samples are drawn, and why they may be nonsense beside a high accuracy."""
    return _(
        "Tirés au sort à température {temperature}, en se relisant lui-même. L’exactitude compte "
        "ses premiers choix, après le vrai texte : haute, elle n’exclut pas le charabia."
    ).format(temperature=i18n.number(temperature, 1))


def _accuracy(last: Epoch, yardsticks: Yardsticks | None) -> str:
    told = _("**Exactitude** sur la validation : {share}").format(
        share=i18n.percent(last.accuracy or 0, 1)
    )
    if last.train_accuracy is not None:
        told += _(", sur le texte lu : {share}").format(share=i18n.percent(last.train_accuracy, 1))
    if yardsticks and yardsticks.spaces is not None:
        told += " " + _("(« toujours un espace » : {share})").format(
            share=i18n.percent(yardsticks.spaces, 1)
        )
    return told


def by_heart(curves: Curves) -> str:
    """That validation has turned up, once it has; else nothing."""
    best = overfitting(curves.ended)
    if best is None:
        return ""
    return _(
        "La validation remonte depuis l’époque {number}, alors que l’apprentissage "
        "descend encore : il commence à savoir son texte par cœur. "
        "C’est le surapprentissage."
    ).format(number=best.number)


def heading(epoch: Epoch, unit: str) -> str:
    """An epoch, above what the network wrote at its end."""
    head = _("Époque {number}").format(number=epoch.number)
    return head if epoch.validation is None else f"{head} · {_amount(epoch.validation, unit)}"


def alt(curves: Curves) -> str:
    """The curves, for those who cannot see them."""
    if not curves.ended or curves.ended[-1].bits is None:
        return _("Courbes de perte : aucune époque n’est encore mesurée.")
    last = curves.ended[-1]
    return _("Courbes de perte : {bits} par caractère après {count} époques.").format(
        bits=i18n.bits(last.bits or 0), count=last.number
    )


def continued(outside: int, most: str) -> str:
    """What changes for a network that goes on from a model: its alphabet, and its steps.

    Args:
        outside: characters of the text that its alphabet lacks.
        most: the most frequent of them.
    """
    told = _(
        "Il garde son alphabet et son architecture ; corrigé à petits pas (taux d’apprentissage "
        "plus bas), il oublie moins vite ce qu’il sait."
    )
    if not outside:
        return told
    lacking = i18n.ngettext(
        "{count} caractère du texte n’est pas dans son alphabet, il le lira comme inconnu : {most}",
        "{count} caractères du texte ne sont pas dans son alphabet, il les lira comme inconnus : "
        "{most}",
        outside,
    )
    shown = " ".join(widgets.plain(sign) for sign in most)
    return f"{told} {lacking.format(count=i18n.number(outside), most=shown)}"


def forgotten(forgetting: Forgetting) -> list[str]:
    """What the curves of the new text and of the old say: first the two changes, then of what."""
    _epoch, new, old = forgetting.points[-1]
    before_new, before_old = forgetting.before
    parts = []
    if new is not None and before_new is not None:
        told = _("**Texte nouveau** : {before} avant, {after} maintenant")
        parts.append(told.format(before=i18n.bits(before_new), after=i18n.bits(new)))
    if old is not None and before_old is not None:
        told = _("**texte d’avant** ({which}) : {before} avant, {after} maintenant")
        which = old_text(forgetting.kind)
        parts.append(told.format(which=which, before=i18n.bits(before_old), after=i18n.bits(old)))
    else:
        parts.append(
            _(
                "l’oubli n’est pas mesuré : le texte de l’original n’est pas ici, ou fait partie "
                "du nouveau"
            )
        )
    if forgetting.outside:
        told = i18n.ngettext(
            "{count} caractère du texte nouveau n’est pas dans son alphabet, qu’il garde : il le "
            "lit comme inconnu",
            "{count} caractères du texte nouveau ne sont pas dans son alphabet, qu’il garde : il "
            "les lit comme inconnus",
            forgetting.outside,
        )
        parts.append(told.format(count=i18n.number(forgetting.outside)))
    return parts


def old_text(kind: str) -> str:
    """On what is measured how much a model forgets."""
    return {
        "plays": _("des passages des pièces que l’original n’a jamais lues"),
        "last-tenth": _("des passages de la fin du sien, que l’original n’a jamais lue"),
        "own": _("ce qu’il écrivait de lui-même avant"),
        "pastiches": _("nos pastiches, car les pièces de Molière ne sont pas sur cette machine"),
    }.get(kind, _("un texte que cette version ne connaît pas"))


def forgotten_alt(forgetting: Forgetting) -> str:
    """The same for those who cannot see the curves."""
    said = "\u00a0; ".join(forgotten(forgetting)).replace("*", "")
    return _("Deux courbes, époque par époque. {said}.").format(said=said)


def compared(runs: Sequence[tuple[str, Sequence[tuple[int, float]]]], measure: str) -> str:
    """The curves of several runs, for those who cannot see them."""
    said = {"bits": i18n.bits, "nats": i18n.nats, "accuracy": i18n.percent}[measure]
    told = [f"{name}, {said(measured[-1][1])}" for name, measured in runs if measured]
    return _("Validation de chacun à sa dernière époque : {runs}.").format(runs=" ; ".join(told))


def same_draws(temperature: float) -> str:
    """How the samples that are compared are drawn."""
    return _(
        "Mêmes tirages pour tous, à température {temperature} : ce qui diffère vient des réseaux."
    ).format(temperature=i18n.number(temperature, 1))


def alphabet(key: str, play: str) -> str:
    """How a notebook's model numbers its characters, see `keras_alphabets.Rule`."""
    rule = RULES.get(key)
    if rule is None:
        return ""
    if rule.least == 1:
        parts = [_("alphabet : tous les caractères du texte")]
    else:
        parts = [_("alphabet : caractères vus {least} fois ou plus").format(least=rule.least)]
    parts.append(
        {
            "sorted": _("triés"),
            "met": _("dans l’ordre où ils se rencontrent"),
        }.get(rule.order, _("les plus fréquents d’abord"))
    )
    special = {
        "unknown-last": _("<UNK> en dernier"),
        "unknown-first": _("<UNK> en premier"),
        "unknown-sorted": _("<UNK> trié parmi eux"),
        "padding-unknown": _("remplissage et <UNK> en premier"),
    }.get(rule.special)
    if special:
        parts.append(special)
    if play:
        parts.append(_("de {play}").format(play=play))
    return ", ".join(parts)
