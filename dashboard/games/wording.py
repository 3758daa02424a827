"""What is said of the games."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.games.results import Extract
from dashboard.shared import i18n, naming
from dashboard.shared.i18n import _
from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.games import imitation
from moliere_core.games.authorship import AUTHORS, Group, Measures, Reading
from moliere_core.games.imitation import Author, Score, Verdict

NOTHING = "–"


def real(source: str, play: str, title: str) -> str:
    """What a real passage is of."""
    if play in RunConfig().validation:
        return "Molière"
    return _("un pastiche") if source == EMBEDDED else title


def author(found: Author, real: str) -> str:
    """Who wrote a passage."""
    if found.real:
        return real
    return _("{model} à T = {temperature}").format(
        model=naming.model(found.model), temperature=i18n.number(found.temperature, 1)
    )


def share(value: float) -> str:
    """A share of votes; a dash where nobody has voted."""
    return NOTHING if math.isnan(value) else i18n.percent(value)


def outcome(verdict: Verdict, real: str) -> str:
    """What is revealed of a passage."""
    told = _("C’était **{author}**.").format(author=author(verdict.author, real))
    if not verdict.votes:
        return told
    return (
        told
        + " "
        + i18n.ngettext(
            "{right} voix juste sur {votes}.", "{right} voix justes sur {votes}.", verdict.right
        ).format(right=verdict.right, votes=verdict.votes)
    )


def result(score: Score, right: int) -> str:
    """The class's score in words, and what chance would have done."""
    chance = imitation.chance_of_as_many(right, score.passages)
    return _(
        "La classe : **{share}** de voix justes ; la majorité a raison sur **{right}** passages "
        "sur {passages}. À pile ou face, on fait au moins aussi bien {chance} du temps."
    ).format(
        share=share(score.share_right),
        right=right,
        passages=score.passages,
        chance=i18n.percent(chance),
    )


def heat(temperature: float) -> str:
    """All machines at a temperature, as a row."""
    return _("les machines à T = {temperature}").format(temperature=i18n.number(temperature, 1))


def machine(reference: str) -> str:
    """A machine at all temperatures, as a row."""
    return _("{model}, à toutes").format(model=naming.model(reference))


def guesser(reference: str) -> str:
    """A model that guesses letters."""
    if reference.startswith("kn-"):
        return _("{order}-gramme").format(order=reference.removeprefix("kn-"))
    return naming.model(reference)


# Molière ou Corneille ?


def authors() -> tuple[str, str]:
    """The two of them."""
    return "Molière", "Corneille"


def initial(author: str) -> str:
    """An author in one letter, beside a line."""
    return authors()[AUTHORS.index(author)][0]


def networks() -> tuple[str, str]:
    """The two networks, by what they have read."""
    return _("réseau de Molière"), _("réseau de Corneille")


def source(extract: Extract) -> str:
    """What is revealed of a passage."""
    if extract.author:
        name = authors()[AUTHORS.index(extract.author)]
        return _("{author}, *{title}*").format(author=name, title=extract.title)
    if extract.pastiche:
        return _("Ni l’un ni l’autre : un pastiche, *{title}*").format(title=extract.title)
    if extract.title:
        return _("Ni l’un ni l’autre : *{title}*").format(title=extract.title)
    return _("Un passage de la classe")


def hands(counts: tuple[int, int]) -> str:
    """The class's vote."""
    told = zip(authors(), counts, strict=True)
    return _("La classe : {votes}.").format(votes=", ".join(f"{n} {count}" for n, count in told))


def gap(found: Reading) -> str:
    """To whom the passage goes, by how much, and whether that says anything."""
    margin = NOTHING if math.isnan(found.margin) else i18n.bits(found.margin)
    told = _("La balance penche vers **{author}** : {gap} ± {margin} par caractère.").format(
        author=authors()[AUTHORS.index(found.likelier)],
        gap=i18n.number(abs(found.lead), 2),
        margin=margin,
    )
    if not found.sure:
        told += " " + _("C’est moins que la marge : sur si peu de vers, il peut se tromper.")
    return told


def score(passages: Sequence[tuple[bool, bool]]) -> str:
    """How many authors the class and the networks have named; "" before the first.

    Args:
        passages: whether the class was right, and the networks.
    """
    if not passages:
        return ""
    told = i18n.ngettext(
        "Jusqu’ici, sur {count} passage : la classe {votes}, les réseaux {networks}. "
        "À pile ou face, la moitié.",
        "Jusqu’ici, sur {count} passages : la classe {votes}, les réseaux {networks}. "
        "À pile ou face, la moitié.",
        len(passages),
    )
    right, named = (sum(one[k] for one in passages) for k in (0, 1))
    return told.format(count=len(passages), votes=right, networks=named)


def one_author_lacks(pastiche: bool) -> str:
    """What to do where there is no choice between two authors."""
    told = _(
        "Pour un vrai choix, il faut les pièces des deux : *Corpus*, *Ajouter* va chercher celles "
        "de Molière et celles de Corneille."
    )
    if not pastiche:
        return told
    return _("Sans corpus, ces vers sont un pastiche écrit pour cette application.") + " " + told


def group(name: str) -> str:
    """Passages that were measured, as a row."""
    return {
        "moliere": _("Molière, Le Misanthrope et Les Femmes savantes"),
        "corneille": _("Corneille, Le Menteur"),
        "moliere-names": _("les mêmes, vers sans nom de personnage"),
        "corneille-names": _("le même, vers sans nom de personnage"),
        "corneille-tragedies": _("Corneille, tragédies"),
        "racine-plaideurs": _("Racine, Les Plaideurs"),
        "racine-tragedies": _("Racine, tragédies"),
        "pastiches": _("nos pastiches"),
    }[name]


def cells(found: Group) -> list[str]:
    """A row's figures."""
    low, high = found.interval
    return [
        str(found.passages),
        *(i18n.number(bits, 3) for bits in found.bits),
        f"{i18n.number(found.bits[1] - found.bits[0], 3)} ± {i18n.number(found.margin, 3)}",
        _("{share} ({low} à {high})").format(
            share=i18n.percent(found.share),
            low=i18n.number(100 * low),
            high=i18n.number(100 * high),
        ),
    ]


def lengths(found: Measures) -> str:
    """How often the networks name the author, by the number of lines."""
    said, margins = [], []
    for lines in dict.fromkeys(group.lines for group in found.lengths):
        right, margin = found.right(lines)
        told = i18n.ngettext("{count} vers : {share}", "{count} vers : {share}", lines)
        said.append(told.format(count=lines, share=i18n.percent(right)))
        margins.append(margin)
    told = _(
        "Le bon auteur, selon la longueur : {lengths}, à {points} points près ; à pile ou face, "
        "{chance}."
    ).format(
        lengths=", ".join(said),
        points=i18n.number(100 * max(margins)),
        chance=i18n.percent(0.5),
    )
    zero = _(
        "Zéro de la balance : un écart de {zero} par caractère, réglé sur L’École des maris "
        "et La Suite du Menteur, qui ne sont pas dans le tableau ; écart : ce que le réseau de "
        "Corneille paie de plus. Un troisième auteur va à l’un des deux quand même."
    ).format(zero=i18n.bits(found.zero, 3))
    return f"{told} {zero}"
