"""A training to be set up: a preset, the knobs, the text that is read, the bets, the button."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import streamlit as st

from dashboard.shared import cached, i18n, state, trainings, widgets
from dashboard.shared.i18n import _
from dashboard.training import controls, results, wording
from dashboard.training.controls import bets, knobs
from dashboard.training.views import beginning, betting, specialise, summary
from moliere_core.config import PRESETS, Cell, RunConfig, suited
from moliere_core.errors import ConfigError, MoliereError
from moliere_core.runs.run import MAX_LABEL
from moliere_core.training import jobs
from moliere_core.training.jobs import JobSpec
from moliere_core.training.memory import gently

_APPLIED = "training.applied"  # the preset, or the model, whose values the knobs were given
_KIND = "training.transformer"  # whether the knobs are a transformer's
_REFUSED = "training.refused"  # why the last request was refused
_LABEL = "training.label"


@dataclass(frozen=True)
class Request:
    """A training as the page describes it.

    Attributes:
        source: which corpus, see `cached.corpus`.
        config: all the settings.
        label: what people will call it.
        sizes: of its texts.
        symbols: of its alphabet, the unknown one included.
    """

    source: str
    config: RunConfig
    label: str
    sizes: results.Sizes
    symbols: int

    @cached_property
    def spec(self) -> JobSpec:
        """What will be asked for; nothing is stored yet."""
        sizes = self.sizes.train, self.sizes.validation
        return jobs.describe(self.config, cached.corpus(self.source), sizes=sizes)


def show() -> JobSpec | None:
    """The settings on the left; the bets and the button on the right, then what is trained.

    Returns:
        What would be trained; None where the settings make no network, or specialise a GPT.
    """
    if beginning.is_gpt():
        specialise.show()
        return None
    trainings.expected()
    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        try:
            request = _request(PRESETS[controls.PRESET.ask(visible=True)])
        except ConfigError as error:
            with right:
                widgets.problem(error)
            return None
        _limits()
    with right:
        if not _refused(request):
            _ask_for_bets()
        trainings.ask_for_name()
        _button(request)
        summary.show(request.config, request.symbols)
    return request.spec


def _request(base: RunConfig) -> Request:
    """Every knob of the course, turned from those of a preset."""
    essentials = st.container()
    with essentials:
        source, initial = beginning.ask()
    with st.expander(_("Tous les réglages"), icon=":material/tune:"):
        left, middle, right = st.columns(3, gap="small")
        stored, preset = None, st.session_state[controls.PRESET.key]
        if initial:
            stored = cached.model(initial).network.config
            base = suited(base, stored.cell)
            base = replace(
                base,
                model=replace(stored, dropout=base.model.dropout),
                training=gently(base.training, results.sizes(source, (), 1).train),
            )
            preset += f"/{initial}/{base.training.batch_size}"
        usual = base.model.cell  # of an address that does not say
        base = _turn_at_once(base, preset)
        knob, fixed = knobs.of(base, usual), stored is not None
        width, length = ("heads", "context") if base.model.is_transformer else ("embedding", "seq")
        values = {}
        with left:
            values[width] = knob[width].ask(disabled=fixed)
            for name in ("dropout", "rate", "train_seed"):
                values[name] = knob[name].ask()
        with middle:
            values[length] = knob[length].ask(disabled=fixed and base.model.is_transformer)
            for name in ("shift", "last_only", "batch"):
                values[name] = knob[name].ask()
        with right:
            values["min_freq"] = knob["min_freq"].ask(disabled=fixed)
            label = _label()
    with essentials, st.container(horizontal=True, vertical_alignment="top"):
        corpus = cached.corpus(source)
        plays = controls.PLAYS.ask(
            corpus.plays,
            corpus.titles.__getitem__,
            placeholder=_("toutes ; ou choisissez celles qu’il lira"),
        )
        values["cell"] = knob["cell"].ask(visible=True, disabled=fixed)
    with essentials:
        for name, place in zip(("layers", "units", "epochs"), st.columns(3), strict=True):
            with place:
                values[name] = knob[name].ask(disabled=fixed and name != "epochs")
    config = replace(knobs.turned(base, values), plays=plays, initial=initial or None)
    sizes = results.sizes(source, plays, config.training.min_char_freq)
    beginning.told(source, sizes)
    if initial:
        st.caption(wording.continued(*results.outside(initial, source, plays)))
    symbols = len(cached.model(initial).vocabulary) if initial else sizes.symbols
    return Request(source, config, label, sizes, symbols)


def _turn_at_once(base: RunConfig, name: str) -> RunConfig:
    """Give the knobs the values of another preset or stored model, once it is chosen.

    Returns:
        What the knobs begin with: the preset's settings, or those that suit the kind of network
        that was chosen in the place of its own.
    """
    if st.session_state.get(_APPLIED, name) != name:
        knobs.turn_all(base)
    st.session_state[_APPLIED] = name
    found = suited(base, cast(Cell, state.value(knobs.cell(base.model.cell))))
    kind = found.model.is_transformer
    if st.session_state.get(_KIND, kind) != kind:
        knobs.turn_all(found)
    st.session_state[_KIND] = kind
    return found


def _label() -> str:
    typed = st.text_input(
        _("Nom"),
        key=_LABEL,
        max_chars=MAX_LABEL,
        placeholder=_("par exemple Table 4"),
        help=_("Sous quel nom la classe le retrouvera."),
    )
    return typed or ""


def _limits() -> None:
    """What this server never does."""
    trainings.without_framework()
    if (limits := jobs.limits()).epochs is not None:
        st.caption(
            _(
                "Serveur public, au plus : {epochs} époques, {units} unités, {layers} couches, "
                "{chars} caractères à prédire ; un entraînement à la fois chacun."
            ).format(
                epochs=limits.epochs,
                units=limits.units,
                layers=limits.layers,
                chars=i18n.number(limits.predictions or 0),
            )
        )


def _ask_for_bets() -> None:
    """What the class writes down before it starts, to be seen on its curves."""
    st.markdown(_("**Le pari de la classe, en bits**"))
    betting.listen()
    left, right = st.columns(2)
    with left:
        loss = bets.LOSS.ask()
    with right:
        bits = bets.BITS.ask()
    if any(typed and bets.amount(typed) is None for typed in (loss, bits)):
        st.caption(
            ":material/warning: "
            + _("Un pari est un nombre entre 0 et {highest}, par exemple {example}.").format(
                highest=bets.HIGHEST, example=i18n.number(2.5, 1)
            )
        )


def _refused(request: Request) -> bool:
    """Whether the button cannot be pressed, or was in vain; the reason, where the eye is."""
    reason = st.session_state.pop(_REFUSED, None) or trainings.refusal(request.spec)
    if reason is not None:
        widgets.problem(reason)
    return reason is not None


def _button(request: Request) -> None:
    """The one button; on it how long it will take."""
    allowed = trainings.refusal(request.spec) is None
    label = _("Entraîner")
    if allowed:
        about = trainings.estimate(request.spec)
        label = _("Entraîner ({duration} environ)").format(duration=about)
    st.button(
        label,
        key="training.start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not (allowed and jobs.available()),
        on_click=_start,
        args=(request,),
    )


def _start(request: Request) -> None:
    """Ask for the training and follow it; asked for twice, it is one."""
    try:
        corpus, known = cached.corpus(request.source), cached.known_corpora()
        spec = jobs.prepare(request.config, corpus, request.label, known)
        joined = trainings.joined(spec) is not None
        controls.follow(trainings.submit(spec).id, joined)
    except MoliereError as error:
        st.session_state[_REFUSED] = error
