"""What a model that was continued on another text learned of it, and what it forgot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.shared import charts
from dashboard.shared.i18n import _
from dashboard.training import figures, wording
from dashboard.training.curves import Forgetting, forgetting


def show(history: Sequence[Mapping[str, Any]]) -> None:
    """Both curves on one chart; nothing for a training that started from nothing."""
    if (found := forgetting(history)) is not None:
        draw(found, "training.forgotten")


def draw(found: Forgetting, key: str) -> None:
    """Both curves on one chart.

    Args:
        found: what they show.
        key: of the chart.
    """
    st.markdown("**" + _("Ce qu’il apprend, ce qu’il oublie") + "**")
    rows = [(0, *found.before), *found.points]
    charts.show(
        figures.forgetting_figure(found, charts.dark()),
        key,
        pd.DataFrame(rows, columns=[_("époque"), _("texte nouveau"), _("texte d’avant")]),
        wording.forgotten_alt(found),
        said=" · ".join(wording.forgotten(found)),
    )
