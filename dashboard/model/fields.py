"""What the address of the Model page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, clip
from moliere_core.config import CELLS, PRESETS

VIEWS = ("drawing", "counts", "loss", "embedding")
EMBEDDINGS, UNITS, LAYERS = (64, 128, 256), (128, 256, 512), (1, 2, 3)  # the course's suggestions

VIEW: Field[str] = Field("model.view", "view", "drawing", choice(*VIEWS))
PRESET: Field[str] = Field("model.preset", "preset", "cours", choice(*PRESETS))
CHAR: Field[str] = Field("model.char", "char", "e", clip)
START: Field[str] = Field("model.start", "start", "Quand l'Amour", clip)


def cell(default: str) -> Field[str]:
    """LSTM or GRU; the default is the preset's."""
    return Field("model.cell", "cell", default, choice(*CELLS))


def size(name: str, default: int) -> Field[str]:
    """A size of the network, as a word; the default is the preset's."""
    options = {"embedding": EMBEDDINGS, "units": UNITS, "layers": LAYERS}[name]
    return Field(f"model.{name}", name, str(default), choice(*map(str, options)))
