"""The table of the course, with the real figures of the models at hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.bridge import cached as bridge_cache
from dashboard.shared import cached, i18n
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.measures import axis


def show(reference: str) -> None:
    """The table, and where its figures come from."""
    st.table(table(reference))
    st.caption(
        _(
            "Notre colonne vient du modèle des autres pages. Celle des grands modèles "
            "donne des ordres de grandeur publiés ; leurs auteurs ne disent plus tout."
        )
    )


def table(reference: str) -> pd.DataFrame:
    """The table of the course, with the real figures of the models at hand."""
    ours, mini, gpt2 = (
        cached.card(reference),
        bridge_cache.card(pretrained.MINI),
        bridge_cache.card("hf:gpt2"),
    )
    read = axis.shipped().points["verse"]["petit"].train_chars or 0
    millions = _("{count} millions de caractères").format(count=i18n.number(read / 1e6, 1))
    rows = {
        _("Découpage"): (
            _("{count} symboles, dont l’inconnu").format(
                count=len(cached.model(reference).vocabulary)
            ),
            _("{count} bouts de mots (tokens)").format(count=i18n.number(mini.vocab_size)),
            _("{count} bouts de mots (tokens)").format(count=i18n.number(gpt2.vocab_size)),
            _("100 000 à 250 000 bouts de mots"),
        ),
        _("Architecture"): (
            f"{ours.cell} {ours.layers} × {ours.units}",
            _("Transformer, {layers} couches").format(layers=mini.layers),
            _("Transformer, {layers} couches").format(layers=gpt2.layers or 12),
            _("Transformer, une centaine de couches"),
        ),
        _("Contexte"): (
            _("mémoire de {count} nombres, sans limite").format(
                count=ours.layers * ours.units * (2 if ours.cell == "LSTM" else 1)
            ),
            _("{count} tokens").format(count=i18n.number(mini.context_length)),
            _("{count} tokens").format(count=i18n.number(gpt2.context_length)),
            _("100 000 à plus d’un million de tokens"),
        ),
        _("Paramètres"): (
            i18n.number(ours.parameters),
            i18n.number(mini.parameters),
            i18n.number(gpt2.parameters or 124_439_808),
            _("des dizaines à des centaines de milliards"),
        ),
        _("Entraînement"): (
            millions,
            millions,
            _("40 milliards de caractères du Web, surtout anglais"),
            _("des milliers de milliards de mots, puis des avis humains"),
        ),
        _("Principe"): (
            _("prédire le caractère suivant"),
            _("prédire le token suivant"),
            _("prédire le token suivant"),
            _("prédire le token suivant"),
        ),
    }
    columns = (reference, pretrained.MINI, "gpt2", "GPT, Claude, Gemini")
    return pd.DataFrame(rows.values(), columns=list(columns), index=list(rows))
