"""What the Model page computes: networks that nobody trained, and losses at the start."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached
from dashboard.shared.cached import material
from moliere_core.config import ModelConfig
from moliere_core.networks.arrays import Array
from moliere_core.networks.initial import cross_entropy, initial_weights
from moliere_core.networks.loading import CharNetwork, network_of
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Ids

UNTRAINED, TRAINED = "petit@0", "petit"  # the same network before and after
SEED = 0
LOSS_CHARS = 2_000  # read to measure the loss at the start: enough for two decimals


@st.cache_resource(show_spinner=False, max_entries=4)
def untrained(model: ModelConfig, symbols: int) -> CharNetwork:
    """A network that nobody trained, drawn as Keras draws it."""
    return network_of(initial_weights(model, symbols, SEED), model)


def outputs(network: CharNetwork, ids: Ids) -> tuple[list[Array], Array]:
    """What comes out of each layer with weights at the last of some characters, and the scores.

    Args:
        network: reads them from a zero state.
        ids: the characters, shape (chars,); no more than a transformer looks back on.

    Returns:
        Of each layer of `layer_plans` its vector, shape (width,); and the logits, shape
        (vocab_size,), which are a recurrent network's last layer too.
    """
    if isinstance(network, RecurrentNetwork):
        logits, state = network.run(ids[None], network.zero_state(1))
        hidden = [layer[0][0] for layer in state]
        return [network.embedding[ids[-1]], *hidden, logits[0, -1]], logits[0, -1]
    read = network.transformer
    stream = read.tokens[ids][None] + read.positions[: len(ids)]
    found = [read.tokens[ids[-1]], stream[0, -1]]
    for block in read.blocks:
        stream = stream + block.attend(block.norm_1(stream), None)[0]
        stream = stream + block.think(stream)
        found.append(stream[0, -1])
    last = read.norm(stream)[0, -1]
    return [*found, last], read.logits(last)


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
