"""Heads without names: what it takes to find them, and a button that begins it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import streamlit as st

from dashboard.inside import heads, models
from dashboard.inside.heads import Offer
from dashboard.inside.text import Cut
from dashboard.shared import i18n, naming, widgets
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError

MOST_TITLES = 3


def show(cut: Cut) -> None:
    """Why there are no names; of a model of tokens, how long it takes to find them."""
    if models.kind(cut.reference) == "characters":
        st.caption(_("Le corpus est trop court pour nommer les têtes de ce modèle."))
        return
    asked = heads.begun(cut.reference)
    if asked is not None and (error := asked.status.error) is not None:
        widgets.problem(error)
    try:
        offer = heads.offer(cut.reference)
    except MoliereError as short:
        widgets.problem(short)
        return
    layers, of_each = cut.heads.shape[:2]
    st.caption(
        _(
            "Les {count} têtes de ce modèle n’ont pas encore de nom : il faut mesurer ce qu’elles "
            "font sur {found} passages ({corpus}), puis sur {checked} autres ({others}). On peut "
            "continuer pendant ce temps."
        ).format(
            count=layers * of_each,
            found=len(offer.passages.find),
            checked=len(offer.passages.check),
            corpus=widgets.plain(naming.source(offer.source)),
            others=others(offer.passages.plays),
        )
    )
    st.button(
        _("Nommer les têtes ({duration} environ)").format(duration=i18n.duration(offer.seconds)),
        key="inside.name",
        icon=":material/label:",
        help=_(
            "Estimé d’après un bloc de cette largeur, chronométré sur cette machine ; plus long si "
            "elle fait autre chose en même temps."
        ),
        on_click=_begin,
        args=(cut.reference, offer),
    )


def others(plays: Sequence[str]) -> str:
    """On what heads are measured again, in words."""
    if not plays:
        return _("la fin du même texte")
    titles = ", ".join(title.replace("'", "’") for title in plays[:MOST_TITLES])
    return widgets.plain(titles + ("…" if len(plays) > MOST_TITLES else ""))


def _begin(reference: str, offer: Offer) -> None:
    with contextlib.suppress(MoliereError):  # it has gone, which the page says by itself
        heads.begin(reference, offer)
