"""The chain from counting to a model of the Web: from each link to the next, one thing changes.

What had to change with it, a recipe, a size, is named as well: no two of these models differ in one
number alone.

A table of references: a link whose model is not here is passed over, and what it would have changed
is told with the next one's; it appears by itself once its model is there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from moliere_core import pretrained
from moliere_core.errors import N_


@dataclass(frozen=True)
class Link:
    """A kind of model.

    Attributes:
        name: what it is, marked with `N_`.
        references: of models of that kind, the first that is here stands for it.
        after: the place in the table of the link that it is compared with; None for the first.
        change: the one thing that is to be compared, marked with `N_`.
        also: what else differs from that link, marked with `N_`; "" for nothing.
    """

    name: str
    references: tuple[str, ...]
    after: int | None
    change: str
    also: str = ""


COUNTING, RNN, LSTM, LARGE, ATTENTION, TOKENS, ELSEWHERE, FRENCH = range(8)
LINKS = (
    Link(N_("compter"), ("kn-8",), None, ""),
    Link(N_("un RNN"), ("petit-rnn",), COUNTING, N_("un état qu’il transmet, au lieu de comptes")),
    Link(
        N_("un LSTM"),
        ("petit",),
        RNN,
        N_("des portes, qui choisissent ce qu’il retient"),
        N_("un pas d’apprentissage plus grand"),
    ),
    Link(
        N_("un LSTM plus grand"),
        ("grand",),
        LSTM,
        N_("la taille"),
        N_("la durée, et trois maîtres qu’il imite, dont le temps n’est pas compté ici"),
    ),
    Link(
        N_("un transformer de caractères"),
        ("petit-gpt",),
        LSTM,
        N_("l’attention, au lieu d’une mémoire"),
        N_("la façon de corriger les poids (Muon au lieu d’Adam), et deux passages de plus"),
    ),
    Link(
        N_("un transformer de tokens"),
        (pretrained.MINI,),
        ATTENTION,
        N_("des tokens, au lieu de caractères"),
        N_("la taille, et six passages de plus"),
    ),
    Link(
        N_("un modèle du Web dans une autre langue"),
        ("hf:gpt2", "hf:HuggingFaceTB/SmolLM2-135M-Instruct"),
        TOKENS,
        N_("le Web, surtout en anglais, au lieu de Molière"),
        N_("la taille"),
    ),
    Link(
        N_("un modèle du Web en français"),
        ("hf:asi/gpt-fr-cased-small", "hf:google/gemma-3-270m"),
        ELSEWHERE,
        N_("la langue : il a lu du français"),
        N_("la recette, faite ailleurs"),
    ),
)
# Of characters, in the order in which they are climbed.
OF_CHARACTERS = tuple(
    name for place in (RNN, LSTM, LARGE, ATTENTION) for name in LINKS[place].references
)


@dataclass(frozen=True)
class Arrow:
    """From a model to the next of the chain.

    Attributes:
        before: the model that it is compared with.
        changes: what is compared, marked with `N_`: one thing, and those of the links without a
            model.
        also: what else differs, likewise.
    """

    before: str
    changes: tuple[str, ...]
    also: tuple[str, ...] = ()


def arrows(here: Collection[str]) -> dict[str, Arrow]:
    """What leads to each model of the chain, by its reference.

    Args:
        here: references of the models that there are.
    """
    found = {}
    for link in LINKS:
        model, passed, at = _standing(link, here), [link], link.after
        while model is not None and at is not None:
            if (before := _standing(LINKS[at], here)) is not None:
                passed.reverse()
                also = tuple(one.also for one in passed if one.also)
                found[model] = Arrow(before, tuple(one.change for one in passed), also)
                break
            passed.append(LINKS[at])
            at = LINKS[at].after
    return found


def missing(here: Collection[str]) -> list[str]:
    """Names of the links without a model, marked with `N_`."""
    return [link.name for link in LINKS if _standing(link, here) is None]


def _standing(link: Link, here: Collection[str]) -> str | None:
    """The model that stands for a link."""
    return next((name for name in link.references if name in here), None)
