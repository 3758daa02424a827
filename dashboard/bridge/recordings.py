"""Recorded models: what is said of them, and what can be heard of them with one click."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard.bridge import cached, components, fields
from dashboard.shared import i18n, naming, state
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.models.references import HUB
from moliere_core.pretrained import recorded
from moliere_core.pretrained.recorded import Voice, Written

NONE: Mapping[str, Any] = {"lead": "", "items": ()}  # nothing to choose
_HEARD = "bridge.heard"  # whether a choice was just taken
_ARROW = " → "  # in the value of a choice: a model, and the one to be heard instead


def named(reference: str) -> str:
    """A model in a list, marked where it is recorded."""
    if cached.voice(reference) is None:
        return reference
    return _("{model} (enregistré)").format(model=reference)


def heading(reference: str) -> str:
    """The name over what a model says: without its owner, which the list of models has."""
    return naming.model(reference)


def stamp(voice: Voice) -> str:
    """When a model was recorded, and with how precise weights."""
    return _("enregistré le {date} · {bits}").format(
        date=i18n.date(voice.date), bits=i18n.bits(voice.stored_bits, 0)
    )


def settings(found: Written, config: SamplingConfig, seed: int) -> str:
    """With which settings a text was written, where these are not the ones asked for; else ""."""
    if (found.config, found.seed) == (config, seed):
        return ""
    return _(
        "Enregistré à T = {temperature}, graine {seed} : le plus proche de vos réglages."
    ).format(temperature=i18n.number(found.config.temperature, 1), seed=found.seed)


def may_have_read() -> str:
    """What is to be known of every model of the Web beside a figure on Molière."""
    return _("a pu lire Molière")


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
    heard = [name for name in recorded.voices() if cached.voice(name) is not None]
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
    voice = cached.voice(reference)
    if voice is None:
        return {"recorded": "", "choices": NONE if heard else instead(reference)}
    return {
        "recorded": stamp(voice) if heard else "",
        "choices": NONE if heard else prompts(voice),
    }


def listen(component: str) -> Callable[[], None]:
    """What a component calls when a choice was clicked."""
    return lambda: _take(components.listened(component))


def follow() -> None:
    """Draw the page again where a choice was just taken: its click ran a fragment alone."""
    if st.session_state.pop(_HEARD, False):
        st.rerun()


def _take(value: str) -> None:
    """Put a recorded prompt, or a recorded model, where it was asked for."""
    reference, _arrow, instead = value.partition(_ARROW)
    if instead in recorded.voices():
        chosen: Iterable[str] = st.session_state.get(fields.MODELS.key, ())
        replaced = (instead if model == reference else model for model in chosen)
        state.change(fields.MODELS, tuple(dict.fromkeys(replaced)))
    elif value in recorded.plan().prompts:
        state.change(state.PROMPT, value)
    else:
        return
    st.session_state[_HEARD] = True
