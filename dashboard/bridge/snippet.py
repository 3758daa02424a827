"""The corrected cell of the Bridge page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.bridge import cached
from dashboard.bridge.cached import ALPHABET
from dashboard.shared import snippets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def code(
    references: Sequence[str], view: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> str:
    """What the page shows, asked of the command line's own functions."""
    if view == "alphabet":
        same = _("les caractères de tous, sur l’alphabet du LSTM")
        return f"""\
from moliere_core.cli.asking import following
from moliere_core.config import SamplingConfig

for model in {list(references)!r}:
    # {same} ({ALPHABET})
    found = following(model, {prompt!r}, SamplingConfig())
    print(model, found.chars[:5], found.extra)
"""
    if view in ("axis", "talk"):
        text = _("un texte d’aujourd’hui")
        return f"""\
from moliere_core.measures import axis
from moliere_core.errors import MoliereError

# {text}
modern = axis.MODERN.read_text(encoding="utf-8").strip()
for model in ("kn-3", "kn-8", "petit", "grand", "mini-gpt"):
    try:
        point = axis.measure(model, modern, train_chars=0)
        print(f"{{model:10}} {{point.bits_per_char:.3f}}")
    except MoliereError as error:
        print(error)
"""
    same = _("les mêmes réglages pour tous")
    heard = any(cached.voice(reference) is not None for reference in references)
    imported = "from moliere_core.pretrained import recorded\n" if heard else ""
    listen = f"""\
    if model in recorded.voices() and not pretrained.usable(model):
        found = recorded.voices()[model].written(prompt, config, {seed}, {chars})
        text = found.generation.text if found else "(...)"
    elif pretrained.is_pretrained(model):
"""
    write = listen if heard else "    if pretrained.is_pretrained(model):\n"
    return f"""\
from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
{imported}from moliere_core.models.sampling import generate

# {same}
prompt, config = {prompt!r}, {snippets.config(config)}
for model in {list(references)!r}:
{write}        text = pretrained.generate(model, prompt, config, {seed}, {chars}).result().text
    else:
        [text] = generate(load_model(model), [prompt], [config], [{seed}], {chars})
    print(f"--- {{model}} ---\\n{{prompt}}{{text}}\\n")
"""
