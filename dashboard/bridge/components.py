"""What the Bridge page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from dashboard.shared import components, fields
from dashboard.shared.components import Component

LONGEST = 2 * fields.MAX_PROMPT  # characters of a choice: a prompt, or two references

tokens = Component(__file__, "tokens")  # texts of several models, cut where their tokens are
alphabet = Component(__file__, "alphabet")  # the next character of several models, in the same rows
rungs = Component(__file__, "rungs")  # what each model of the ladder writes and expects


def listened(key: str) -> str:
    """Where it hears `listen`: the choice that was clicked; empty where there is none."""
    return components.text(components.told(key, "listen"), LONGEST) or ""
