"""What each layer would already say of a symbol of the text: the logit lens."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import text, transformers
from dashboard.inside.text import Cut
from dashboard.shared import attention, i18n, tables, widgets
from dashboard.shared.attention import Look
from dashboard.shared.i18n import _
from moliere_core.networks.arrays import Array
from moliere_core.text.signs import all_visible

COMPONENT = "inside.attention.lens"
COUNT = 5  # symbols of each layer


def show(cut: Cut) -> None:
    """The text, and what each layer would have said in the place of the chosen symbol."""
    attention.show(
        COMPONENT,
        cut.pieces,
        [Look("", cut.heads[-1].mean(axis=0))],
        _("Cliquez sur le texte : qu’aurait dit chaque couche à la place de ce symbole ?"),
        asked=cut.at,
        heard=partial(pick, cut.pieces),
    )
    if not cut.at:
        st.info(_("Choisissez un symbole qui en suit au moins un autre."))
        return
    answer = transformers.guesses(cut.reference, cut.typed, cut.at - 1, COUNT)
    if answer is None or answer.found is None:
        return
    found = answer.found
    symbols = [[all_visible(answer.others[int(i)]) for i in row] for row in found.symbols]
    layers = [
        _("plongement"),
        *(_("couche {number}").format(number=n + 1) for n in range(len(cut.heads))),
    ]
    final = symbols[-1][0]
    decided = next(k for k in range(len(symbols)) if all(row[0] == final for row in symbols[k:]))
    true = all_visible(cut.pieces[cut.at])
    st.markdown(
        _("Il préfère « {final} » dès : **{layer}**. Le texte dit « {true} ».").format(
            final=widgets.plain(final), layer=layers[decided], true=widgets.plain(true)
        )
    )
    st.markdown(
        _("**Après « {before} », ce que dirait chaque couche**").format(
            before=widgets.plain(all_visible(cut.pieces[cut.at - 1]))
        )
    )
    st.html(_table(layers, symbols, found.probs, final))
    tables.download(
        pd.DataFrame(
            {
                _("couche"): layers[k],
                _("rang"): rank + 1,
                _("symbole"): symbols[k][rank],
                _("probabilité"): float(found.probs[k, rank]),
                _("entropie (bits)"): float(found.entropy[k]),
                _("écart à la dernière couche (bits)"): float(found.distance[k]),
            }
            for k in range(len(layers))
            for rank in range(len(symbols[k]))
        ),
        "inside.lens",
    )
    st.caption(
        _(
            "Le dernier calcul du réseau, appliqué au flux de chaque couche. Seule la dernière est "
            "entraînée à être lue ainsi : les autres diraient cela, si les suivantes ne faisaient "
            "rien."
        )
    )
    _decided(cut, layers)


def _decided(cut: Cut, layers: list[str]) -> None:
    """Over the whole text: how many symbols are guessed, and by which layer for good."""
    answer = transformers.next_by_layer(cut.reference, cut.typed)
    if answer is None or answer.found is None:
        return
    counts = np.bincount(answer.found.decided, minlength=len(layers) + 1)
    total = int(counts.sum())
    told = ", ".join(
        _("{layer} : {count}").format(layer=layer, count=count)
        for layer, count in zip(layers, counts.tolist(), strict=False)
    )
    st.markdown(
        _(
            "Sur tout ce texte, **{share}** des {total} symboles à venir sont son premier choix ; "
            "ils le sont pour de bon dès : {told}."
        ).format(share=widgets.plain(i18n.percent(1 - counts[-1] / total)), total=total, told=told)
    )


def _table(
    layers: Sequence[str], symbols: Sequence[Sequence[str]], probs: Array, final: str
) -> str:
    """A row a layer, the embedding at the top: its likeliest symbols, the darker the likelier.

    Args:
        layers: what each is called.
        symbols: the likeliest of each, best first.
        probs: their probabilities, same shape.
        final: the symbol that the last layer prefers, set off everywhere.
    """
    heads = [_("couche"), *(str(rank + 1) for rank in range(probs.shape[1]))]
    top = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{html.escape(layer)}</th>'
        + "".join(
            f'<td style="--share: {chance:.3f}"{" class=last" if symbol == final else ""}>'
            f"{html.escape(symbol)} {html.escape(i18n.chance(float(chance)))}</td>"
            for symbol, chance in zip(row, chances, strict=True)
        )
        + "</tr>"
        for layer, row, chances in zip(layers, symbols, probs, strict=True)
    )
    head = f"<thead><tr>{top}</tr></thead>"
    return f'<table class="facts-table lens">{head}<tbody>{body}</tbody></table>'


def pick(pieces: tuple[str, ...]) -> None:
    """Inside a click: another symbol."""
    found = attention.clicked(COMPONENT)
    if found is not None and found[0] < len(pieces):
        text.choose_symbol(pieces, found[0])
