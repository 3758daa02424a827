"""What the Model page computes: networks that nobody trained, and losses at the start."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached
from dashboard.shared.cached import material
from moliere_core.config import ModelConfig
from moliere_core.networks.initial import cross_entropy, initial_weights
from moliere_core.networks.recurrent import RecurrentNetwork

UNTRAINED, TRAINED = "petit@0", "petit"  # the same network before and after
SEED = 0
LOSS_CHARS = 2_000  # read to measure the loss at the start: enough for two decimals


@st.cache_resource(show_spinner=False, max_entries=4)
def untrained(model: ModelConfig, symbols: int) -> RecurrentNetwork:
    """A network that nobody trained, drawn as Keras draws it."""
    return RecurrentNetwork(initial_weights(model, symbols, SEED))


@cached.computed(max_entries=64)
def start_loss(model: ModelConfig, source: str) -> cached.Task[float]:
    """Loss of an untrained network on the text held out, in nats per character."""
    read = material(source)
    network = untrained(model, len(read.vocabulary))
    ids = read.vocabulary.encode(read.held[:LOSS_CHARS])
    return lambda told: cross_entropy(network, ids, told)


@cached.computed(max_entries=64)
def loss_of(reference: str, source: str) -> cached.Task[float]:
    """Loss of a stored model on the same text, in nats per character, the unknown counted in."""
    model = cached.model(reference)
    ids = model.vocabulary.encode(material(source).held[:LOSS_CHARS])
    return lambda told: cross_entropy(model.network, ids, told)
