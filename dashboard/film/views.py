"""The Film page: the moments of a training, which of them is on screen, and what is said of it.

All moments go to the browser at once and are played there (film.js): thirty screens
that play cost the server nothing. The browser tells which moment is shown once it rests there, so
that the address has it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dashboard.film import controls, emergence, results, wording
from dashboard.film.results import Moment, Sample, Timeline, Words
from dashboard.shared import (
    cached,
    components,
    fields,
    following,
    i18n,
    state,
    stored_runs,
    widgets,
)
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_
from moliere_core.system.work import Work

_film = Component(__file__, "film")  # the moments of a training, played, or two side by side

KEY = "film.screen"
NAME = 20  # characters of the name of a moment, at most
_START = "film.start"
PATIENCE = 0.5  # seconds of computing after which the page says that it computes
FIRST_PLACE = len("Mon frère, s'il vous pla")  # in the prompt proposed: an î, learned late


@dataclass(frozen=True)
class Film:
    """The moments of a run, and what its network writes at each of them.

    Attributes:
        identity: the same for the same film.
        prompt: in runs, as `widgets.unknown` gives it.
        alphabet: decoded symbols, by index.
        timeline: the moments.
        samples: one a moment.
        words: those that its texts are held against.
        first: name of the moment that the model's reference gives, "" for none.
    """

    identity: str
    prompt: list[tuple[str, bool]]
    alphabet: str
    timeline: Timeline
    samples: list[Sample]
    words: Words
    first: str


@dataclass(frozen=True)
class Asked:
    """What all views are given: the model, the prompt, how it draws, and with which seed."""

    reference: str
    prompt: str
    config: SamplingConfig
    seed: int


def film(asked: Asked) -> Film:
    """Write with the weights of every moment of a run: the same prompt and the same draws."""
    reference, prompt, config, seed = asked.reference, asked.prompt, asked.config, asked.seed
    runs = widgets.unknown(reference, prompt)
    base, _at, snapshot = reference.partition("@")
    timeline = _completed(base, results.timeline(base))
    place = st.empty()
    began = time.monotonic()
    samples = []
    for done, moment in enumerate(timeline.moments):
        if time.monotonic() - began > PATIENCE:
            sentence = _("Le réseau de chaque moment écrit sa suite : {done} sur {all}")
            count = len(timeline.moments)
            place.progress(done / count, sentence.format(done=done, all=count))
        samples.append(results.sample(base, moment.name, prompt, config, seed))
    place.empty()
    return Film(
        identity=repr((base, prompt, config, seed)),
        prompt=runs,
        alphabet=cached.model(reference).vocabulary.decode(range(timeline.symbols)),
        timeline=timeline,
        samples=samples,
        words=results.words(base),
        first=_named(timeline, snapshot),
    )


def show(view: str, asked: Asked) -> None:
    """Play a film, or show two of its moments; where it has a single one, say what to choose."""
    found = film(asked)
    _film(_payload(found, view), KEY, rest=keep_place)
    if len(found.timeline.moments) < 2:
        st.caption(
            _(
                "Ce modèle n’a gardé qu’un moment de son entraînement. Pour un film, choisissez "
                "dans les réglages « petit », ou un entraînement de la classe."
            )
        )
    _show_measures_once_ready(asked.reference)


def _show_measures_once_ready(reference: str) -> None:
    """Run again as soon as the background has measured what the run's history lacks."""
    base = reference.partition("@")[0]
    works = _works(base, results.timeline(base))
    if not all(work.done() for work in works):
        following.follow(works, lambda: None, pending=True)


def keep_place() -> None:
    """The browser rests at a moment: keep it for the address."""
    sent = components.told(KEY, "rest")
    if not isinstance(sent, Mapping):
        return
    at = components.text(sent.get("at"), NAME)
    before = components.text(sent.get("before"), NAME)
    back = components.whole(sent.get("back"), -1, components.LONGEST)
    if at is not None and before is not None and back is not None:
        state.change(controls.MOMENT, at)
        state.change(controls.BEFORE, before)
        state.change(controls.BACK, back)


VIEWS = {
    "film": View(N_("Film"), partial(show, "film")),
    "compare": View(N_("Avant / après"), partial(show, "compare")),
    "verse": View(N_("Mots et vers"), lambda asked: emergence.show(asked.reference)),
}
PROMPTED = ("film", "compare")  # views that go on from the prompt
VIEW = chosen("film.view", "view", N_("Vue"), VIEWS)


def tried(view: str, reference: str, config: SamplingConfig) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        # The browser tells the place wherever it rests, chosen or not.
        "letter": state.value(controls.BACK) not in (-1, _first(state.value(fields.PROMPT))),
        "compare": view == "compare",
        "verse": view == "verse",
        "greedy": config.temperature == 0,
        "run": reference.startswith("run:"),
    }


def _cursor(prompt: str, places: int) -> int:
    """The place whose bars are shown; another prompt is looked at from its end."""
    start = st.session_state.get(_START)
    if start is not None and start != prompt:
        state.change(controls.BACK, -1)
    st.session_state[_START] = prompt
    back = state.value(controls.BACK)
    if back < 0:
        back = _first(prompt)
    return places - 1 - min(back, places - 1)


def _first(prompt: str) -> int:
    """The place looked at before another is chosen, in characters from the end of a prompt."""
    return len(prompt) - FIRST_PLACE if prompt == fields.DEFAULT_PROMPT else 0


def _payload(film: Film, view: str) -> dict[str, Any]:
    """What film.js needs."""
    line = film.timeline
    names = [moment.name for moment in line.moments]
    at = state.value(controls.MOMENT) or film.first
    before = state.value(controls.BEFORE)
    first = 0 if view == "film" else len(names) - 1
    prompt = "".join(text for text, _known in film.prompt)
    places = len(film.samples[0].probs)
    written = "".join(dict.fromkeys(sample.text[0] for sample in film.samples))
    following = [*prompt[len(prompt) + 1 - places :], written]
    shown = results.symbols_shown(film.samples, following, film.alphabet)
    return {
        "id": film.identity,
        "view": view,
        "autoplay": at not in names and view == "film",
        "at": names.index(at) if at in names else first,
        "before": names.index(before) if before in names else 0,
        "prompt": film.prompt,
        "cursor": _cursor(prompt, places),
        "places": ["".join(film.alphabet[i] for i in symbols) for symbols in shown],
        "rows": results.BARS,
        "moments": [
            _moment(line, moment, sample, shown)
            for moment, sample in zip(line.moments, film.samples, strict=True)
        ],
        "curve": [(update, m.train, m.validation) for update, m in line.curve],
        "references": wording.references(line),
        "locale": state.language(),
        "symbols": line.symbols,
        "held": [wording.held(line, 1), wording.held(line, 2)],
        "labels": wording.labels(film.words),
    }


def _moment(
    line: Timeline, moment: Moment, sample: Sample, shown: Sequence[Sequence[int]]
) -> dict[str, Any]:
    measure = moment.measure
    bits = measure.validation
    return {
        "name": moment.name,
        "title": wording.title(moment),
        "sub": wording.read(line, moment),
        "update": moment.update,
        "train": measure.train,
        "validation": bits,
        "text": sample.text,
        "chances": [
            np.rint(probs[symbols] * 10_000).astype(int).tolist()
            for probs, symbols in zip(sample.probs, shown, strict=True)
        ],
        "bits": i18n.number(bits, 2) if bits is not None else "–",
        "among": 2**bits if bits is not None else None,
        "hesitates": wording.decimals(2**bits) if bits is not None else "–",
        "runs": sample.runs,
        "known": i18n.share(sample.known),
        "said": wording.verdict(line, measure),
    }


def _named(timeline: Timeline, snapshot: str) -> str:
    """The moment that a reference such as petit@3 or petit@step-100 names, or ""."""
    for moment in timeline.moments:
        if snapshot and snapshot in (str(moment.epoch), f"step-{moment.update}"):
            return moment.name
    return ""


# What the background measures


def _works(base: str, timeline: Timeline) -> list[Work[Any]]:
    if not base.startswith("run:"):
        return []
    works: list[Work[Any]] = [stored_runs.yardsticks(timeline.run_id)]
    if timeline.unmeasured:
        works.append(results.measures(base, timeline.unmeasured))
    return works


def _completed(base: str, timeline: Timeline) -> Timeline:
    """The timeline with what the background has measured so far."""
    works = _works(base, timeline)
    if works and works[0].done() and not timeline.ladder:
        found = works[0].result()
        ladder = {order: nats / math.log(2) for order, nats in found.ngrams}
        timeline = replace(timeline, ladder=ladder)
    if len(works) < 2:
        return timeline
    if works[1].done():
        return results.with_measures(timeline, works[1].result())
    return replace(timeline, measuring=True)
