"""One step, with its actual numbers: from the index to the probability."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.inside import wording
from dashboard.inside.text import Looked
from dashboard.shared import cached, i18n, state, tables, widgets
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
SHOWN_NUMBERS = 4  # of the embedding
TOP = 5
TINY = 0.0005  # what three decimals would show as zero


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
    numbers = ";\\ ".join(_n(float(v)) for v in step.vector[:SHOWN_NUMBERS])
    st.markdown(
        _(
            "**1. Lire.** « {char} » a l’indice {index} ; sa ligne du plongement ({size} nombres) :"
        ).format(char=widgets.plain(visible(step.char)), index=step.symbol, size=len(step.vector))
        + f" ${{{{e = [{numbers};\\ \\ldots]}}}}$"  # in braces: not cut in two
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
    recalled = _signed(gate.from_state)
    if reset is not None:
        recalled = f"+ {_n(reset)} \\times ({_n(gate.from_state)})"
    return (
        f"{SYMBOLS[gate.name]} &= {squash}({_n(gate.from_input)} {recalled} "
        f"{_signed(gate.bias)}) = {squash}({_n(gate.total)}) = \\mathbf{{{_n(gate.value)}}} "
        f"\\quad \\text{{({wording.gates()[gate.name]})}}"
    )


def _lstm(step: Step) -> None:
    by = {gate.name: gate for gate in step.gates}
    lines = [_gate(by[name]) for name in ("forget", "input", "candidate", "output")]
    _latex(lines)
    f, i, g, o = (_n(by[name].value) for name in ("forget", "input", "candidate", "output"))
    st.markdown(_("**3. Se souvenir, puis montrer.** Garder une part, ajouter une part :"))
    _latex(
        [
            f"c &= f\\,c' + i\\,g = {f} \\times ({_n(step.memory_before)}) + {i} \\times ({g}) "
            f"= \\mathbf{{{_n(step.memory)}}}",
            f"h &= o \\tanh(c) = {o} \\times ({_n(float(np.tanh(step.memory)))}) "
            f"= \\mathbf{{{_n(step.hidden)}}}",
        ]
    )


def _gru(step: Step) -> None:
    by = {gate.name: gate for gate in step.gates}
    _latex([_gate(by["update"]), _gate(by["reset"]), _gate(by["candidate"], by["reset"].value)])
    z, g = _n(by["update"].value), _n(by["candidate"].value)
    st.markdown(
        _("**3. Se souvenir.** Garder une part de l’ancien état, prendre le reste du neuf :")
    )
    _latex(
        [
            f"h &= z\\,h' + (1 - z)\\,g = {z} \\times ({_n(step.memory_before)}) + "
            f"(1 - {z}) \\times ({g}) = \\mathbf{{{_n(step.hidden)}}}"
        ]
    )


def _rnn(step: Step) -> None:
    _latex([_gate(gate) for gate in step.gates])
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


def _latex(lines: list[str]) -> None:
    st.latex("\\begin{aligned}" + r" \\ ".join(lines) + "\\end{aligned}")


def _n(value: float, decimals: int = 3) -> str:
    """A number in a formula: a comma there would be followed by a space."""
    if 0 < abs(value) < TINY:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{_n(float(mantissa), 1)} \\cdot 10^{{{int(exponent)}}}"
    text = i18n.number(value, decimals)
    return text.replace(",", "{,}") if state.language() == "fr" else text


def _signed(value: float) -> str:
    return f"- {_n(-value)}" if value < 0 else f"+ {_n(value)}"
