"""The discussion, one topic at a time: what changes, four questions, and what comes after."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.bridge import results
from dashboard.bridge.controls import Settings
from dashboard.bridge.views import attention, languages, pairs
from dashboard.shared import cached, i18n, naming, state
from dashboard.shared.cached import Card
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core import pretrained
from moliere_core.errors import N_
from moliere_core.measures import axis


def show(settings: Settings) -> None:
    """One topic at a time."""
    TOPICS[TOPIC.ask()].show(settings)


def _table(settings: Settings) -> None:
    """The table of the course, and where its figures come from."""
    st.table(table(settings.model))
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
        results.card(pretrained.MINI),
        results.card("hf:gpt2"),
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
            f"{naming.cell(ours.cell)} {ours.layers} × {ours.units}",
            _("Transformer, {layers} couches").format(layers=mini.layers),
            _("Transformer, {layers} couches").format(layers=gpt2.layers or 12),
            _("Transformer, une centaine de couches"),
        ),
        _("Contexte"): (
            _context(ours),
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


def _cards(_settings: Settings) -> None:
    """Fine-tuning and alignment, and where the class does both."""
    with st.container(key="bridge-cards"):
        left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown(i18n.lesson("finetuning"))
        state.link(
            "../pages/training.py",
            _("Repartir de petit dans l’Entraînement"),
            ":material/model_training:",
            {"from": "petit"},
        )
    with right, st.container(border=True):
        st.markdown(i18n.lesson("alignment"))
        state.link(
            "../pages/preferences.py",
            _("Voter, dans L’avis de la classe"),
            ":material/how_to_vote:",
            {},
        )


TOPICS: dict[str, View[[Settings]]] = {
    "table": View(N_("Ce qui change"), _table),
    "pairs": View(N_("Prédire ou comprendre ?"), pairs.show),
    "attention": View(N_("L’attention"), attention.show),
    "tongues": View(N_("Deux langues"), languages.show),
    "cards": View(N_("Et après ?"), _cards),
}
TOPIC = chosen("discussion.topic", "topic", N_("Sujet"), TOPICS)


def _context(card: Card) -> str:
    """What a model of characters has before it when it predicts."""
    if card.context:
        return _("{count} caractères").format(count=i18n.number(card.context))
    states = 2 if card.cell == "lstm" else 1
    return _("mémoire de {count} nombres, sans limite").format(
        count=card.layers * card.units * states
    )
