"""What a model that was continued on another text learned of it, and what it forgot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.shared import charts
from dashboard.shared.i18n import _
from dashboard.training import figures, wording
from dashboard.training.curves import forgetting


def show(history: Sequence[Mapping[str, Any]]) -> None:
    """Both curves on one chart; nothing for a training that started from nothing."""
    found = forgetting(history)
    if found is None:
        return
    st.markdown("**" + _("Ce qu’il apprend, ce qu’il oublie") + "**")
    rows = [(0, *found.before), *found.points]
    charts.show(
        figures.forgetting_figure(found, charts.dark()),
        "training.forgotten",
        pd.DataFrame(rows, columns=[_("époque"), _("texte nouveau"), _("texte d’avant")]),
        wording.forgotten_alt(found),
        said=" · ".join(wording.forgotten(found)),
    )
