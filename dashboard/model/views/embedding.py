"""The embedding: a table looked up, which is a product with a row of one 1 among zeros."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.model import figures
from dashboard.model.controls import CHAR, Settings
from dashboard.model.results import TRAINED, UNTRAINED
from dashboard.shared import cached, charts, i18n, tables
from dashboard.shared.i18n import _
from dashboard.shared.widgets import plain
from moliere_core.networks.arrays import Array
from moliere_core.text.normalise import normalise
from moliere_core.text.signs import visible
from moliere_core.text.vocabulary import UNKNOWN

NEAREST = 5


@dataclass(frozen=True)
class LookUp:
    """One character in the table.

    Attributes:
        char: as it is read.
        index: its row.
        row: its vector, (embedding,).
        difference: the largest difference between that row and the product.
    """

    char: str
    index: int
    row: Array
    difference: float


def look_up(char: str) -> LookUp:
    """A character's row of petit's table, taken and multiplied."""
    model = cached.recurrent(TRAINED)
    table = model.network.embedding  # (vocab_size, embedding)
    index = int(model.vocabulary.encode(char)[0])
    one_hot = np.zeros(len(table), np.float32)
    one_hot[index] = 1
    difference = float(np.abs(one_hot @ table - table[index]).max())
    return LookUp(char, index, table[index], difference)


def nearest(reference: str, char: str) -> list[tuple[str, float]]:
    """The characters whose vectors point most nearly the same way, with their cosines."""
    model = cached.recurrent(reference)
    table = model.network.embedding
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    index = int(model.vocabulary.encode(char)[0])
    cosines = unit @ unit[index]
    cosines[[UNKNOWN, index]] = -np.inf
    best = np.argsort(-cosines, kind="stable")[:NEAREST]
    return [(model.vocabulary.decode([int(i)]), float(cosines[i])) for i in best]


def show(_settings: Settings) -> None:
    """The table with the row of the chosen character, and its neighbours."""
    left, right = st.columns([1.25, 1], gap="medium")
    with right:
        char = (normalise(CHAR.ask()) or " ")[0]
        found = look_up(char)
        table = cached.recurrent(TRAINED).network.embedding
        symbols, size = table.shape
        st.caption(
            _(
                "« {char} » est le symbole n° **{index}**. Un vecteur *one-hot* a {symbols} "
                "nombres : un 1 à la place {index}, {zeros} zéros. Multiplié par la table, il en "
                "donne la ligne {index} : {products} produits, dont {useless} par zéro. "
                "Aller chercher la ligne n’en fait aucun ; écart entre les deux : {difference}."
            ).format(
                char=plain(visible(found.char)),
                index=found.index,
                symbols=symbols,
                zeros=symbols - 1,
                products=i18n.number(symbols * size),
                useless=i18n.number((symbols - 1) * size),
                difference=i18n.number(found.difference),
            )
        )
        if found.index == UNKNOWN:
            st.info(_("« petit » n’a jamais lu ce caractère : il lit à sa place « inconnu »."))
        tables.show(
            [_("voisins (cosinus)"), _("jamais entraîné"), _("entraîné")],
            [
                [str(rank), *(f"{visible(n)} {i18n.number(c, 2)}" for n, c in pair)]
                for rank, pair in enumerate(
                    zip(nearest(UNTRAINED, char), nearest(TRAINED, char), strict=True), start=1
                )
            ],
        )
    with left:
        alphabet = cached.model(TRAINED).vocabulary.decode(range(symbols))
        figure = figures.embedding_figure(table, alphabet, found.index, charts.dark())
        data = pd.DataFrame(table, index=pd.Index(list(alphabet), name=_("symbole"))).reset_index()
        alt = _(
            "La table des plongements de « petit » : {symbols} lignes, une par symbole, de {size} "
            "nombres ; la ligne {index} est encadrée."
        ).format(symbols=symbols, size=size, index=found.index)
        charts.show(figure, "model.table", data, alt)
