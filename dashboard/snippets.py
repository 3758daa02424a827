"""The corrected cells of the course: what a page does, in a few lines that run when pasted.

Each function returns Python source with the page's current settings in it. Values go in through
`repr`, so that no prompt can end a string. A test runs every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n import _
from moliere_core.config import SamplingConfig


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


def _config(config: SamplingConfig) -> str:
    """The settings that differ from the defaults; the temperature always."""
    text = f"temperature={config.temperature:g}"
    if config.top_k:
        text += f", top_k={config.top_k}"
    if config.top_p < 1:
        text += f", top_p={config.top_p:g}"
    return f"SamplingConfig({text})"
