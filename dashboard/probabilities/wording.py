"""What the Next character page says of a choice: entropy, rank, perplexity, distance, votes."""

from __future__ import annotations

import math
from collections import Counter

from dashboard.probabilities.results import NextCharacter, chosen_perplexity
from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.text.signs import visible


def hesitation(following: NextCharacter) -> str:
    """Its entropy, said in characters."""
    count = round(2**following.entropy_bits, 1)
    return i18n.ngettext(
        "Il hésite comme entre **{count} caractère**",
        "Il hésite comme entre **{count} caractères**",
        2 if count >= 2 else 1,
    ).format(count=i18n.number(count, 1))


def heading(reference: str, following: NextCharacter) -> str:
    """The name of a model and its entropy, where there is another beside it."""
    return _("**{model}** · entropie : {bits}").format(
        model=widgets.plain(reference), bits=i18n.bits(following.entropy_bits)
    )


def last_choice(following: NextCharacter) -> str:
    """The rank and the probability of what was chosen last."""
    char, chance, rank = following.chain[-1]
    return _("Dernier choix : **{char}**, rang {rank}, {share}").format(
        char=_shown(char), rank=rank, share=_chance(chance)
    )


def perplexity(following: NextCharacter) -> str:
    """The perplexity of all that was chosen."""
    return i18n.ngettext(
        "Perplexité de la suite choisie : {perplexity} par caractère, sur {count} choix.",
        "Perplexité de la suite choisie : {perplexity} par caractère, sur {count} choix.",
        len(following.chain),
    ).format(
        perplexity=i18n.number(round(chosen_perplexity(following.chain), 1), 1),
        count=len(following.chain),
    )


def difference(left: NextCharacter, right: NextCharacter) -> str:
    """How far two models are from each other, and on which character most."""
    ours, theirs = left.learned, right.learned
    alphabet = dict.fromkeys([*ours, *theirs])
    gaps = {char: abs(theirs.get(char, 0.0) - ours.get(char, 0.0)) for char in alphabet}
    char = max(gaps, key=gaps.__getitem__)
    return _(
        "Plus grand écart, tels qu’appris : {char}, {left} à gauche et {right} à droite."
    ).format(
        char=_shown(char),
        left=_chance(ours.get(char, 0.0)),
        right=_chance(theirs.get(char, 0.0)),
    )


def vote(char: str, count: int, following: NextCharacter) -> str:
    """A character, how many voted for it, and what the model says of it."""
    hands = i18n.ngettext("{count} voix", "{count} voix", count).format(count=count)
    return f"**{_shown(char)}** {hands} ({_verdict(char, following)})"


def division(guesses: Counter[str]) -> str:
    """How divided the class is, in the unit of the model's entropy."""
    shares = [count / guesses.total() for count in guesses.values()]
    return _("Entropie des votes : **{bits}**").format(
        bits=i18n.bits(abs(sum(share * math.log2(share) for share in shares)))
    )


def favourite(following: NextCharacter) -> str:
    """What the model would write first, for a telephone."""
    first = following.bars[0]
    return _("Le premier choix du modèle : {char}, {share}.").format(
        char=visible(first.char), share=i18n.chance(first.before)
    )


def _verdict(char: str, following: NextCharacter) -> str:
    """What the model says of a vote; the settings change the chances, not the ranks."""
    if char not in following.learned:
        return _("jamais lu par ce modèle")
    order = sorted(following.learned, key=following.learned.__getitem__, reverse=True)
    rank = order.index(char)
    if rank >= len(following.bars):
        return _("rang {rank}, sous les barres montrées").format(rank=rank + 1)
    share = _chance(following.bars[rank].after)
    return _("rang {rank}, {share}").format(rank=rank + 1, share=share)


def _shown(char: str) -> str:
    return widgets.plain(visible(char))


def _chance(probability: float) -> str:
    return widgets.plain(i18n.chance(probability))
