"""The mixing desk: a slider between the model that counts and a network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.reading import controls, results, texts
from dashboard.reading.controls import Settings
from dashboard.reading.figures import mixing_figure
from dashboard.shared import charts, i18n
from dashboard.shared.i18n import _
from moliere_core.models.mixture import curve

SHARES = np.linspace(0, 1, 41)
CHARS = 160  # that the mixture writes


def show(settings: Settings) -> str:
    """The curve of bits over the share, and what the mixture writes; returns the text."""
    text = texts.choose(settings.reference, settings.seed)
    texts.require(text)
    one, two = results.both(settings.reference, text.text)
    bits = curve(one, two, SHARES.tolist())
    left, right = st.columns([1.5, 1], gap="medium")
    with right:
        share = controls.SHARE.ask()
        here = float(curve(one, two, [share])[0])
        st.markdown(
            _("À **{share}** de réseau : **{bits}** par caractère").format(
                share=i18n.percent(share), bits=i18n.bits(here, 3)
            )
        )
        st.caption(_("Ce que le mélange écrit :"))
        st.text(results.mixed(settings.reference, share, "", settings.seed, CHARS))
    with left:
        st.markdown(_sentence(bits))
        charts.show(
            mixing_figure(SHARES.tolist(), bits, share, here, charts.dark()),
            "reading.mixing.curve",
            pd.DataFrame({_("part du réseau"): SHARES, _("bits par caractère"): bits}),
            _("Bits par caractère selon la part du réseau, de {counting} à {network}.").format(
                counting=i18n.number(bits[0], 3), network=i18n.number(bits[-1], 3)
            ),
        )
    st.caption(
        text.caption
        + " "
        + _(
            "La meilleure part est cherchée sur ce texte même, et le mélange a les paramètres des "
            "deux : il ne se compare pas aux modèles seuls."
        )
    )
    return text.text


def _sentence(bits: np.ndarray) -> str:
    """Whether the mixture is better than both, and where."""
    best = int(bits.argmin())
    if 0 < best < len(bits) - 1:
        told = _(
            "Comptage seul : {counting} · réseau seul : {network} · **le mélange descend à "
            "{best}**, à {share} de réseau."
        )
    else:
        told = _(
            "Comptage seul : {counting} · réseau seul : {network}. Mélanger n’apporte rien ici."
        )
    return told.format(
        counting=i18n.number(bits[0], 3),
        network=i18n.number(bits[-1], 3),
        best=i18n.number(bits[best], 3),
        share=i18n.percent(SHARES[best]),
    )
