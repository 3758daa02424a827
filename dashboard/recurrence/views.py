"""What the Recurrence page shows: who remembers a name, and what looking back costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.recurrence import controls, results, wording
from dashboard.recurrence.figures import reading_figure, recall_figure, steps_figure
from dashboard.shared import cached, charts, following, i18n, naming, widgets
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_
from moliere_core.measures import name_recall
from moliere_core.measures.context_cost import ContextCost
from moliere_core.measures.name_recall import FRAMES, NAMES, NameRecall
from moliere_core.models.networks import TransformerModel
from moliere_core.networks.window import WindowedTransformer

# From counting to attention, over characters, then over tokens.
RECORDED = (
    *("kn-8", "petit-rnn", "exp-architecture-gru-256"),
    *("petit", "grand", "petit-gpt", "mini-gpt"),
)
ENDS = 60  # characters that are shown of what lies between


def name(reference: str) -> None:
    """The text of the experiment, the curves, and what they say."""
    left, right = st.columns([1, 1.55], gap="medium")
    with left:
        _text()
    known = name_recall.recorded()
    found = {model: known[model] for model in RECORDED if model in known}
    work = results.recall(reference)
    if (mine := work.found()) is not None:
        found.setdefault(reference, mine)
    names = naming.told_apart((model, _called(model)) for model in found)
    shown = {names[model]: points for model, points in found.items()}
    with right:
        charts.show(
            recall_figure(shown, charts.dark()),
            "recurrence.name",
            _recalled(shown),
            _("Bits gagnés par {count} modèles à {distances} caractères.").format(
                count=len(shown), distances=", ".join(map(str, name_recall.DISTANCES))
            ),
        )
    st.markdown(wording.remembered(shown))
    if mine is None:
        following.bar(work, _("On plante des noms pour ce modèle : {share}"))
    st.caption(
        _(
            "{names} noms que Molière n’a pas écrits, {frames} phrases, des répliques des "
            "pastiches entre les deux. Gagné : ce que le nom coûte quand un autre a été planté, "
            "moins ce qu’il coûte quand c’est lui. Traits verticaux : deux erreurs types. "
            "Au-delà de {window} caractères, le nom est sorti de la fenêtre de `petit-gpt` ; le "
            "GRU, une expérience courte, a lu une fois sept pièces ; `mini-gpt` lit des tokens."
        ).format(names=len(NAMES), frames=len(FRAMES), window=_window())
    )


def _window() -> int:
    """Characters that the shipped transformer looks back on."""
    network = cached.model("petit-gpt").network
    assert isinstance(network, WindowedTransformer)
    return network.transformer.context_length


def _called(model: str) -> str:
    """A model, by what it is: the GRU is a run of an experiment."""
    labels = {"kn-8": _("8-grammes"), "exp-architecture-gru-256": "GRU 256"}
    return labels.get(model) or naming.model(model)


def _text() -> None:
    """One of the texts: the name planted, what lies between, the question."""
    distance = int(controls.DISTANCE.ask(visible=True))
    plants, asks = FRAMES[0]
    between = name_recall.fillers(distance, 1)[0].strip().replace("\n", " / ")
    if len(between) > 2 * ENDS:
        between = f"{between[:ENDS]} … {between[-ENDS:]}"
    planted = widgets.plain(plants.format(name=NAMES[6])).replace(NAMES[6], f"**{NAMES[6]}**")
    with st.container(key="recurrence-text", border=True):
        st.markdown(planted)
        st.markdown(f"*{widgets.plain(between)}*")
        st.markdown(f"{widgets.plain(asks)} **?**")


def _recalled(shown: Mapping[str, Sequence[NameRecall]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("modèle"): model,
            _("distance voulue"): point.distance,
            _("distance"): point.between,
            _("bits, le nom planté"): point.planted,
            _("bits, un autre planté"): point.other,
            _("bits, rien de planté"): point.without,
            _("bits gagnés"): point.own,
            _("erreur type"): point.own_error,
        }
        for model, points in shown.items()
        for point in points
    )


def seconds(_reference: str) -> None:
    """What a step costs on this machine, measured when it is asked for."""
    work = results.costs()
    if (costs := work.found()) is None:
        following.bar(work, _("On chronomètre les deux réseaux sur cette machine : {share}"))
        return
    left, right = st.columns(2, gap="medium")
    alt = _("{title}, de {few} à {many} caractères.")
    for column, key, figure, title in (
        (left, "steps", steps_figure, _("Un caractère de plus")),
        (right, "reading", reading_figure, _("Un texte entier, lu d’un coup")),
    ):
        with column:
            charts.show(
                figure(costs, charts.dark()),
                f"recurrence.{key}",
                _costs(costs),
                alt.format(title=title, few=costs[0].context, many=costs[-1].context),
            )
    lstm, gpt = cached.recurrent(results.LSTM).network, cached.model(results.TRANSFORMER)
    assert isinstance(gpt, TransformerModel)
    st.markdown(wording.growth(costs))
    blocks = len(gpt.network.transformer.blocks)
    st.markdown(wording.chains(costs, len(lstm.layers), blocks))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _(
                "Mesuré sur cette machine, en temps de processeur, sur {lstm} et {gpt} ({a} et {b} "
                "paramètres) ; au-delà de {limit} caractères, le second n’a rien appris, mais "
                "calcule autant."
            ).format(
                lstm=results.LSTM,
                gpt=results.TRANSFORMER,
                a=i18n.number(lstm.parameters),
                b=i18n.number(gpt.parameters),
                limit=gpt.network.transformer.context_length,
            ),
            width="stretch",
        )
        st.button(
            _("Mesurer de nouveau"),
            key="recurrence.again",
            icon=":material/timer:",
            on_click=results.measure_again,
        )


def _costs(costs: Sequence[ContextCost]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("caractères déjà lus"): cost.context,
            _("LSTM, un pas (s)"): cost.recurrent_step,
            _("transformer, un pas (s)"): cost.transformer_step,
            _("transformer, tout relire (s)"): cost.transformer_again,
            _("LSTM, tout lire (s)"): cost.recurrent_read,
            _("LSTM, nombres retenus"): cost.recurrent_numbers,
            _("transformer, nombres retenus"): cost.transformer_numbers,
        }
        for cost in costs
    )


VIEWS: dict[str, View[[str]]] = {
    "name": View(N_("Qui se souvient du nom ?"), name),
    "seconds": View(N_("Les secondes"), seconds),
}
VIEW = chosen("recurrence.view", "view", N_("Vue"), VIEWS)


def tried(view: str, reference: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    far = controls.DISTANCE.key in st.session_state and (
        st.session_state[controls.DISTANCE.key] != controls.DISTANCE.default
    )
    return {
        "distance": view == "name" and far,
        "own": view == "name" and reference not in name_recall.recorded(),
        "seconds": view == "seconds" and results.costs().done(),
    }
