"""What several tests of the inside of a network share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moliere_core.inspection.states import STREAMS, memories, total_units
from moliere_core.models.references import RecurrentModel


def all_memories(model: RecurrentModel, text: str, streams: int = STREAMS) -> NDArray[np.float32]:
    """The memories of a text in reading order, shape (len(text), total units)."""
    seen = np.full((len(text), total_units(model.network)), np.nan, np.float32)
    for at, memory in memories(model.network, model.vocabulary, text, streams):
        places = at.T
        inside = places < len(text)
        seen[places[inside]] = memory[inside]
    return seen
