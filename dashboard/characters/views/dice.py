"""Counts of pairs, three dice: what a class writes on paper, the screen writes too."""

from __future__ import annotations

import streamlit as st

from dashboard.characters import controls, dice, results
from dashboard.shared import cached, paper, tables, widgets
from dashboard.shared.i18n import _
from moliere_core.models.dice import START, faces, throws
from moliere_core.text.signs import visible

SHOWN = 12  # throws that are followed one by one


def show(sentence: str, source: str) -> None:
    """The play, the seed and the text that they give; the sheet to print."""
    titles = cached.corpus(source).titles
    with st.container(horizontal=True, vertical_alignment="bottom"):
        play = controls.PLAY.ask(list(titles), titles.__getitem__)
        with st.container(width=160):
            seed = widgets.seed()
        model = results.dice(source, play)
        found = throws(seed, controls.THROWS)
        paper.download(
            _("La feuille à imprimer"),
            dice.sheet(model, titles[play], seed, found),
            f"moliere-des-{play}-{seed}",
            "characters.dice.sheet",
        )
    text = model.write(found)
    st.html(f'<p class="dice-text">{paper.escaped(dice.shown(text))}</p>')
    st.markdown(
        _(
            "Trois dés font 216 lancers. Chaque lettre les partage entre celles qui la suivent "
            "dans la pièce, en proportion de leurs comptes : un modèle qui ne voit qu’une lettre."
        )
    )
    before = [START, *text]
    columns = [
        [_("après"), *(visible(char) for char in before[:SHOWN])],
        [_("dés"), *(faces(throw) for throw in found[:SHOWN])],
        [_("lettre"), *(visible(char) for char in text[:SHOWN])],
    ]
    tables.show(["", *(str(number) for number in range(1, SHOWN + 1))], columns)
