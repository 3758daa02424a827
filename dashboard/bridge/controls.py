"""What the Bridge page asks for."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.bridge import results
from dashboard.bridge.wording import models as wording
from dashboard.shared import fields, snippets, state, widgets
from dashboard.shared.controls import Choice, Menu, Several, Whole
from dashboard.shared.i18n import _
from dashboard.shared.snippets import Code
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_, ModelError
from moliere_core.measures.pairs import PAIRS, TESTS
from moliere_core.models.references import HUB

MAX_COLUMNS = 4

MODELS = Several(
    "bridge.models",
    "models",
    ("petit", "mini-gpt", "hf:gpt2", "hf:asi/gpt-fr-cased-small"),
    N_("Modèles (quatre au plus)"),
    lambda text: fields.words(text)[:MAX_COLUMNS],
    most=MAX_COLUMNS,
    new=True,
    help=N_("Un modèle de langue du hub s’écrit hf: suivi de son nom, par exemple hf:gpt2"),
)
TEMPERATURE = widgets.temperature("bridge")
LENGTH = Whole("bridge.chars", "chars", 160, N_("Nombre de caractères"), 20, 600)
CHOSEN = fields.Field("bridge.chosen", "chosen", "", fields.clip)
DRAWS = fields.Field("bridge.draws", "draws", "", str)  # whose draw the next step takes
RUNG = fields.Field("bridge.rung", "rung", 0, fields.integer(0, 20))  # of the ladder, from below

TEXT = Choice(
    "axis.text",
    "on",
    "verse",
    N_("Texte"),
    {
        "verse": N_("Molière, vers"),
        "prose": N_("Molière, prose"),
        "modern": N_("d’aujourd’hui"),
        "own": N_("à vous"),
    },
)
AGAINST = Choice(
    "axis.against",
    "against",
    "bars",
    N_("Dessin"),
    {
        "bars": N_("barres"),
        "parameters": N_("taille"),
        "read": N_("texte lu"),
        "two": N_("les deux"),
    },
)
PART = Choice(
    "axis.part",
    "part",
    "all",
    N_("Partie du texte"),
    {"all": N_("tout"), "verse": N_("vers"), "prose": N_("prose")},
)

PAIRS_OF = Choice(
    "discussion.pairs_of",
    "pairs",
    "one",
    N_("Phrases"),
    {"one": N_("Une phrase"), "all": N_("Toutes")},
)
PAIR = Menu(
    "discussion.pair",
    "pair",
    PAIRS[0].name,
    N_("Une phrase, deux fins"),
    fields.choice(*(pair.name for pair in PAIRS)),
)
TEST = Menu("discussion.test", "test", TESTS[0], N_("Épreuve"), fields.choice(*TESTS))


@dataclass(frozen=True)
class Settings:
    """What all views are given.

    Attributes:
        references: of the models that stand side by side.
        model: of the other pages.
        prompt: what they go on from.
        chosen: the characters that the class has chosen after it.
        config: how they draw.
        seed: of their draws.
        chars: that each writes.
    """

    references: tuple[str, ...]
    model: str
    prompt: str
    chosen: str
    config: SamplingConfig
    seed: int
    chars: int

    @property
    def text(self) -> str:
        """The prompt and what the class has chosen after it."""
        return self.prompt + self.chosen

    @property
    def draw(self) -> tuple[str, SamplingConfig, int, int]:
        """What each model is asked to write: the prompt, how, with which seed, how much."""
        return self.prompt, self.config, self.seed, self.chars


def models() -> tuple[str, ...]:
    """Up to `MAX_COLUMNS` references.

    Raises:
        ModelError: none is chosen.
    """
    known = dict.fromkeys([*results.offered(), *state.restore(MODELS)])
    typed = MODELS.ask(known, _listed, placeholder=_("Choisir, ou taper hf:NOM"))
    found = state.keep(MODELS, tuple(dict.fromkeys(name.strip() for name in typed)))
    if not found:
        raise ModelError(_("aucun modèle n’est choisi, prenez-en un dans les réglages"))
    return found


def _listed(reference: str) -> str:
    """A model in the list of those to choose from."""
    return wording.listed(reference, recorded=results.voice(reference) is not None)


def as_in_notebook() -> None:
    """The course's notebook, whose `pipeline` is in the page's drawer."""
    course = widgets.COURSE_SAMPLING
    widgets.as_in_notebook(
        "bridge",
        {
            TEMPERATURE: course.temperature,
            widgets.top_k("bridge"): course.top_k,
            widgets.top_p("bridge"): course.top_p,
            LENGTH: widgets.COURSE_CHARS,
        },
    )


def code(view: str, settings: Settings) -> str:
    """What the page shows, asked of the command line's own functions."""
    models = list(settings.references)
    if view == "alphabet":
        alphabet = Code(results.ALPHABET)
        return snippets.filled(
            "bridge-alphabet", models=models, prompt=settings.text, alphabet=alphabet
        )
    if view in ("axis", "talk"):
        return snippets.filled("bridge-axis")
    heard = any(results.voice(reference) is not None for reference in models)
    ours = snippets.filled(
        "bridge-recorded" if heard else "bridge-same",
        models=models,
        prompt=settings.prompt,
        config=snippets.config(settings.config),
        seed=settings.seed,
        chars=settings.chars,
    )
    # One that was recorded is not on this machine.
    hub = [name for name in models if name.startswith(HUB) and results.voice(name) is None]
    return ours + (_pipeline(hub[0], settings) if hub else "")


def _pipeline(reference: str, settings: Settings) -> str:
    """The course's own cell, which asks transformers for the same."""
    config = settings.config
    drawn = f"temperature={config.temperature:g}, top_k={config.top_k}, top_p={config.top_p:g}"
    return snippets.filled(
        "bridge-pipeline",
        model=reference.removeprefix(HUB),
        prompt=settings.prompt,
        tokens=settings.chars,
        seed=settings.seed,
        sampling=Code(f"do_sample=True, {drawn}" if config.temperature else "do_sample=False"),
    )
