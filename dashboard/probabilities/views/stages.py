"""“Calcul”: the same characters through the four stages of a draw."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from dashboard.probabilities import components
from dashboard.probabilities.results import NextCharacter, Situation
from dashboard.probabilities.views.bars import hesitation, last_choice
from dashboard.shared import i18n, state
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def show(now: Situation, board: DeltaGenerator, side: DeltaGenerator) -> None:
    """The stages, and what is said of the choice."""
    with side:
        hesitation(now.following)
        last_choice(now.following)
    with board:
        components.stages(payload(now.following, now.config), "probabilities.stages")


def payload(following: NextCharacter, config: SamplingConfig) -> dict[str, Any]:
    """What stages.js needs."""
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
