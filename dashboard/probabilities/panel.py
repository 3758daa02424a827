"""What the Probabilities page says of a choice: entropy, rank, perplexity, distance."""

from __future__ import annotations

import streamlit as st

from dashboard.probabilities.choice import NextCharacter, chosen_perplexity
from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _


def hesitation(following: NextCharacter) -> None:
    """The entropy in bits, and what it says in characters."""
    st.metric(_("Entropie"), i18n.bits(following.entropy_bits))
    count = round(2**following.entropy_bits, 1)
    st.markdown(
        i18n.ngettext(
            "Il hésite comme entre **{count} caractère**",
            "Il hésite comme entre **{count} caractères**",
            2 if count >= 2 else 1,
        ).format(count=i18n.number(count, 1))
    )


def heading(reference: str, following: NextCharacter) -> str:
    """The name of a model and its entropy, where there is another beside it."""
    return _("**{model}** · entropie : {bits}").format(
        model=widgets.plain(reference), bits=i18n.bits(following.entropy_bits)
    )


def last_choice(following: NextCharacter) -> None:
    """The rank and the probability of what was chosen last, and the perplexity of all choices."""
    if not following.chain:
        st.caption(_("La température ne change ni les poids du réseau, ni l’ordre des barres."))
        return
    char, chance, rank = following.chain[-1]
    st.markdown(
        _("Dernier choix : **{char}**, rang {rank}, {share}").format(
            char=widgets.plain(widgets.visible(char)),
            rank=rank,
            share=widgets.plain(i18n.chance(chance)),
        )
    )
    count = round(chosen_perplexity(following.chain), 1)
    st.caption(
        i18n.ngettext(
            "Perplexité de la suite choisie : {perplexity} par caractère, sur {count} choix.",
            "Perplexité de la suite choisie : {perplexity} par caractère, sur {count} choix.",
            len(following.chain),
        ).format(perplexity=i18n.number(count, 1), count=len(following.chain))
    )


def difference(left: NextCharacter, right: NextCharacter) -> None:
    """How far two models are from each other, and on which character most."""
    ours, theirs = left.learned, right.learned
    alphabet = dict.fromkeys([*ours, *theirs])
    gaps = {char: abs(theirs.get(char, 0.0) - ours.get(char, 0.0)) for char in alphabet}
    char = max(gaps, key=gaps.__getitem__)
    st.caption(
        _("Plus grand écart, tels qu’appris : {char}, {left} à gauche et {right} à droite.").format(
            char=widgets.plain(widgets.visible(char)),
            left=widgets.plain(i18n.chance(ours.get(char, 0.0))),
            right=widgets.plain(i18n.chance(theirs.get(char, 0.0))),
        )
    )
