"""A button that hands out a model as one HTML file, which writes on a telephone offline."""

from __future__ import annotations

import re

import streamlit as st

from dashboard.shared import cached, fields, later, state
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig
from moliere_core.exchange.html_export import to_html

SAMPLING = SamplingConfig(0.8)  # that the file opens with where its model stands alone


def button(reference: str, page: str, sampling: SamplingConfig = SAMPLING) -> None:
    """The file opens with the prompt and the seed that are set; it is made on the click.

    Args:
        reference: of a network of characters.
        page: on which the button stands.
        sampling: that the file opens with.
    """
    prompt, seed = state.value(fields.PROMPT), state.value(fields.SEED)

    def made() -> bytes:
        run, snapshot = cached.open_run(reference)
        return to_html(run, snapshot, run.label or reference, prompt, sampling, seed)

    st.download_button(
        _("Emporter ce modèle (.html)"),
        later.in_session(made),
        file_name=f"moliere-{re.sub('[^0-9A-Za-z-]+', '-', reference)}.html",
        mime="text/html",
        key=f"{page}.take_home",
        icon=":material/smartphone:",
        help=_(
            "Le réseau dans une page, pour un téléphone sans connexion : avec le même texte de "
            "départ, les mêmes réglages et la même graine, il y écrit lettre pour lettre ce qu’il "
            "écrit ici."
        ),
        on_click="ignore",
    )
