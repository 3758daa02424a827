"""The corrected cell of the course for the model: what is in it, before Keras is imported."""

from __future__ import annotations

from dashboard.model.controls import Settings
from dashboard.shared.i18n import _
from dashboard.shared.snippets import corpus


def code(settings: Settings) -> str:
    """The layers and their sums, then the same network in Keras."""
    model = settings.model
    source = corpus(settings.source)
    paper = _("sur le papier : les formes et les sommes, sans Keras")
    start = _("une perte de départ près de ln V, sans rien apprendre")
    keras = _("le même réseau en Keras, return_sequences=True : build(config, V)")
    return f"""\
import math

from moliere_core.networks.architecture import layer_plans
from moliere_core.config import ModelConfig, RunConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.networks.initial import cross_entropy, initial_weights
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Vocabulary

text = split(load_corpus({source}), (), RunConfig().validation).train_text
vocabulary = Vocabulary.from_text(text)
V = len(vocabulary)
config = ModelConfig(
    cell={model.cell!r},
    embedding_dim={model.embedding_dim},
    units={model.units},
    layers={model.layers},
    dropout={model.dropout!r},
)
# {paper}
for layer in layer_plans(config, V):
    print(layer.kind, layer.outputs, layer.parameters)
print(config.parameter_count(V))

# {start}
network = RecurrentNetwork(initial_weights(config, V))
print(cross_entropy(network, vocabulary.encode(text[:1000])), math.log(V))

# {keras}
# from moliere_core.networks.keras_model import build, summary
# print(summary(build(config, V)))
"""
