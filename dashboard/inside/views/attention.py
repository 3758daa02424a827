"""One step of one head, with its actual numbers: from the stream to the stream."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import heads, text, transformers, wording
from dashboard.inside.controls import BLOCK, HEAD
from dashboard.inside.formulas import aligned, number, signed, vector
from dashboard.inside.text import Cut
from dashboard.inside.views import gaze
from dashboard.shared import attention, i18n, state, tables
from dashboard.shared.attention import Look
from dashboard.shared.i18n import _
from moliere_core.inspection.attention_step import AttentionStep
from moliere_core.inspection.heads import HeadTable
from moliere_core.text.signs import all_visible

COMPONENT = "inside.attention.step"
TOP = 3  # places, and symbols, of the tables
_HEAD = "inside.step.head"  # the menu's own key: what it chooses is `BLOCK` and `HEAD`


def show(cut: Cut) -> None:
    """The formulas of a step, and the numbers in their places."""
    table = heads.named(cut.reference).found()
    layer, head = gaze.chosen(cut, table)
    attention.show(
        COMPONENT,
        cut.pieces,
        [Look("", cut.heads[layer, head])],
        _("Cliquez sur le texte : le pas de cette tête à cette place."),
        asked=cut.at,
        heard=partial(_pick, cut.pieces),
    )
    answer = transformers.step(cut.reference, cut.typed, cut.at, layer, head)
    if answer is None or answer.found is None:
        return
    step = answer.found
    left, right = st.container(key="inside-step").columns([1.95, 1], gap="medium")
    with left:
        _stream(cut, step)
        _looking(cut, step)
        _adding(step)
    with right:
        _choose(cut, table, layer, head)
        _places(cut, step)
        _guesses(cut, layer)
        tables.download(partial(_numbers, cut, step), "inside.attention_step")


def _choose(cut: Cut, table: HeadTable | None, layer: int, head: int) -> None:
    """A menu of all heads, by what they do."""
    every = list(np.ndindex(*cut.heads.shape[:2]))
    names = {head: wording.heads()[table.head(*head).name] for head in every} if table else {}
    labels = [
        _("couche {layer}, tête {head}").format(layer=head[0] + 1, head=head[1] + 1)
        + (f" · {names[head]}" if names else "")
        for head in every
    ]
    st.session_state[_HEAD] = every.index((layer, head))
    st.selectbox(
        _("Tête"),
        range(len(every)),
        format_func=labels.__getitem__,
        key=_HEAD,
        label_visibility="collapsed",
        on_change=_change,
        args=(every,),
    )


def _change(every: list[tuple[int, int]]) -> None:
    layer, head = every[int(st.session_state[_HEAD])]
    state.change(BLOCK, layer + 1)
    state.change(HEAD, head + 1)


def _pick(pieces: tuple[str, ...]) -> None:
    """Inside a click: another place."""
    found = attention.clicked(COMPONENT)
    if found is not None and found[0] < len(pieces):
        text.choose_symbol(pieces, found[0])


def _stream(cut: Cut, step: AttentionStep) -> None:
    """What comes in, and its norm."""
    before = (
        _("son plongement plus celui de sa place")
        if not step.layer
        else _("tel qu’il sort de la couche {layer}").format(layer=step.layer)
    )
    st.markdown(
        _("**1. Lire.** Le flux de « {symbol} », {size} nombres, {before} :").format(
            symbol=cut.shown(step.position), size=len(step.norm.before), before=before
        )
    )
    aligned(
        [
            f"x &= {vector(step.norm.before)}",
            f"n &= \\frac{{x - ({number(step.norm.mean)})}}"
            f"{{{number(step.norm.deviation)}}}\\,\\gamma + \\beta "
            f"= {vector(step.norm.after)}",
        ]
    )
    st.markdown(
        _(
            "**2. Demander, offrir, donner.** De $n$, trois produits appris : une requête $q$, une "
            "clé $k$, une valeur $v$, de {size} nombres chacune."
        ).format(size=len(step.query))
    )
    at = step.position
    three = {"q": step.query, "k": step.keys[at], "v": step.values[at]}
    aligned([" \\quad ".join(f"{name} = {vector(of, 2, 1)}" for name, of in three.items())])


def _looking(cut: Cut, step: AttentionStep) -> None:
    """Scores, mask, shares and the mixture."""
    most = int(step.weights.argmax())
    st.markdown(
        _(
            "**3. Comparer, masquer, partager.** Un score par place d’avant, ainsi « {symbol} », "
            "la plus regardée ; celles d’après sont masquées ($-\\infty$)."
        ).format(symbol=cut.shown(most))
    )
    aligned(
        [
            f"s &= \\frac{{q \\cdot k}}{{\\sqrt{{{len(step.query)}}}}} = "
            f"{number(float(step.products[most]))} \\times "
            f"{number(step.scale)} = "
            f"{number(float(step.scores[most]))} \\qquad "
            f"a = \\frac{{e^{{s}}}}{{\\sum_j e^{{s_j}}}} = "
            f"\\mathbf{{{number(float(step.weights[most]))}}}",
        ]
    )
    st.markdown(_("**4. Mélanger** les valeurs des places d’avant, selon ces parts :"))
    aligned([f"o &= \\textstyle\\sum_j a_j v_j = {vector(step.mixed)}"])


def _adding(step: AttentionStep) -> None:
    """The residual sum, of its first number."""
    heads = float(step.from_heads[:, 0].sum())
    own, bias = float(step.from_head[0]), float(step.bias[0])
    st.markdown(
        _(
            "**5. Ajouter au flux**, puis réfléchir seul : un petit réseau de {inner} unités "
            "(MLP), et ce qu’il trouve s’ajoute aussi. Le premier nombre du flux :"
        ).format(inner=len(step.hidden))
    )
    x, middle = float(step.norm.before[0]), float(step.middle[0])
    thought, after = float(step.from_mlp[0]), float(step.after[0])
    this, others = _text(_("cette tête")), _text(_("les autres"))
    aligned(
        [
            f"m_1 &= x_1 + {this} + {others} + b",
            f"&= {number(x)} {signed(own)} {signed(heads - own)} {signed(bias)} = {number(middle)}",
            f"y_1 &= m_1 + {_text('MLP')} = {number(middle)} {signed(thought)} "
            f"= \\mathbf{{{number(after)}}}",
        ]
    )


def _text(words: str) -> str:
    return f"\\text{{{words}}}"


def _places(cut: Cut, step: AttentionStep) -> None:
    """The places that are looked at the most, and one that is masked."""
    best = np.argsort(-step.weights, kind="stable")[: min(TOP, step.position + 1)]
    rows = [
        [
            all_visible(cut.pieces[j]),
            i18n.number(float(step.products[j]), 2),
            i18n.number(float(step.scores[j]), 2),
            i18n.percent(float(step.weights[j]), 1),
            i18n.number(float(step.values[j, 0]), 2),
        ]
        for j in best
    ]
    if (after := step.position + 1) < len(cut.pieces):
        product = i18n.number(float(step.products[after]), 2)
        rows.append([all_visible(cut.pieces[after]), product, "−∞", i18n.percent(0, 1), "–"])
    tables.show([_("Place"), "q·k", _("Score"), _("Part"), "v₁"], rows)


def _guesses(cut: Cut, layer: int) -> None:
    """What the stream would already say after this block, and what the network says."""
    answer = transformers.guesses(cut.reference, cut.typed, cut.at, TOP)
    if answer is None or answer.found is None:
        return
    found = answer.found
    rows = [
        [
            str(rank + 1),
            *(
                f"{all_visible(answer.others[int(found.symbols[k, rank])])}{i18n.NBSP}"
                f"{i18n.percent(float(found.probs[k, rank]))}"
                for k in (layer + 1, -1)
            ),
        ]
        for rank in range(min(TOP, found.symbols.shape[1]))
    ]
    tables.show(
        [_("Suite"), _("dès la couche {layer}").format(layer=layer + 1), _("à la fin")], rows
    )


def _numbers(cut: Cut, step: AttentionStep) -> pd.DataFrame:
    """All places of the text, a row each."""
    return pd.DataFrame(
        {
            _("position"): range(len(cut.pieces)),
            _("symbole"): list(cut.pieces),
            "q·k": step.products,
            _("score"): step.scores,
            _("part"): step.weights,
        }
        | {f"k{i + 1}": step.keys[:, i] for i in range(step.keys.shape[1])}
        | {f"v{i + 1}": step.values[:, i] for i in range(step.values.shape[1])}
    )
