"""What is said of the games."""

from __future__ import annotations

import math

from dashboard.shared import i18n, naming
from dashboard.shared.i18n import _
from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.games import imitation
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
