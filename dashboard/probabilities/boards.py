"""The Probabilities page's other boards: the stages of a draw, and two models side by side."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from dashboard.probabilities import components, fields, panel, stepping
from dashboard.probabilities.choice import NextCharacter
from dashboard.probabilities.stepping import BESIDE, CHOICES
from dashboard.shared import cached, i18n, state
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def side_by_side(
    left: tuple[str, NextCharacter], right: tuple[str, NextCharacter], runs: list[tuple[str, bool]]
) -> None:
    """Two models after the same characters; a click on either board leads both on."""
    boards = zip(
        st.columns(2),
        (left, right),
        (CHOICES, BESIDE),
        (stepping.pick, stepping.pick_beside),
        strict=True,
    )
    for place, (reference, following), key, picked in boards:
        with place:
            st.markdown(panel.heading(reference, following))
            components.choices(stepping.payload(following, runs, True, key == CHOICES), key, picked)


def stages(following: NextCharacter, config: SamplingConfig) -> dict[str, Any]:
    """What components/stages.js needs: the same characters through the four stages of a draw."""
    return {
        "bars": [asdict(bar) for bar in following.bars],
        "locale": state.language(),
        "labels": {
            "heads": [
                _("1. Scores (logits)"),
                _("2. Écart ÷ T ({t})").format(t=i18n.number(config.temperature, 2)),
                _("3. Filtres"),
                _("4. Probabilités"),
            ],
            "kept": _("gardé"),
            "dropped": {
                "greedy": "T = 0",
                "top_k": f"top_k = {config.top_k}",
                "top_p": f"top_p = {i18n.number(config.top_p, 2)}",
            },
        },
    }


def beside(reference: str) -> str:
    """A second model, to be shown on the right; "" for none."""
    found = state.restore(fields.BESIDE)
    known = [name for name in cached.models() if name != reference]
    options = ["", *known] if found in ("", *known) else ["", *known, found]
    chosen = st.selectbox(
        _("À côté"),
        options,
        format_func=lambda name: name or _("aucun autre modèle"),
        key=fields.BESIDE.key,
        help=_("Un second modèle, ou le même à une autre époque : petit@1"),
        accept_new_options=True,
    )
    return state.keep(fields.BESIDE, str(chosen or "").strip())
