"""What the views of a text have in hand, and how they write positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.shared import widgets

if TYPE_CHECKING:
    from moliere_core.inspection.trace import Trace


@dataclass(frozen=True)
class Looked:
    """A text, what the model computed over it, and what is chosen in it.

    Attributes:
        reference: of the model.
        context: the line break and the text.
        seen: what was computed.
        layer: of the unit, from 0.
        unit: from 0.
        start: first position of the chosen part of the context.
        stop: the one after its last.
    """

    reference: str
    context: str
    seen: Trace
    layer: int
    unit: int
    start: int
    stop: int

    @property
    def chosen(self) -> str:
        """The chosen part, as Markdown that shows it as it is."""
        return widgets.plain(widgets.visible(self.context[self.start : self.stop]))
