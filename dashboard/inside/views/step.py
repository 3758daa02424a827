"""One step, with its actual numbers: from the index to the probability."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.inside import wording
from dashboard.inside.formulas import aligned, number, signed, vector
from dashboard.inside.text import Looked
from dashboard.shared import cached, i18n, tables, widgets
from dashboard.shared.i18n import _
from moliere_core.inspection.step import Gate, Step, spell_out
from moliere_core.text.signs import visible

SYMBOLS = {
    "input": "i",
    "forget": "f",
    "candidate": "g",
    "output": "o",
    "update": "z",
    "reset": "r",
    "hidden": "h",
}
TOP = 5


def show(looked: Looked) -> None:
    """The formulas of a step, and the numbers in their places."""
    model = cached.recurrent(looked.reference)
    step = spell_out(model, looked.seen, looked.start, looked.layer, looked.unit)
    left, right = st.container(key="inside-step").columns([1.95, 1], gap="medium")
    with left:
        _reading(step)
        if model.network.layers[0].is_lstm:
            _lstm(step)
        elif model.network.layers[0].is_gru:
            _gru(step)
        else:
            _rnn(step)
    with right:
        _prediction(step, model.vocabulary.chars)


def _reading(step: Step) -> None:
    st.markdown(
        _(
            "**1. Lire.** « {char} » a l’indice {index} ; sa ligne du plongement ({size} nombres) :"
        ).format(char=widgets.plain(visible(step.char)), index=step.symbol, size=len(step.vector))
        + f" ${{{{e = {vector(step.vector)}}}}}$"  # in braces: not cut in two
    )
    x, read = "e", _("le caractère")
    if step.layer:
        x, read = f"h^{{({step.layer})}}", _("la couche du dessous")
    st.markdown(
        _(
            "**2. Peser.** Chaque porte de l’unité {unit} additionne ${x} W$ ({read}), "
            "$h^\\prime U$ (l’état d’avant) et un biais, puis écrase la somme."
        ).format(unit=step.unit, x=x, read=read)
    )


def _gate(gate: Gate, reset: float | None = None) -> str:
    squash = "\\tanh" if gate.squash == "tanh" else "\\sigma"
    recalled = signed(gate.from_state)
    if reset is not None:
        recalled = f"+ {number(reset)} \\times ({number(gate.from_state)})"
    return (
        f"{SYMBOLS[gate.name]} &= {squash}({number(gate.from_input)} {recalled} "
        f"{signed(gate.bias)}) = {squash}({number(gate.total)}) = \\mathbf{{{number(gate.value)}}} "
        f"\\quad \\text{{({wording.gates()[gate.name]})}}"
    )


def _lstm(step: Step) -> None:
    by = {gate.name: gate for gate in step.gates}
    lines = [_gate(by[name]) for name in ("forget", "input", "candidate", "output")]
    aligned(lines)
    f, i, g, o = (number(by[name].value) for name in ("forget", "input", "candidate", "output"))
    st.markdown(_("**3. Se souvenir, puis montrer.** Garder une part, ajouter une part :"))
    aligned(
        [
            f"c &= f\\,c' + i\\,g = {f} \\times ({number(step.memory_before)}) + {i} \\times ({g}) "
            f"= \\mathbf{{{number(step.memory)}}}",
            f"h &= o \\tanh(c) = {o} \\times ({number(float(np.tanh(step.memory)))}) "
            f"= \\mathbf{{{number(step.hidden)}}}",
        ]
    )


def _gru(step: Step) -> None:
    by = {gate.name: gate for gate in step.gates}
    aligned([_gate(by["update"]), _gate(by["reset"]), _gate(by["candidate"], by["reset"].value)])
    z, g = number(by["update"].value), number(by["candidate"].value)
    st.markdown(
        _("**3. Se souvenir.** Garder une part de l’ancien état, prendre le reste du neuf :")
    )
    aligned(
        [
            f"h &= z\\,h' + (1 - z)\\,g = {z} \\times ({number(step.memory_before)}) + "
            f"(1 - {z}) \\times ({g}) = \\mathbf{{{number(step.hidden)}}}"
        ]
    )


def _rnn(step: Step) -> None:
    aligned([_gate(gate) for gate in step.gates])
    st.markdown(
        _(
            "**3. Rien de plus.** Un RNN simple n’a pas de porte : il récrit tout son état à "
            "chaque pas."
        )
    )


def _prediction(step: Step, chars: tuple[str, ...]) -> None:
    st.markdown(
        _("**4. Prédire.** Toutes les unités votent ; le softmax en fait des probabilités :")
    )
    st.latex(r"s = h V + b \qquad p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}")
    best = np.argsort(-step.probs)[:TOP]
    heads = [_("Suivant"), _("Score"), _("Probabilité")]
    rows = [
        [
            visible(chars[i - 1]),
            i18n.number(float(step.logits[i]), 3),
            i18n.chance(float(step.probs[i])),
        ]
        for i in best
    ]
    if step.contribution.any():
        heads.append(_("Voix"))
        rows = [
            [*row, i18n.number(float(step.contribution[i]), 3)]
            for row, i in zip(rows, best, strict=True)
        ]
    tables.show(heads, rows)
    if not step.contribution.any():
        st.caption(_("Cette couche ne vote pas : son état caché nourrit la couche suivante."))
