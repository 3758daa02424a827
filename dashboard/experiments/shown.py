"""The results of a plan: one chart, one table, and what each run writes."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.experiments import cached as experiment_cache
from dashboard.experiments import fields, graphs, guess, live, table, trained, words
from dashboard.shared import following, i18n, state, widgets
from dashboard.shared.i18n import _
from moliere_core.measures.context import REACH
from moliere_core.training.experiments import (
    COMMON_TEXT,
    SAMPLE_SEED,
    SAMPLE_TEMPERATURE,
    Plan,
)

ON_SCREEN = 840  # characters in columns under the controls, on 720 lines


def view(plan: Plan) -> str:
    """Which of the charts, or the texts, or a training."""
    names = {
        "past": _("Caractères visibles"),
        "parameters": _("Paramètres"),
        "seconds": _("Secondes"),
        "matrix": _("Qui prédit quoi"),
        "learning": _("Époques"),
        "texts": _("Textes"),
        "live": _("En direct"),
    }
    offered = (*fields.CHARTS[plan.name], "texts", "live")
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        chosen = widgets.segmented(
            fields.view(plan), _("Vue"), {name: names[name] for name in offered}, visible=False
        )
        with st.popover(_("Égal pour tous"), icon=":material/balance:"):  # read before the vote
            st.markdown(words.equal(plan))
    return chosen


def results(plan: Plan, chart: str) -> None:
    """The chart on the left, the table on the right."""
    found = experiment_cache.results(plan.name)
    if not found:
        st.info(
            _(
                "Les entraînements de cette expérience manquent dans cette copie de "
                "l’application : installez-la de nouveau, ou entraînez-les dans « En direct »."
            )
        )
        return
    rows = [row for row in trained.found(plan) if row.run is not None]
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        same = [row for row in rows if row.same_text]
        measured = [row.context() for row in same] if chart == "past" else []
        following.follow(measured, partial(graphs.show, plan, found, same, chart), live.PERIOD)
    with right:
        guess.told(plan)
        st.html(table.table(plan, found, rows))
        st.caption(_measured_on(plan))


def texts(plan: Plan) -> None:
    """What each run writes after the same prompt, with the same draws."""
    with st.container(horizontal=True, vertical_alignment="center"):
        prompt = widgets.prompt(labelled=False)
        st.caption(
            _("mêmes tirages pour tous, température {temperature}").format(
                temperature=i18n.number(SAMPLE_TEMPERATURE, 1)
            ),
            width="content",
        )
        with st.popover(_("Réglages"), icon=":material/tune:"):
            seed = widgets.seed()
    found = experiment_cache.results(plan.name)
    cards = [(words.variant_name(plan, result.variant), result) for result in found]
    columns = st.columns(max(len(cards), 1), gap="small")
    for place, (name, result) in zip(columns, cards, strict=False):
        with place:
            st.markdown(f"**{widgets.plain(name)}**")
            if result.has_weights:
                text = experiment_cache.written(result.reference, prompt, SAMPLE_TEMPERATURE, seed)
                st.html(_said(text, len(cards)))
            else:
                st.html(_said(result.measures.sample, len(cards)))
                st.caption(
                    _(
                        "Ses poids sont trop lourds pour être livrés : voici ce qu’il écrivait, "
                        "sans début, avec la graine {seed}."
                    ).format(seed=SAMPLE_SEED)
                )


def _said(text: str, columns: int) -> str:
    """As much of a text as a projector shows beside the others."""
    said = text.strip()
    if len(said) > ON_SCREEN // columns:
        said = said[: ON_SCREEN // columns] + "…"
    return f'<div class="sample"><div class="said">{html.escape(said)}</div></div>'


def _measured_on(plan: Plan) -> str:
    """On what text, and how the seconds were counted."""
    found = experiment_cache.results(plan.name)
    scores = found[0].measures.scores
    seconds = _("Secondes de calcul, sur un cœur.")
    chars = i18n.number(scores[COMMON_TEXT].chars)
    if plan.name == "length":
        context = found[0].measures.context
        told = _(
            "Bits par caractère sur {chars} caractères, mémoire gardée. Portée : avec plus de "
            "caractères visibles que cela, il ne gagne plus {gain} (sur {targets} caractères). "
            "Pointillés : plus qu’il n’en voyait en apprenant."
        ).format(
            chars=chars,
            targets=i18n.number(context.targets) if context else "",
            gain=i18n.bits(REACH),
        )
    elif plan.name == "architecture":
        told = _("Bits par caractère sur {chars} caractères, mémoire gardée.").format(chars=chars)
    elif plan.name == "plays":
        told = _(
            "Bits par caractère, mémoire gardée : sur la fin de sa pièce, puis sur {text}, l’une "
            "en vers comme Tartuffe, l’autre en prose. Une lettre qu’il ne connaît pas lui coûte "
            "20 bits."
        ).format(text=words.text_name(COMMON_TEXT))
    else:
        name = words.winner_text(plan)
        told = _(
            "Bits par caractère : sur 50 000 caractères qu’il a lus, puis sur {chars} jamais lus "
            "({text})."
        ).format(text=words.text_name(name), chars=i18n.number(scores[name].chars))
    return told if plan.name == "overfitting" else f"{told} {seconds}"


def tried(plan: Plan, view: str) -> Mapping[str, bool]:
    """Which items of the lesson's list the class has just done."""
    votes = guess.counted(plan)
    shown = guess.revealed(plan)
    return {
        "bet": shown and any(votes.values()),
        "past": shown and view == "past",
        "texts": shown and view == "texts" and state.value(state.PROMPT) != state.PROMPT.default,
        "live": any(row.run is not None for row in trained.found(plan)),
    }
