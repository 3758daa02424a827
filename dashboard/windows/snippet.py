"""The corrected cells of the course for windows, whichever the page shows."""

from __future__ import annotations

from dashboard.shared.i18n import _
from dashboard.shared.snippets import corpus
from dashboard.windows.controls import Settings
from moliere_core.config import PRESETS


def code(settings: Settings, view: str, variant: str, start: str, reference: str) -> str:
    """What the page does, with its settings."""
    if view == "start":
        return _start(settings, start, reference)
    if view == "variants" and variant != "notebook":
        return _reading(settings) + network(settings, variant)
    return _reading(settings) + {"streams": _streams, "length": _lengths}.get(view, _windows)(
        settings
    )


def network(settings: Settings, variant: str) -> str:
    """One of the two ways out of the notebook's error, in Keras."""
    model, symbols = PRESETS["cours"].model, "len(vocabulary)"
    many = variant == "many"
    here = (
        _("la cible est la fenêtre décalée d’un pas, tout entière")
        if many
        else _("la cible est le seul caractère qui suit la fenêtre")
    )
    return f"""\
import keras
from keras import layers

model = keras.Sequential([
    layers.Embedding({symbols}, {model.embedding_dim}),
    layers.LSTM({model.units}, return_sequences={many}),
    layers.Dropout({model.dropout}),
    layers.Dense({symbols}, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])

windows = sliding_windows(ids, seq_length={settings.length}, shift={settings.shift})
x, y = next(shuffled_batches(windows, batch_size={settings.batch}, seed=0, epoch=1))
# {here}
print(model.train_on_batch(x, {"y" if many else "y[:, -1]"}), model.output_shape)
"""


def _reading(settings: Settings) -> str:
    source = corpus(settings.source)
    return f"""\
from moliere_core.config import RunConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.text.vocabulary import Vocabulary
from moliere_core.text.windows import contiguous_streams, epoch_plan
from moliere_core.text.windows import shuffled_batches, sliding_windows

text = split(load_corpus({source}), (), RunConfig().validation).train_text
vocabulary = Vocabulary.from_text(text)
ids = vocabulary.encode(text)

"""


def _windows(settings: Settings) -> str:
    course = _("le cours : tf.data construit les fenêtres une à une")
    here = _("ici : des vues d’un seul tableau, rien n’est copié")
    return f"""\
# {course}
# {here}
inputs, targets = sliding_windows(ids, seq_length={settings.length}, shift={settings.shift})
print(inputs.shape, targets.shape)
print(repr(vocabulary.decode(inputs[0])))
print(repr(vocabulary.decode(targets[0])))

for x, y in shuffled_batches((inputs, targets), batch_size={settings.batch}, seed=0, epoch=1):
    print(x.shape, y.shape)
    break
"""


def _streams(settings: Settings) -> str:
    goes_on = _("chaque ligne reprend où la précédente s’est arrêtée : l’état peut passer")
    return f"""\
# {goes_on}
batches = contiguous_streams(ids, batch_size={settings.batch}, seq_length={settings.length})
first, second = next(batches), next(batches)
for x, y in (first, second):
    print(x.shape, repr(vocabulary.decode(x[0])))
"""


def _lengths(settings: Settings) -> str:
    return f"""\
for length in (40, 60, 100, 150):
    plan = epoch_plan(len(ids), length, {settings.shift}, {settings.batch})
    print(length, plan.windows, plan.updates, plan.chars_read, plan.mean_context)
"""


def _start(settings: Settings, start: str, reference: str) -> str:
    course = _("le cours : des espaces à gauche, jusqu’à la longueur des fenêtres")
    here = _("ici : un état nul, un passage à la ligne, puis le début")
    return f"""\
from moliere_core.models.references import load_recurrent
from moliere_core.measures.openings import opening

model = load_recurrent({reference!r})
found = opening(model, {start!r}, seq_length={settings.length})
# {course}
# {here}
for probs in (found.padded, found.zero):
    for i in probs.argsort()[::-1][:5]:
        print(f"{{model.vocabulary.decode([i])!r:6}} {{probs[i]:7.1%}}")
    print()
print(f"{{found.apart[-1]:.2f}} bits")
"""
