"""What the server imports before it opens, so that no visitor waits for it.

Thirty sessions that open a cold server would otherwise import numpy, pandas and plotly at the same
time. All modules of the interface are imported, and what they import only where it is used.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

import dashboard

START = "dashboard.Home"  # what Streamlit itself imports
BESIDE = ("pandas", "plotly.graph_objects", "moliere_core.pretrained.fetching")


def import_all() -> None:
    """Import the interface; then tell the collector that all of it is there to stay.

    Frozen objects cost nothing to Python's own collections, which are the only ones left: see
    `postScriptGC` in .streamlit/config.toml.
    """
    modules = pkgutil.walk_packages(dashboard.__path__, "dashboard.")
    for name in (*BESIDE, *(module.name for module in modules if module.name != START)):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """The life of the server: nobody comes in before everything is imported."""
    import_all()
    yield {}
