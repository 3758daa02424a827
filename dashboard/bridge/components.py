"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.shared import components, state
from dashboard.shared.components import Component

LONGEST = 2 * state.MAX_PROMPT  # characters of a choice: a prompt, or two references

_tokens = Component(__file__, "tokens")
_alphabet = Component(__file__, "alphabet")
_rungs = Component(__file__, "rungs")
_attention = Component(__file__, "attention")


def tokens(data: Mapping[str, Any], key: str, on_listen: Callable[[], None]) -> None:
    """Texts of several models, cut where their tokens are; see tokens.js."""
    _tokens(data, key, listen=on_listen)


def alphabet(
    data: Mapping[str, Any], key: str, on_pick: Callable[[], None], on_listen: Callable[[], None]
) -> None:
    """The next character of several models, in the same rows; see alphabet.js."""
    _alphabet(data, key, pick=on_pick, listen=on_listen)


def rungs(data: Mapping[str, Any], key: str, on_listen: Callable[[], None]) -> None:
    """What each model of the ladder writes and expects; see rungs.js."""
    _rungs(data, key, listen=on_listen)


def attention(data: Mapping[str, Any], key: str) -> None:
    """Where each token of a text looks; see attention.js."""
    _attention(data, key)


def listened(key: str) -> str:
    """Inside `on_listen`: the value of the choice that was clicked; empty where there is none."""
    return components.text(components.told(key, "listen"), LONGEST) or ""
