"""The corrected cell of the Film page."""

from __future__ import annotations

from dashboard.shared import snippets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig


def code(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """The same draws with the weights of every moment of a training."""
    course = _("le cours : un seul modèle, celui de la fin")
    here = _("ici : un fichier de poids par moment, et les mêmes tirages")
    base = reference.partition("@")[0]
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model, open_run
from moliere_core.models.sampling import generate

run, _ = open_run(run_name := {base!r})
prompt = {prompt!r}
# {course}
# {here}
for moment in run.snapshots:
    name = moment.epoch if moment.epoch is not None else f"step-{{moment.update}}"
    model = load_model(f"{{run_name}}@{{name}}")
    [text] = generate(model, [prompt], [{snippets.config(config)}], [{seed}], 230)
    print(f"--- {{moment.name}}\\n{{prompt}}{{text}}\\n")
"""
