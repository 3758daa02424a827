"""The texts that a class has kept: in its session, each with what writes it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.home import controls
from dashboard.home.results import Performance
from dashboard.shared import fields, hour, i18n, naming, state
from dashboard.shared.components import Component, told, whole
from dashboard.shared.i18n import _

MOST = 30  # texts kept: the first one leaves when there are more

_gallery = Component(__file__, "gallery")  # the texts that were kept

_KEPT, _KEY = "home.kept", "home.gallery"


@dataclass(frozen=True)
class Kept:
    """A text and what wrote it.

    Attributes:
        performance: its model, prompt, temperature and seed.
        text: the prompt and what was written by then.
    """

    performance: Performance
    text: str


def keep(performance: Performance, text: str) -> None:
    """Keep a text, the newest first; the same one only once."""
    found = Kept(performance, text)
    st.session_state[_KEPT] = [found, *(other for other in _kept() if other != found)][:MOST]


def show() -> None:
    """The texts kept, where there are any."""
    kept = _kept()
    hour.keep_texts([(_about(one.performance), one.text) for one in kept])
    if not kept:
        return
    heading = i18n.ngettext("Texte gardé", "Textes gardés", len(kept))
    st.subheader(f"{heading} ({len(kept)})", anchor=False)
    data = {
        "texts": [
            {"text": one.text, "about": _about(one.performance), "href": _href(one.performance)}
            for one in kept
        ],
        "labels": {
            "copy": _("Copier"),
            "copied": _("Copié"),
            "replay": _("Rejouer"),
            "remove": _("Retirer"),
        },
    }
    _gallery(data, _KEY, replay=_replay, remove=_remove)
    st.caption(_("Ces textes ne sont gardés que dans cet onglet, jusqu’à ce qu’il soit fermé."))


def settings(performance: Performance) -> dict[fields.Field[Any], Any]:
    """What writes a text again, as an address holds it."""
    return {
        fields.PROMPT: performance.prompt,
        fields.MODEL: performance.reference,
        controls.TEMPERATURE: performance.config.temperature,
        controls.TOP_K: performance.config.top_k,
        controls.LENGTH: performance.chars,
        fields.SEED: performance.seed,
    }


def _kept() -> list[Kept]:
    kept: list[Kept] = st.session_state.setdefault(_KEPT, [])
    return kept


def _about(performance: Performance) -> str:
    return _("{model} · température {temperature} · graine {seed}").format(
        model=naming.model(performance.reference),
        temperature=i18n.number(performance.config.temperature, 2),
        seed=performance.seed,
    )


def _href(performance: Performance) -> str:
    found = {field.name: field.show(value) for field, value in settings(performance).items()}
    return "?" + urlencode(found | {fields.LANGUAGE.name: state.language()})


def _replay() -> None:
    if (one := _named("replay")) is not None:
        for field, value in settings(one.performance).items():
            state.change(field, value)
        state.change(controls.HIDDEN, False)


def _remove() -> None:
    if (one := _named("remove")) is not None:
        st.session_state[_KEPT] = [other for other in _kept() if other != one]


def _named(event: str) -> Kept | None:
    """The text whose number the browser has sent."""
    kept = _kept()
    at = whole(told(_KEY, event), 0, len(kept) - 1)
    return None if at is None else kept[at]
