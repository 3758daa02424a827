"""The corrected cell of the Home page."""

from __future__ import annotations

from dashboard.shared import snippets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def code(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """Write on, one character at a time."""
    course = _("le cours : model.predict sur 60 caractères, à chaque pas")
    here = _("ici : l’état du LSTM est gardé d’un caractère au suivant")
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import Writer

model = load_model({reference!r})
prompt = {prompt!r}
writer = Writer(model, [prompt], [{snippets.config(config)}], seeds=[{seed}])

print(prompt, end="")
# {course}
# {here}
for _ in range(300):
    ids = writer.step()
    print(model.vocabulary.decode(ids), end="")
"""
