"""What of the Bridge page's list the class has done."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.bridge import cached
from dashboard.bridge.axis import fields as axis
from dashboard.bridge.discussion import pairs
from dashboard.shared import state
from moliere_core.errors import ModelError
from moliere_core.pretrained import Presence

_ENGLISH = {"the", "and", "is", "of", "to", "was", "you", "my"}


def tried(references: Sequence[str], view: str, prompt: str, steps: int) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    own = prompt != state.PROMPT.default
    return {
        "alphabet": view == "alphabet" and steps >= 3,
        "english": bool(_ENGLISH & set(prompt.lower().split())),
        "counts": "kn-8" in references,
        "hub": any(map(_fetched, references)),
        "same": view == "same" and own and {"petit", "mini-gpt"} <= set(references),
        "ladder": view == "ladder",
        "axis": view == "axis" and state.value(axis.TEXT) == "modern",
        "talk": view == "talk" and pairs.voted(),
    }


def _fetched(reference: str) -> bool:
    """Whether it is a model of the hub that is here; a name that is none is told elsewhere."""
    if not reference.startswith("hf:"):
        return False
    try:
        return cached.card(reference).presence is Presence.READY
    except ModelError:
        return False
