"""What each run of a plan writes after the same prompt, with the same draws."""

from __future__ import annotations

import html

import streamlit as st

from dashboard.experiments import results, wording
from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.models import samples
from moliere_core.training.experiments import SAMPLE_SEED, Plan

ON_SCREEN = 640  # characters in columns under the controls, on 720 lines of a projector


def show(plan: Plan) -> None:
    """What each run writes after the same prompt, with the same draws."""
    with st.container(horizontal=True, vertical_alignment="center"):
        prompt = widgets.prompt(labelled=False)
        st.caption(
            _("mêmes tirages pour tous, température {temperature}").format(
                temperature=i18n.number(samples.TEMPERATURE, 1)
            ),
            width="content",
        )
        with widgets.settings():
            seed = widgets.seed()
    found = results.shipped(plan.name)
    cards = [(wording.variant_name(plan, result.variant), result) for result in found]
    columns = st.columns(max(len(cards), 1), gap="small")
    for place, (name, result) in zip(columns, cards, strict=False):
        with place:
            st.markdown(f"**{widgets.plain(name)}**")
            if result.has_weights:
                text = results.written(result.reference, prompt, seed)
                st.html(_said(text, len(cards)))
            else:
                st.html(_said(result.measures.sample, len(cards)))
                st.caption(
                    _(
                        "Ses poids ne sont pas livrés avec l’application : voici ce qu’il "
                        "écrivait, sans début, avec la graine {seed}."
                    ).format(seed=SAMPLE_SEED)
                )


def _said(text: str, columns: int) -> str:
    """As much of a text as a projector shows beside the others."""
    said = text.strip()
    if len(said) > ON_SCREEN // columns:
        said = said[: ON_SCREEN // columns] + "…"
    return f'<div class="sample"><div class="said">{html.escape(said)}</div></div>'
