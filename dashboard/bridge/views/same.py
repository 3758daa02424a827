"""“Même début”: the same prompt and the same settings, some models side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.bridge import components, fetching, recordings, results, worth
from dashboard.bridge.controls import Settings
from dashboard.bridge.wording import models as wording
from dashboard.shared import following, i18n, naming
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.errors import MoliereError
from moliere_core.pretrained import Generation, Piece
from moliere_core.pretrained.recorded import Voice

PERIOD = 0.35  # seconds between two looks at texts that are being written
COMPONENT = "bridge.tokens"


def show(settings: Settings) -> None:
    """The texts; those of pretrained models appear while they are written."""
    works = results.running(results.written, settings.references, *settings.draw)
    following.follow(works.values(), partial(_columns, settings), PERIOD)
    st.caption(
        _(
            "Chaque case est un token. Mêmes réglages partout ; les tirages ne sont comparables "
            "qu’entre modèles de même alphabet."
        )
    )
    worth.show(settings.references, settings.config)
    fetching.buttons(settings.references)


def _columns(settings: Settings) -> None:
    recordings.follow()
    found = [_column(reference, settings) for reference in settings.references]
    components.tokens({"columns": found}, COMPONENT, listen=recordings.listen(COMPONENT))


def _column(reference: str, settings: Settings) -> dict[str, Any]:
    """What tokens.js needs of a model."""
    try:
        if not pretrained.is_pretrained(reference):
            found = results.written_by_characters(reference, *settings.draw)
            return _payload(reference, found, "", letters=True)
        if (voice := results.voice(reference)) is not None:
            return _recorded(voice, settings)
        request = results.written(reference, *settings.draw)
        status = request.status
        if status.error is not None:
            said, choices = i18n.sentence(status.error), recordings.instead(reference)
            return _payload(reference, request.value, said, True, choices=choices)
        return _payload(reference, request.value, wording.standing(status))
    except MoliereError as error:
        return _payload(reference, Generation(), i18n.sentence(error), True)


def _recorded(voice: Voice, settings: Settings) -> dict[str, Any]:
    """The column of a model that is not here, as it was recorded after one of its prompts."""
    found = voice.written(*settings.draw)
    if found is None:
        return _payload(voice.reference, Generation(), "", choices=recordings.prompts(voice))
    said = wording.recorded_with(found, settings.config, settings.seed)
    recorded = wording.recorded_on(voice)
    return _payload(voice.reference, found.generation, said, recorded=recorded)


def _payload(
    reference: str,
    found: Generation,
    said: str,
    problem: bool = False,
    letters: bool = False,
    recorded: str = "",
    choices: Mapping[str, Any] = recordings.NONE,
) -> dict[str, Any]:
    speed = ""
    if found.seconds:
        speed = _("{chars} caractères/s").format(chars=i18n.number(found.chars_per_second))
        if not letters:  # there, a character is a token
            tokens = i18n.number(found.tokens_per_second)
            speed += " · " + _("{tokens} tokens/s").format(tokens=tokens)
    if found.ended == "end":
        said = " ".join(filter(None, (_("il a mis fin à son texte"), said)))
    return {
        "heading": naming.model(reference),
        "facts": _facts(reference),
        "speed": speed,
        "said": said,
        "problem": problem,
        "letters": letters,
        "recorded": recorded,
        "choices": choices,
        "prompt": _runs(found.prompt),
        "pieces": _runs(found.pieces),
    }


def _facts(reference: str) -> list[str]:
    """What a model is, in a few words; nothing of one that cannot be opened."""
    try:
        if not pretrained.is_pretrained(reference):
            return wording.facts(results.char_model(reference))
        if (voice := results.voice(reference)) is not None:
            return wording.recorded_facts(voice)
        return wording.pretrained_facts(results.card(reference), reference == pretrained.MINI)
    except MoliereError:
        return []


def _runs(pieces: tuple[Piece, ...]) -> list[tuple[str, int]]:
    return [(piece.text, piece.tokens) for piece in pieces]
