"""The loss: why sparse, and what it is before anything is learned."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard.model import figures, results
from dashboard.model.controls import START, Settings
from dashboard.model.results import TRAINED, UNTRAINED
from dashboard.shared import cached, charts, i18n, tables
from dashboard.shared.i18n import _
from moliere_core.models.references import NetworkModel
from moliere_core.networks.architecture import one_hot_bytes, sparse_bytes
from moliere_core.networks.arrays import Array, softmax
from moliere_core.text.windows import epoch_plan


def show(settings: Settings) -> None:
    """The figures on the left, the two softmaxes on the right."""
    left, right = st.columns([1, 1.05], gap="medium")
    with right:
        start = START.ask(visible=False)
        before, after = (_next(cached.model(name), start) for name in (UNTRAINED, TRAINED))
        alphabet = cached.model(TRAINED).vocabulary.decode(range(len(before)))
        figure = figures.softmax_figure(alphabet, before, after, charts.dark())
        data = pd.DataFrame({_("symbole"): list(alphabet), UNTRAINED: before, TRAINED: after})
        alt = _(
            "Avant l’apprentissage toutes les barres sont près de {even} ; après, la plus haute "
            "atteint {best}."
        ).format(even=i18n.percent(1 / len(before), 1), best=i18n.percent(float(after.max()), 1))
        charts.show(figure, "model.softmax", data, alt, lower=True)
    with left:
        with st.spinner(_("Le réseau non entraîné lit…")):
            found = rows(settings)
        tables.show([_("au départ"), ""], found)
        st.caption(sparse(settings))


def rows(settings: Settings) -> list[list[str]]:
    """What the loss is before the first correction, expected and measured."""
    symbols, petit = settings.symbols, len(cached.model(UNTRAINED).vocabulary)
    measured = results.start_loss(settings.model, settings.source)
    theirs = results.loss_of(UNTRAINED, settings.source)
    trained = results.loss_of(TRAINED, settings.source)
    return [
        [_("symboles possibles, V"), i18n.number(symbols)],
        [_("chance de chacun, 1 / V"), i18n.percent(1 / symbols, 2)],
        [_("perte attendue, ln V"), _nats(math.log(symbols))],
        [_("mesurée, ces réglages jamais entraînés"), _nats(measured)],
        [_("petit : ln {symbols}").format(symbols=petit), _nats(math.log(petit))],
        [_("petit@0, mesurée"), _nats(theirs)],
        [_("petit, entraîné"), _nats(trained)],
    ]


def sparse(settings: Settings) -> str:
    """What targets as rows of 0 and 1 would take."""
    batch, length = settings.training.batch_size, settings.training.seq_length
    symbols = settings.symbols
    plan = epoch_plan(len(settings.material.text), length, settings.training.shift, batch)
    one = batch * length
    return _(
        "**Pourquoi « sparse » ?** Les cibles d’un lot, {batch} × {length} indices : "
        "**{small}**. En one-hot, {symbols} nombres par cible dont {zeros} zéros : **{large}** ; "
        "pour une époque, {epoch_small} contre {epoch_large}. La perte est la même : il n’en "
        "reste que ln(1/p) de la bonne réponse."
    ).format(
        batch=batch,
        length=length,
        symbols=symbols,
        zeros=symbols - 1,
        small=size(sparse_bytes(one)),
        large=size(one_hot_bytes(symbols, one)),
        epoch_small=size(sparse_bytes(plan.chars_read)),
        epoch_large=size(one_hot_bytes(symbols, plan.chars_read)),
    )


def size(count: int) -> str:
    """A number of bytes, in decimal units."""
    if count >= 10**9:
        return _("{count} Go").format(count=i18n.number(count / 1e9, 1))
    if count >= 10**6:
        return _("{count} Mo").format(count=i18n.number(count / 1e6, 1))
    return _("{count} ko").format(count=i18n.number(count / 1e3, 1))


def _nats(value: float) -> str:
    return f"{i18n.nats(value, 3)} = {i18n.bits(value / math.log(2), 3)}"


def _next(model: NetworkModel, start: str) -> Array:
    """Probabilities of all symbols, the unknown one included, (vocab_size,)."""
    return softmax(model.start([start])[0][0])
