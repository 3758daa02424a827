"""What is set on the Training page: what it starts from, which are compared, who is followed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import streamlit as st

from dashboard.shared import fields, naming, snippets, sources, state, views
from dashboard.shared.controls import Choice, Control, Given, Menu, Several, Whole
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.config import PRESETS
from moliere_core.corpus import EMBEDDED
from moliere_core.errors import N_
from moliere_core.training.jobs import JobSpec
from moliere_core.training.specialise.methods import suited

MOST_RUNS = 12  # compared at once

JOB: fields.Field[str] = fields.Field("training.job", "job", "", str)


_JOINED = "training.joined"  # the job of somebody else that a click on the button has led to


def follow(job_id: str, joined: bool = False) -> None:
    """Inside a click: show the curves of this job from now on.

    Args:
        job_id: which one.
        joined: whether it was somebody else's when it was asked for.
    """
    state.change(JOB, job_id)
    st.session_state[_JOINED] = job_id if joined else ""
    views.go("training", "follow")


def is_joined(job_id: str) -> bool:
    """Whether this session asked for that job, and found somebody else's."""
    return bool(st.session_state.get(_JOINED) == job_id)


def another_seed(seed: int) -> None:
    """Inside a click: back to the desk, with a seed that makes another network of it."""
    found = secrets.randbelow(9_999) + 1
    other = found if found != seed else seed + 1
    state.change(fields.Field("training.train_seed", "train_seed", 0, int), other)
    views.go("training", "new")
    told = _("Graine {seed} : ce sera un autre réseau, à vous de le lancer.")
    st.toast(told.format(seed=other), icon=":material/casino:")


PRESET = Choice("training.preset", "preset", "demo", N_("Préréglage"), naming.PRESET_LABELS)
PLAYS = Several(
    "training.plays",
    "plays",
    (),
    N_("Pièces"),
    help=N_("Plus il en lit, mieux il prédit un texte nouveau, et plus c’est long."),
)
START_FROM = Menu(
    "training.initial",
    "from",
    "",
    N_("Partir de"),
    help=N_("Un modèle enregistré garde son alphabet et son architecture, et va plus loin."),
)


METHOD = Choice(
    "training.method",
    "method",
    "auto",
    N_("Ce qui apprend"),
    {"auto": N_("auto"), "lora": N_("LoRA"), "block": N_("dernier bloc")},
    help=N_(
        "LoRA ajoute à chaque matrice de chaque bloc un petit produit de deux matrices, seul à "
        "apprendre. Le dernier bloc seul demande moins de calcul : c’est le choix des grands "
        "modèles."
    ),
)
PASSES = Whole("training.passes", "passes", 3, N_("Passages sur le texte"), 1, 30)
MEASURE = Choice(
    "training.measure",
    "measure",
    "bits",
    N_("Mesure"),
    {"bits": N_("Bits"), "nats": N_("Nats"), "accuracy": N_("Exactitude")},
    help=N_(
        "La perte en bits par caractère, ou en nats, l’unité de Keras (1 bit = 0,693 nat) ; ou la "
        "part des premiers choix qui sont justes."
    ),
)


class CommonText(Control[str]):
    """The text on which models are compared: what a corpus holds out, or one that is typed."""

    TYPED = "typed"

    labelled = False

    def _widget(self, value: str, given: Given, corpora: Mapping[str, str]) -> str:
        """`TYPED`, or "held:" and an identifier of a corpus, of which `corpora` are the names."""
        told = _("texte gardé pour la mesure ({corpus})")
        labels = {f"held:{corpus}": told.format(corpus=name) for corpus, name in corpora.items()}
        labels[self.TYPED] = _("un texte à vous")
        if value not in labels:
            state.change(self, self.default)
        chosen = st.segmented_control(
            options=list(labels), format_func=labels.__getitem__, required=True, **given
        )
        return str(chosen)


def _references(text: str) -> tuple[str, ...]:
    return fields.words(text)[:MOST_RUNS]


RUNS = Several(
    "training.runs", "runs", (), N_("Entraînements enregistrés"), _references, most=MOST_RUNS
)
COMMON = CommonText("training.common", "common", "held:embedded", N_("Texte commun"), str)


def code(spec: JobSpec | None) -> str:
    """Train a network, or specialise a GPT; without either, the preset of the demonstration."""
    base = state.foretold(START_FROM)
    if spec is None and pretrained.is_pretrained(base):
        return _specialising(base)
    if spec is None:
        return snippets.training(PRESETS["demo"], EMBEDDED)
    return snippets.training(spec.config, spec.source)


def _specialising(base: str) -> str:
    """Continue a GPT on the text that is chosen."""
    asked, source = state.value(METHOD), sources.chosen()
    method = suited(pretrained.card(base).parameters) if asked == "auto" else asked
    return snippets.filled(
        "training-specialise",
        base=base,
        corpus=snippets.corpus(source),
        text=naming.source(source),
        method=method,
        passes=state.value(PASSES),
    )
