"""Fetching models of the hub: what is worth it, a button for each, and how far it is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.bridge import results
from dashboard.shared import following, i18n, state, tables, widgets
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.errors import ModelError, MoliereError
from moliere_core.pretrained import Presence, fetching
from moliere_core.pretrained.fetching import Fetch


def worth_fetching(references: tuple[str, ...]) -> None:
    """What is worth fetching for this course, with a button for what is offered everywhere.

    Args:
        references: what is chosen, which has its button on the page.
    """
    rows = []
    for found in pretrained.suggestions():
        languages = ", ".join(_languages().get(code, code) for code in found.languages)
        size = i18n.number(found.parameters / 1e6)
        licence = found.licence + (" " + _("(à accepter sur le hub)") if found.gated else "")
        told = _("{shows} En {languages} ; {size} millions de paramètres ; licence {licence}.")
        shows = found.shows[state.language()]
        rows.append(
            (
                found.reference,
                told.format(shows=shows, languages=languages, size=size, licence=licence),
            )
        )
    tables.show((_("modèle"), _("ce qu’il montre")), rows, numeric=False)
    others = tuple(name for name in pretrained.OFFERED if name not in references)
    buttons(others, "bridge.list")
    st.markdown(
        _(
            "Ajoutez un nom au-dessus, et son bouton vient sous les vues ; un serveur public n’en "
            "télécharge que les deux premiers."
        )
    )
    if not pretrained.has_frameworks():
        st.markdown(
            _(
                "Ici ne tournent que les GPT-2 et leurs semblables, gpt-fr compris. Le README dit "
                "comment ajouter les autres."
            )
        )


def _languages() -> dict[str, str]:
    return {"fr": _("français"), "en": _("anglais"), "mul": _("beaucoup de langues")}


def buttons(references: tuple[str, ...], place: str = "bridge") -> None:
    """A button for each model of the hub that is not here, and its progress.

    Args:
        references: of the models.
        place: where on the page, for the keys of the buttons.
    """
    side_by_side = st.container(horizontal=True)
    for reference in references:
        if not reference.startswith("hf:"):
            continue
        current = fetching.current(reference)
        if current is not None and not current.done():
            show = partial(_progress, current, place)
            following.follow([current], show, following.OFTEN, pending=True, then=results.forget)
        elif _lacking(reference):
            with side_by_side:
                _button(reference, place)
            if current is not None and isinstance(error := current.exception(), MoliereError):
                widgets.problem(error)


def _lacking(reference: str) -> bool:
    """Whether it could be fetched; its column says what is wrong with another name."""
    try:
        return results.card(reference).presence in (Presence.ABSENT, Presence.PARTIAL)
    except ModelError:
        return False


def _progress(current: Fetch, place: str) -> None:
    reference = current.reference
    if current.total:
        told = _("{model} : {done} Mo sur {total}").format(
            model=widgets.plain(reference),
            done=i18n.number(current.here),
            total=i18n.number(current.total),
        )
    else:
        told = _("{model} : le hub est interrogé…").format(model=widgets.plain(reference))
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(current.share, told)
    right.button(_("Arrêter"), key=f"{place}.stop.{reference}", on_click=current.stop)


def _button(reference: str, place: str) -> None:
    card = results.card(reference)
    label = _("Télécharger {model}").format(model=widgets.plain(reference))
    if card.stored_megabytes:
        size = i18n.number(card.stored_megabytes)
        label += " " + _("({size} Mo)").format(size=size)
    st.button(
        label,
        key=f"{place}.fetch.{reference}",
        icon=":material/download:",
        on_click=_fetch,
        args=(reference,),
    )


def _fetch(reference: str) -> None:
    fetching.fetch(reference)
