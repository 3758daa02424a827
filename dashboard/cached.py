"""Every cache of the application: thin wrappers over moliere_core.

This module itself imports nothing heavy. Thirty sessions that open a cold server would otherwise
import numpy and plotly at the same time; `warm_up` does it once, under the lock of its cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from moliere_core.config import SamplingConfig
    from moliere_core.models import ModelEntry, RecurrentModel
    from dashboard.playback import Column, NextCharacter, Playback


@dataclass(frozen=True)
class Card:
    """A model in one line."""


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import what pages need, once; then tell the collector that it is there to stay.

    Streamlit collects garbage after every run of a script: frozen objects cost it nothing.
    """
    import gc
    import importlib

    for name in ("numpy", "moliere_core.sampling", "dashboard.playback", "dashboard.widgets"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
