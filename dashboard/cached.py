"""Every cache of the application: thin wrappers over moliere_core.

This module itself imports nothing heavy. Thirty sessions that open a cold server would otherwise
import numpy and plotly at the same time; `warm_up` does it once, under the lock of its cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.playback import Column, NextCharacter, Playback
    from moliere_core.config import SamplingConfig
    from moliere_core.models import RecurrentModel


@dataclass(frozen=True)
class Card:
    """A model in one line: its size, and its bits per character on plays it has not read."""

    reference: str
    cell: str
    layers: int
    units: int
    parameters: int
    epoch: int | None
    bits_per_char: float | None
    held_out: str  # "plays" or "last-tenth": what it was measured on


def _public(reference: str) -> str:
    """The reference, unless it is a folder's path, which an address must not open."""
    from moliere_core.errors import ModelError

    if not re.fullmatch(r"(\w[\w-]*|run:\w+|hf:[\w./-]+)(@[\w-]+)?", reference, re.ASCII):
        raise ModelError(f"there is no model {reference!r}: choose one from the list")
    return reference


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


@st.cache_resource(show_spinner=False, max_entries=8)
def model(reference: str) -> RecurrentModel:
    """A model, opened once for all sessions."""
    from moliere_core.models import load_recurrent

    return load_recurrent(_public(reference))


@st.cache_data(show_spinner=False, ttl=5)
def models() -> list[str]:
    """References of the models that can be chosen; looked up again every five seconds."""
    from moliere_core.models import list_models

    return [e.name for e in list_models() if e.available and e.kind != "ngram"]


@st.cache_data(show_spinner=False, max_entries=32, ttl=60)
def card(reference: str) -> Card:
    """What a model is and how well it predicts, from its run's own files."""
    from moliere_core.models import open_run

    run, snapshot = open_run(_public(reference))
    network = model(reference).network
    epoch = run.snapshot(snapshot).epoch
    measured = [line for line in run.history if line["epoch"] == epoch]
    return Card(
        reference=reference,
        cell=network.cell.upper(),
        layers=len(network.layers),
        units=network.config.units,
        parameters=network.parameters,
        epoch=epoch if snapshot else None,
        bits_per_char=measured[0].get("validation_bits_per_char") if measured else None,
        held_out=run.held_out,
    )


@st.cache_data(show_spinner=False, max_entries=64)
def playback(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> Playback:
    """A text with the choice behind each of its characters."""
    from dashboard.playback import record

    return record(model(reference), prompt, config, seed, chars)


@st.cache_data(show_spinner=False, max_entries=64)
def comparison(
    reference: str,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
) -> list[Column]:
    """Texts written side by side with the same draws."""
    from dashboard.playback import compare

    return compare(model(reference), prompts, configs, seed, chars)


@st.cache_data(show_spinner=False, max_entries=256)
def next_character(
    reference: str, prompt: str, chosen: str, config: SamplingConfig, seed: int, bars: int
) -> NextCharacter:
    """The distribution of the character after `prompt` and `chosen`."""
    from dashboard import playback

    return playback.next_character(model(reference), prompt, chosen, config, seed, bars)
