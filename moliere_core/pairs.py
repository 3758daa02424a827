"""Minimal pairs: two ends of one sentence, of which a speaker would say one (Warstadt et al. 2020).

A model that gives the right end fewer bits prefers it. It may do so for agreement and not for
meaning, for meaning and not for facts: predicting is not understanding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moliere_core import pretrained
from moliere_core.models import load_model
from moliere_core.normalise import normalise

Kind = Literal["agreement", "meaning", "fact"]


@dataclass(frozen=True)
class Pair:
    """A beginning and its two ends.

    Attributes:
        name: identifies it in an address.
        kind: what the ends differ in.
        context: what comes before.
        good: the end that a speaker would choose.
        bad: the other one, of about the same length.
    """

    name: str
    kind: Kind
    context: str
    good: str
    bad: str


# In the spelling and on the subjects of the plays, so that the LSTMs are not beaten by words alone.
PAIRS = (
    Pair("servantes", "agreement", "Les servantes que vous avez vues sont ", "belles.", "beau."),
    Pair("maitre", "agreement", "Le maître de ces valets est fort ", "content.", "contents."),
    Pair("nous", "agreement", "Ma sœur et moi, nous ", "partons demain.", "partez demain."),
    Pair("lettre", "meaning", "Il prit la plume et lui écrivit ", "une lettre.", "une chaise."),
    Pair("medecin", "meaning", "Je suis malade, faites venir ", "le médecin.", "le chapeau."),
    Pair("mort", "meaning", "Mon pauvre père est mort, et j'en suis fort ", "triste.", "joyeux."),
    Pair("paris", "fact", "Le roi de France a quitté Versailles pour ", "Paris.", "Pékin."),
    Pair("jours", "fact", "Il y a dans une semaine ", "sept jours.", "neuf jours."),
    Pair("soleil", "fact", "Chaque matin, du côté de l'orient, se lève ", "le soleil.", "la lune."),
)


def bits(reference: str, pair: Pair) -> tuple[float, float]:
    """The bits that a model gives to the right end and to the wrong one, after the beginning.

    The space between the two counts with the end, for every model: a model of tokens has it at
    the head of the next word's token, and does not know a beginning that ends in a space alone.

    Raises:
        MoliereError: the model is not there.
    """
    context = normalise(pair.context)
    before = context.rstrip(" ")
    good, bad = (normalise(context[len(before) :] + end) for end in (pair.good, pair.bad))
    if pretrained.is_pretrained(reference):
        asked = [pretrained.score(reference, end, before) for end in (good, bad)]
        first, second = (float(request.result().bits.sum()) for request in asked)
        return first, second
    model = load_model(reference)
    first, second = (
        float(model.surprisal(before + end)[len(before) :].sum()) for end in (good, bad)
    )
    return first, second
