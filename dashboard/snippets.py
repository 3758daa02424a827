"""The corrected cells of the course: what a page does, in a few lines that run when pasted.

Each function returns Python source with the page's current settings in it. Values go in through
`repr`, so that no prompt can end a string. A test runs every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from dashboard.i18n import _
from moliere_core.config import PRESETS, ModelConfig, SamplingConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.jobs import JobSpec


def home(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """Write on, one character at a time."""
    course = _("le cours : model.predict sur 60 caractères, à chaque pas")
    here = _("ici : l’état du LSTM est gardé d’un caractère au suivant")
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models import load_model
from moliere_core.sampling import Writer

model = load_model({reference!r})
prompt = {prompt!r}
writer = Writer(model, [prompt], [{_config(config)}], seeds=[{seed}])

print(prompt, end="")
# {course}
# {here}
for _ in range(300):
    ids = writer.step()
    print(model.vocabulary.decode(ids), end="")
"""


def temperature(
    reference: str, prompts: Sequence[str], configs: Sequence[SamplingConfig], seed: int, chars: int
) -> str:
    """Several streams side by side, with the same draws."""
    same = _("la même graine : les mêmes tirages dans chaque colonne")
    listed = "".join(
        f"    ({prompt!r}, {_config(config)}),\n"
        for prompt, config in zip(prompts, configs, strict=True)
    )
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models import load_model
from moliere_core.sampling import generate

model = load_model({reference!r})
columns = [
{listed}]
prompts, configs = zip(*columns)
# {same}
seeds = [{seed}] * len(columns)
texts = generate(model, prompts, configs, seeds, max_new_chars={chars})

for prompt, config, text in zip(prompts, configs, texts):
    print(f"--- T = {{config.temperature}} ---\\n{{prompt}}{{text}}\\n")
"""


def probabilities(reference: str, prompt: str, config: SamplingConfig, bars: int) -> str:
    """The distribution of the next character, before and after the settings."""
    learned = _("température 1 : comme appris")
    entropy, perplexity = _("entropie"), _("perplexité par caractère")
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models import load_model
from moliere_core.sampling import entropy_bits, next_distribution

model = load_model({reference!r})
logits, state = model.start([{prompt!r}])
# {learned}
before = next_distribution(logits[0], SamplingConfig())
after = next_distribution(logits[0], {_config(config)})

for i in before.argsort()[::-1][:{bars}]:
    char = model.vocabulary.decode([i])
    print(f"{{char!r:6}} {{before[i]:7.1%}} {{after[i]:7.1%}}")
bits = entropy_bits(after)
print(f"{entropy}: {{bits:.2f}} bits, {perplexity}: {{2**bits:.1f}}")
"""


def training(spec: JobSpec | None) -> str:
    """Train a network and read its history; without a spec, the preset of the demonstration."""
    config = PRESETS["demo"] if spec is None else spec.config
    source = '"embedded"' if spec is None or spec.source == EMBEDDED else ""
    chosen = f"    plays={config.plays!r},\n" if config.plays else ""
    if config.initial:
        chosen += f"    initial={config.initial!r},\n"
    as_keras = _("le réseau, tel que Keras le décrit")
    return f"""\
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import load_corpus
from moliere_core.model import build, summary
from moliere_core.training import train

config = RunConfig(
    model={_changed(config.model)},
    training={_changed(config.training)},
{chosen})
run = train(config, load_corpus({source}), on_event=print)

# {as_keras}
print(summary(build(run.config.model, len(run.vocabulary))))
for epoch in run.history:
    print(epoch["epoch"], epoch["train_loss"], epoch["validation_bits_per_char"])
    print(epoch["sample"])
"""


def _changed(config: ModelConfig | TrainingConfig) -> str:
    """The settings of the course, and those that differ from the defaults."""
    names = {"cell", "embedding_dim", "units", "layers", "dropout"}
    names |= {"epochs", "seq_length", "shift", "batch_size", "learning_rate", "seed"}
    shown = [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)
        if field.name in names or getattr(config, field.name) != field.default
    ]
    inner = "".join(f"\n        {text}," for text in shown)
    return f"{type(config).__name__}({inner}\n    )"


def film(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """The same draws with the weights of every moment of a training."""
    course = _("le cours : un seul modèle, celui de la fin")
    here = _("ici : un fichier de poids par moment, et les mêmes tirages")
    base = reference.partition("@")[0]
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models import load_model, open_run
from moliere_core.sampling import generate

run, _ = open_run(run_name := {base!r})
prompt = {prompt!r}
# {course}
# {here}
for moment in run.snapshots:
    name = moment.epoch if moment.epoch is not None else f"step-{{moment.update}}"
    model = load_model(f"{{run_name}}@{{name}}")
    [text] = generate(model, [prompt], [{_config(config)}], [{seed}], 230)
    print(f"--- {{moment.name}}\\n{{prompt}}{{text}}\\n")
"""


def _config(config: SamplingConfig) -> str:
    """The settings that differ from the defaults; the temperature always."""
    text = f"temperature={config.temperature:g}"
    if config.top_k:
        text += f", top_k={config.top_k}"
    if config.top_p < 1:
        text += f", top_p={config.top_p:g}"
    return f"SamplingConfig({text})"
