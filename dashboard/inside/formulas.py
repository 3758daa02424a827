"""Formulas with numbers in the places of their letters, as KaTeX reads them."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.shared import i18n, state
from moliere_core.networks.arrays import Array

SHOWN = 4  # numbers of a vector
TINY = 0.0005  # what three decimals would show as zero


def aligned(formulas: Iterable[str]) -> None:
    """Formulas under one another, aligned at their `&`."""
    st.latex("\\begin{aligned}" + r" \\ ".join(formulas) + "\\end{aligned}")


def number(value: float, decimals: int = 3) -> str:
    """A number in a formula: a comma there would be followed by a space."""
    if 0 < abs(value) < TINY:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{number(float(mantissa), 1)} \\cdot 10^{{{int(exponent)}}}"
    text = i18n.number(value, decimals)
    return text.replace(",", "{,}") if state.language() == "fr" else text


def signed(value: float, decimals: int = 3) -> str:
    """The same as a term that is added."""
    return f"- {number(-value, decimals)}" if value < 0 else f"+ {number(value, decimals)}"


def vector(values: Array, first: int = SHOWN, decimals: int = 3) -> str:
    """The first numbers of a vector."""
    shown = ";\\ ".join(number(float(value), decimals) for value in values[:first])
    return f"[{shown};\\ \\ldots]" if len(values) > first else f"[{shown}]"
