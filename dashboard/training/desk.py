"""The Training page's desk: a preset, the knobs, the text that is read, and the button."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st

from dashboard.shared import cached, i18n, naming, sources, state, stored_runs, trainings, widgets
from dashboard.shared.i18n import _
from dashboard.training import cached as training_cache
from dashboard.training import fields, knobs
from moliere_core.config import PRESETS, ModelConfig, RunConfig
from moliere_core.errors import MoliereError
from moliere_core.runs.run import MAX_LABEL
from moliere_core.training import jobs
from moliere_core.training.jobs import JobSpec

_APPLIED = "training.applied"  # the preset, or the model, whose values the knobs were given
_REFUSED = "training.refused"  # why the last request was refused
_LABEL = "training.label"


@dataclass(frozen=True)
class Request:
    """A training as the desk describes it.

    Attributes:
        source: which corpus, see `cached.corpus`.
        config: all the settings.
        label: what people will call it.
        reading: sizes of its texts.
        symbols: size of its alphabet, the unknown symbol included.
    """

    source: str
    config: RunConfig
    label: str
    reading: training_cache.Reading
    symbols: int

    @cached_property
    def spec(self) -> JobSpec:
        """What will be asked for; nothing is stored yet."""
        sizes = self.reading.chars, self.reading.validation_chars
        return jobs.describe(self.config, cached.corpus(self.source), sizes=sizes)


def preset() -> RunConfig:
    """The settings to begin with; choosing others turns all the knobs."""
    return PRESETS[widgets.segmented(fields.PRESET, _("Préréglage"), naming.presets())]


def request(base: RunConfig) -> Request:
    """Every knob of the course, turned from those of a preset."""
    essentials = st.container()
    with st.expander(_("Tous les réglages"), icon=":material/tune:"):
        left, middle, right = st.columns(3, gap="small")
        with right:
            source, initial = sources.select(essentials), _initial()
        stored = _stored_model(initial)
        if stored is not None:
            base = replace(base, model=replace(stored, dropout=base.model.dropout))
        _turn_at_once(base, f"{st.session_state[fields.PRESET.key]}/{initial}")
        shown, fixed = knobs.values(base), stored is not None
        with left:
            shown["embedding"] = knobs.whole("embedding", shown["embedding"], fixed)
            shown["dropout"] = knobs.dropout(shown["dropout"])
            shown["rate"] = knobs.rate(shown["rate"])
            shown["train_seed"] = knobs.whole("train_seed", shown["train_seed"])
        with middle:
            shown["seq"] = knobs.whole("seq", shown["seq"])
            shown["shift"] = knobs.shift(shown["shift"])
            shown["batch"] = knobs.whole("batch", shown["batch"])
            shown["min_freq"] = knobs.whole("min_freq", shown["min_freq"], fixed)
        with right:
            label = _label()
    with essentials, st.container(horizontal=True, vertical_alignment="top"):
        plays = _plays(source)
        shown["cell"] = knobs.cell(shown["cell"], fixed)
    with essentials:
        for name, place in zip(("layers", "units", "epochs"), st.columns(3), strict=True):
            with place:
                shown[name] = knobs.whole(name, shown[name], fixed and name != "epochs")
    config = replace(knobs.turned(base, shown), plays=plays, initial=initial or None)
    reading = training_cache.reading(source, plays, config.training.min_char_freq)
    symbols = len(cached.model(initial).vocabulary) if initial else reading.vocab_size
    _told(source, reading)
    return Request(source, config, label, reading, symbols)


def button(request: Request) -> None:
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
        on_click=start,
        args=(request,),
    )


def refused(request: Request) -> bool:
    """Whether the button cannot be pressed, or was in vain; the reason, where the eye is."""
    reason = st.session_state.pop(_REFUSED, None) or trainings.refusal(request.spec)
    if reason is not None:
        widgets.problem(reason)
    return reason is not None


def limits() -> None:
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


def start(request: Request) -> None:
    """Ask for the training and follow it; asked for twice, it is one."""
    try:
        spec = jobs.prepare(request.config, cached.corpus(request.source), request.label)
        job = trainings.submit(spec)
    except MoliereError as error:
        st.session_state[_REFUSED] = error
        return
    follow(job.id)


def follow(job_id: str) -> None:
    """Show this job's curves from now on."""
    state.change(fields.JOB, job_id)
    state.change(fields.view(job_id), "follow")


def _turn_at_once(base: RunConfig, name: str) -> None:
    """Give the knobs the values of another preset or stored model, once it is chosen."""
    if st.session_state.get(_APPLIED, name) != name:
        knobs.set_all(base)
    st.session_state[_APPLIED] = name


def _plays(source: str) -> tuple[str, ...]:
    corpus = cached.corpus(source)
    state.change(fields.PLAYS, tuple(p for p in state.restore(fields.PLAYS) if p in corpus.plays))
    st.session_state[fields.PLAYS.key] = list(st.session_state[fields.PLAYS.key])
    chosen = st.multiselect(
        _("Pièces"),
        corpus.plays,
        format_func=corpus.titles.__getitem__,
        key=fields.PLAYS.key,
        placeholder=_("toutes ; ou choisissez celles qu’il lira"),
        help=_("Plus il en lit, mieux il prédit un texte nouveau, et plus c’est long."),
    )
    return state.keep(fields.PLAYS, tuple(chosen))


def _initial() -> str:
    """The model whose weights it starts from, "" for a network that knows nothing."""
    state.restore(fields.START_FROM)
    known = cached.models()
    if st.session_state[fields.START_FROM.key] not in known:
        state.change(fields.START_FROM, "")
    names = {row.reference: row.name for row in stored_runs.stored_runs()} | {"": _("zéro")}
    chosen = st.selectbox(
        _("Partir de"),
        ["", *known],
        format_func=lambda name: names.get(name, name),
        key=fields.START_FROM.key,
        help=_("Un modèle enregistré garde son alphabet et son architecture, et va plus loin."),
    )
    return state.keep(fields.START_FROM, str(chosen))


def _stored_model(reference: str) -> ModelConfig | None:
    return cached.model(reference).network.config if reference else None


def _label() -> str:
    typed = st.text_input(
        _("Nom"),
        key=_LABEL,
        max_chars=MAX_LABEL,
        placeholder=_("par exemple Table 4"),
        help=_("Sous quel nom la classe le retrouvera."),
    )
    return typed or ""


def _told(source: str, reading: training_cache.Reading) -> None:
    """What it reads, and what is kept to measure."""
    held = (
        _("jugé sur {count} caractères de deux pièces qu’il ne lit pas")
        if reading.held_out == "plays"
        else _("jugé sur le dernier dixième, {count} caractères qu’il ne lit pas")
    ).format(count=i18n.number(reading.validation_chars))
    st.caption(
        _("{corpus} : il lit {chars} caractères, {symbols} symboles ; {held}.").format(
            corpus=widgets.plain(naming.source(source)),
            chars=i18n.number(reading.chars),
            symbols=reading.vocab_size,
            held=held,
        )
    )


def tried(spec: JobSpec | None) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    if spec is None:
        return {}
    config = spec.config
    preset = st.session_state.get(fields.PRESET.key, fields.PRESET.default)
    usual = PRESETS[preset].training.learning_rate
    return {
        "deep": len(config.plays) == 1 and config.model.layers == 2,
        "rate": config.training.learning_rate >= 5 * usual,
    }
