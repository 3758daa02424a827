"""What is said of the moments of a film, in the reader's language."""

from __future__ import annotations

from typing import Any, Protocol

from dashboard.film.results import NO_BETTER, Moment, Timeline, Words, beaten_and_ahead
from dashboard.shared import components, i18n
from dashboard.shared.i18n import _
from moliere_core.training.learning import Measure

YARDSTICKS = (3, 8)  # orders of the n-grams drawn as references


class Dated(Protocol):
    """A moment of a training."""

    @property
    def epoch(self) -> int | None:
        """That it ended, None inside the first."""

    @property
    def update(self) -> int:
        """After which it was taken."""


def title(moment: Dated) -> str:
    """When it is."""
    if moment.update == 0:
        return _("Avant l’apprentissage")
    if moment.epoch is None:
        return i18n.ngettext(
            "Après {count} mise à jour", "Après {count} mises à jour", moment.update
        ).format(count=i18n.number(moment.update))
    return i18n.ngettext("Après {count} époque", "Après {count} époques", moment.epoch).format(
        count=moment.epoch
    )


def read(line: Timeline, moment: Moment) -> str:
    """How much the network has read by then."""
    if moment.update == 0:
        if line.initial:
            return _("les poids de {model}").format(model=line.initial)
        return _("des poids tirés au hasard")
    chars = moment.update * line.batch_chars
    if chars < 1e6:
        read = _("{count} caractères lus").format(count=i18n.number(chars))
    else:
        millions = round(chars / 1e6, 1)
        read = i18n.ngettext(
            "{count} million de caractères lus",
            "{count} millions de caractères lus",
            2 if millions >= 2 else 1,
        ).format(count=i18n.number(millions, 1))
    return read


def verdict(line: Timeline, measure: Measure) -> str:
    """What the network is better than by then, and what it is not: all of it measured."""
    bits = measure.validation
    if bits is None and line.measuring:
        return _("Ce moment est en train d’être mesuré.")
    if bits is None:
        return _("Ce moment n’a pas de mesure : le texte de l’entraînement n’est plus là.")
    if bits > line.chance * (1 - NO_BETTER):
        return _("Il ne sait encore rien : au hasard, ce serait {bits}.").format(
            bits=i18n.number(line.chance, 2)
        )
    beaten, ahead = beaten_and_ahead(bits, line.ladder)
    theirs = line.chance if beaten is None else line.ladder[beaten]
    better = _("Mieux que {method} ({bits})").format(
        method=_counting(beaten), bits=i18n.number(theirs, 2)
    )
    if ahead is None:
        return better + "."
    return better + _(", pas encore que {method} ({bits}).").format(
        method=_counting(ahead, short=beaten is not None and beaten > 1),
        bits=i18n.number(line.ladder[ahead], 2),
    )


def _counting(order: int | None, short: bool = False) -> str:
    if order is None:
        return _("le hasard")
    if order == 1:
        return _("compter chaque caractère")
    text = _("celles de {n}") if short else _("compter les suites de {n} caractères")
    return text.format(n=order)


def references(line: Timeline) -> list[dict[str, Any]]:
    """The levels drawn across the curves."""
    found = [(_("hasard"), line.chance)]
    for order in YARDSTICKS:
        if order in line.ladder:
            found.append((_("{order}-gramme").format(order=order), line.ladder[order]))
    return [{"label": f"{label} {i18n.number(bits, 2)}", "bits": bits} for label, bits in found]


def labels(words: Words) -> dict[str, str]:
    """What the film calls its parts; `words` are those that its texts are held against."""
    player = components.player(
        _("Moment précédent (flèche gauche)"), _("Moment suivant (flèche droite)")
    )
    return player | {
        "after_text": _("Après « {text} »"),
        "true": _("la suite du texte"),
        "drawn": _("le caractère tiré"),
        "others": _("les autres : {share}"),
        "compare": _("Glissez les deux repères sur la courbe."),
        "before": _("Avant"),
        "after": _("Après"),
        "words": _said_of_words(words),
        "words_beside": _("de mots de son corpus, les autres en gris")
        if words.own
        else _("de mots de Molière, les autres en gris"),
        "curve": _("Courbe (H)"),
        "hesitates": _("hésite comme entre {count} caractères"),
        "axis": _("bits par caractère, échelle log."),
        "updates": _("mises à jour"),
        "validation": _("texte jamais lu"),
        "train": _("texte lu"),
        "chart": _("Courbes d’apprentissage : bits par caractère selon les mises à jour"),
    }


def _said_of_words(words: Words) -> str:
    if words.own:
        text = _("de mots de son corpus (dans ce qu’il n’en a pas lu : {real}), les autres en gris")
    else:
        text = _("de mots de Molière (lui-même : {real}), les autres en gris")
    return text.format(real=i18n.percent(words.held_out))


def held(line: Timeline, count: int) -> str:
    """What the bits are measured on, for so many of them."""
    if line.held_out == "plays":
        return i18n.ngettext(
            "bit par caractère sur des pièces jamais lues",
            "bits par caractère sur des pièces jamais lues",
            count,
        )
    return i18n.ngettext(
        "bit par caractère sur la fin du texte, jamais lue",
        "bits par caractère sur la fin du texte, jamais lue",
        count,
    )


def decimals(count: float) -> str:
    """A number of characters, with a decimal where it matters."""
    return i18n.number(count, 1 if count < 20 else 0)
