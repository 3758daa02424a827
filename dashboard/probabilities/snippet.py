"""The corrected cell of the Next character page."""

from __future__ import annotations

from dashboard.shared import snippets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def code(reference: str, prompt: str, config: SamplingConfig, bars: int) -> str:
    """The distribution of the next character, before and after the settings."""
    learned = _("température 1 : comme appris")
    entropy, perplexity = _("entropie"), _("perplexité par caractère")
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import entropy_bits, next_distribution

model = load_model({reference!r})
logits, state = model.start([{prompt!r}])
# {learned}
before = next_distribution(logits[0], SamplingConfig())
after = next_distribution(logits[0], {snippets.config(config)})

for i in before.argsort()[::-1][:{bars}]:
    char = model.vocabulary.decode([i])
    print(f"{{char!r:6}} {{before[i]:7.1%}} {{after[i]:7.1%}}")
bits = entropy_bits(after)
print(f"{entropy}: {{bits:.2f}} bits, {perplexity}: {{2**bits:.1f}}")
"""
