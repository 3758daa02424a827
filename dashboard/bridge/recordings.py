"""Recorded models: what can be heard of them with one click."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard.bridge import components, controls, results
from dashboard.bridge.wording import models as wording
from dashboard.shared import fields, state
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.models.references import HUB
from moliere_core.pretrained import recorded
from moliere_core.pretrained.recorded import Voice

NONE: Mapping[str, Any] = {"lead": "", "items": ()}  # nothing to choose
_HEARD = "bridge.heard"  # whether a choice was just taken
_ARROW = " → "  # in the value of a choice: a model, and the one to be heard instead


def prompts(voice: Voice) -> dict[str, Any]:
    """The prompts after which a model that is not here can be heard, as choices."""
    items = [
        {"label": _("« {prompt} »").format(prompt=prompt), "value": prompt}
        for prompt in voice.prompts
    ]
    lead = _("Pas sur cette machine, ni enregistré après ce texte. Écouter :")
    return {"lead": lead, "items": items}


def instead(reference: str) -> dict[str, Any]:
    """The recorded models that can be heard in the place of one that is not here, as choices."""
    if not reference.startswith(HUB) or pretrained.usable(reference):
        return dict(NONE)
    heard = [name for name in recorded.voices() if results.voice(name) is not None]
    items = [
        {"label": name.rpartition("/")[2], "value": reference + _ARROW + name} for name in heard
    ]
    return {"lead": _("Écouter un modèle enregistré :"), "items": items}


def beside(reference: str, heard: bool) -> dict[str, Any]:
    """What components show of a recorded model, or beside one that is not here.

    Args:
        reference: of the model.
        heard: whether there is something of it here.
    """
    voice = results.voice(reference)
    if voice is None:
        return {"recorded": "", "choices": NONE if heard else instead(reference)}
    return {
        "recorded": wording.recorded_on(voice) if heard else "",
        "choices": NONE if heard else prompts(voice),
    }


def listen(component: str) -> Callable[[], None]:
    """What a component calls when a choice was clicked."""
    return lambda: take(components.listened(component))


def follow() -> None:
    """Draw the page again where a choice was just taken: its click ran a fragment alone."""
    if st.session_state.pop(_HEARD, False):
        st.rerun()


def take(value: str) -> None:
    """Put a recorded prompt, or a recorded model, where it was asked for."""
    reference, _arrow, instead = value.partition(_ARROW)
    if instead in recorded.voices():
        chosen: Iterable[str] = st.session_state.get(controls.MODELS.key, ())
        replaced = (instead if model == reference else model for model in chosen)
        state.change(controls.MODELS, tuple(dict.fromkeys(replaced)))
    elif value in recorded.plan().prompts:
        state.change(fields.PROMPT, value)
    else:
        return
    st.session_state[_HEARD] = True
