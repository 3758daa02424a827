"""Why this rather than that: two models asked the same question, and checked by replacement."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import contrasts, models, text
from dashboard.inside.contrasts import Answer, Question
from dashboard.inside.controls import BESIDE, RATHER
from dashboard.inside.figures.influence import contrast_figure
from dashboard.inside.text import Colours
from dashboard.shared import charts, i18n, naming, snippets, state, widgets
from dashboard.shared.i18n import _, ngettext
from moliere_core.errors import MoliereError
from moliere_core.inspection.contrast import Contrast
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.text.normalise import normalise
from moliere_core.text.signs import all_visible

SURE = 10.0  # times likelier, from which on nobody wants decimals
MOST = 20.0  # nats of a difference that is told: half a billion times
LAST = 10  # characters of the context that the question repeats
LSTM, TRANSFORMER = "petit", "petit-gpt"  # one stands beside the other


def show(reference: str, typed: str) -> Callable[[], str]:
    """The question, the text in the colours of the first model, and both models' bars.

    Returns:
        What fills the page's cell.
    """
    whole = CONTEXT_START + normalise(typed)
    part = text.questioned(whole)
    question = _question(reference, whole, part)
    beside = _words(reference, whole, part, question)
    sheet = st.container()
    left, right = st.columns(2, gap="medium")
    with left:
        answer = _model(reference, question, "inside.why.1")
    with sheet:  # before the second model is asked: what was touched answers at once
        text.draw(
            "inside.why",
            whole,
            _colours(reference, whole, answer),
            _("Cliquez sur un caractère : pourquoi lui ?"),
            part,
            one=question is None or len(question.first) == 1,
        )
    with right:
        _model(beside, question, "inside.why.2")
    st.caption(
        _(
            "Couleurs et barres bleues : ce que chaque symbole ajoute au rapport des deux chances "
            "(gradients intégrés). Barres orange : ce que ce rapport perd quand un espace prend "
            "vraiment sa place. Quand elles se contredisent, croyez les barres orange. Essayés, "
            "et soulignés dans le texte : les derniers symboles, et plus loin ceux à qui les "
            "gradients donnent le plus ; r ne vaut que pour eux."
        )
    )
    return partial(code, reference, question or Question(whole[:-1] or CONTEXT_START, "e", "a"))


def code(reference: str, question: Question) -> str:
    """The page's cell: the same question, asked of one model."""
    kind = "tokens" if models.kind(reference) == "tokens" else "characters"
    return snippets.filled(
        f"inside-why-{kind}",
        model=reference,
        text=question.context[1:],
        first=question.first,
        second=question.second,
    )


def _question(reference: str, whole: str, part: tuple[int, int]) -> Question | None:
    """What is asked; None where nothing can be, said on the page, or not yet."""
    start, stop = part
    if not start or start >= len(whole) or not contrasts.knows(reference, whole[start]):
        st.info(_("Choisissez un caractère que le modèle connaît, après au moins un autre."))
        return None
    context, rather = whole[:start], normalise(state.restore(RATHER))
    if rather:
        return Question(context, whole[start:stop], rather)
    try:
        expected = contrasts.rival(reference, context, whole[start])
    except MoliereError as error:
        widgets.problem(error)
        return None
    return Question(context, whole[start], expected) if expected else None


def _words(reference: str, whole: str, part: tuple[int, int], question: Question | None) -> str:
    """The question in words, with its settings; the second model."""
    first = question.first if question else whole[part[0] : part[0] + 1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("Après « {before} », pourquoi **« {first} »** plutôt que").format(
                before=widgets.plain(all_visible(_end(whole[: part[0]]))),
                first=widgets.plain(all_visible(first)),
            ),
            width="content",
        )
        with _together():
            RATHER.ask(all_visible(question.second) if question else "", visible=False)
            st.markdown("?", width="content")
        with _together():
            st.markdown(_("À côté :"), width="content")
            with st.container(key="inside-beside", width="content"):
                return _beside(reference)


def _together() -> AbstractContextManager[object]:
    """A part of the line that is not broken."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", width="content")


def _end(context: str) -> str:
    """The last word or two of a context, and the break that it may end with."""
    return context if len(context) <= LAST else "…" + context[-LAST:]


def _beside(reference: str) -> str:
    """The model that is asked as well: of the other kind, unless the class chooses."""
    usual = TRANSFORMER if models.kind(reference) == "cells" else LSTM
    if state.restore(BESIDE) == reference:
        state.change(BESIDE, BESIDE.default)
    options = list(dict.fromkeys([usual, *models.offered()]))
    if reference in options:
        options.remove(reference)
    chosen = BESIDE.ask(options, visible=False)
    state.keep(BESIDE, chosen if chosen != usual else BESIDE.default)
    return chosen


def _model(reference: str, question: Question | None, key: str) -> Answer | None:
    """What one model makes of it: the odds and the bars; None where it has not answered."""
    told = widgets.plain(naming.model(reference))
    answer, problem = None, None
    ends = question.first + question.second if question else ""
    strange = [char for char in ends if not contrasts.knows(reference, char)]
    if question is not None and not strange:
        try:
            answer = contrasts.explained(reference, question)
        except MoliereError as error:
            problem = error
    if answer is None:
        st.markdown(f"**{told}**")
        if problem is not None:
            widgets.problem(problem)
        if strange:
            chars = widgets.plain(all_visible("".join(strange)))
            st.info(_("Ce modèle ne connaît pas « {chars} ».").format(chars=chars))
        return None
    first, second = map(all_visible, answer.ends)
    st.markdown(
        _("{name} : {said}").format(name=f"**{told}**", said=_odds((first, second), answer.found))
    )
    _bars((first, second), answer.pieces, answer.found, key)
    return answer


def _odds(ends: tuple[str, str], found: Contrast) -> str:
    """How much likelier one end is than the other."""
    first, second = map(widgets.plain, ends)
    chances = [widgets.plain(i18n.chance(math.exp(p))) for p in found.log_probs]
    times = math.exp(min(abs(found.difference), MOST))
    return _("« {first} » {chance}, « {second} » {other} : {times} fois {more}.").format(
        first=first,
        chance=chances[0],
        second=second,
        other=chances[1],
        times=i18n.number(times, 0 if times >= SURE else 1),
        more=_("plus") if found.difference >= 0 else _("moins"),
    )


def _colours(reference: str, whole: str, answer: Answer | None) -> Colours:
    """What each symbol of the context adds, all along its characters."""
    values: list[float | None] = []
    bound, ends = 1.0, ("", "")
    tried: list[int] = []
    if answer is not None:
        values += [None] * answer.start
        numbers = np.round(answer.found.attribution.astype(float), 3).tolist()
        for number, (piece, value) in enumerate(zip(answer.pieces, numbers, strict=True)):
            if number in answer.found.positions:
                tried += range(len(values), len(values) + len(piece))
            values += [value] * len(piece)
        bound = max(float(np.abs(answer.found.attribution).max()), 1e-6)
        ends = answer.ends
    values += [None] * (len(whole) - len(values))
    high, low = (_("pour « {end} »").format(end=all_visible(end)) for end in ends)
    labels = {"value": naming.model(reference), "low": low, "high": high}
    return Colours(values, bound, labels, tried)


def _bars(ends: tuple[str, str], pieces: tuple[str, ...], found: Contrast, key: str) -> None:
    """Both measures of what was tried, how far they agree there, and what weighs the most."""
    tried = found.positions
    chars = [all_visible(pieces[i]) for i in tried]
    attribution, change = found.attribution[tried], found.change
    most = int(np.abs(change).argmax())
    charts.show(
        contrast_figure(chars, tried, attribution, change, ends, charts.dark()),
        key,
        _numbers(pieces, found),
        _(
            "Deux barres par symbole. Le plus fort une fois remplacé : « {piece} », {change}. "
            "{agreement}"
        ).format(
            piece=chars[most],
            change=i18n.nats(float(change[most])),
            agreement=_agreement(found),
        ),
        said=_("Le plus fort : « {piece} », pour « {end} ». {agreement}").format(
            piece=widgets.plain(chars[most]),
            end=widgets.plain(ends[0] if change[most] > 0 else ends[1]),
            agreement=_agreement(found),
        ),
    )


def _agreement(found: Contrast) -> str:
    """The correlation of both measures, and which symbols it is of."""
    r = "–" if found.agreement is None else i18n.number(found.agreement, 2)
    apart = np.flatnonzero(np.diff(found.positions) > 1)
    farther = int(apart[-1]) + 1 if len(apart) else 0
    last = len(found.positions) - farther
    if not farther:
        return ngettext(
            "Sur le dernier symbole : r = {r}.",
            "Sur les {last} derniers symboles : r = {r}.",
            last,
        ).format(last=last, r=r)
    return ngettext(
        "Sur le dernier symbole et {farther} plus loin : r = {r}.",
        "Sur les {last} derniers symboles et {farther} plus loin : r = {r}.",
        last,
    ).format(last=last, farther=farther, r=r)


def _numbers(pieces: tuple[str, ...], found: Contrast) -> pd.DataFrame:
    effect = np.full(len(pieces), np.nan)
    effect[found.positions] = found.change
    return pd.DataFrame(
        {
            _("position"): range(len(pieces)),
            _("symbole"): list(pieces),
            _("gradients intégrés (nats)"): found.attribution,
            _("effet du remplacement (nats)"): effect,
        }
    )
