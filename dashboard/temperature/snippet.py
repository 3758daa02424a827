"""The corrected cell of the Temperature page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.shared import snippets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def code(
    reference: str, prompts: Sequence[str], configs: Sequence[SamplingConfig], seed: int, chars: int
) -> str:
    """Several streams side by side, with the same draws."""
    same = _("la même graine : les mêmes tirages dans chaque colonne")
    listed = "".join(
        f"    ({prompt!r}, {snippets.config(config)}),\n"
        for prompt, config in zip(prompts, configs, strict=True)
    )
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate

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
