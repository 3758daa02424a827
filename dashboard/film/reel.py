"""The Film page: the moments of a training, which of them is on screen, and what is said of it.

All moments go to the browser at once and are played there (film.js): thirty screens
that play cost the server nothing. The browser tells which moment is shown once it rests there, so
that the address has it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from dashboard.film import cached as film_cache
from dashboard.film import components, fields, moments, words
from dashboard.film.moments import Moment, Scene, Timeline
from dashboard.shared import cached, i18n, state, stored_runs
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

KEY = "film.screen"
_START = "film.start"
PATIENCE = 0.5  # seconds of computing after which the page says that it computes
FIRST_PLACE = len("Mon frère, s'il vous pla")  # in the prompt proposed: an î, learned late


@dataclass(frozen=True)
class Reel:
    """Everything that the film needs: when, and what was written then."""

    identity: str
    prompt: list[tuple[str, bool]]
    alphabet: str  # decoded symbols, by index
    timeline: Timeline
    scenes: list[Scene]
    first: str  # name of the moment that the model's reference gives, "" for none


def reel(
    reference: str, prompt: str, runs: list[tuple[str, bool]], config: SamplingConfig, seed: int
) -> Reel:
    """Shoot the film: the same prompt and the same draws at every moment of a run."""
    base, _at, snapshot = reference.partition("@")
    timeline = _completed(base, film_cache.timeline(base))
    place = st.empty()
    began = time.monotonic()
    scenes = []
    for done, moment in enumerate(timeline.moments):
        if time.monotonic() - began > PATIENCE:
            sentence = _("Le réseau de chaque moment écrit sa suite : {done} sur {all}")
            count = len(timeline.moments)
            place.progress(done / count, sentence.format(done=done, all=count))
        scenes.append(film_cache.scene(base, moment.name, prompt, config, seed))
    place.empty()
    return Reel(
        identity=repr((base, prompt, config, seed)),
        prompt=runs,
        alphabet=cached.model(reference).vocabulary.decode(range(timeline.symbols)),
        timeline=timeline,
        scenes=scenes,
        first=_named(timeline, snapshot),
    )


def remark(reel: Reel) -> None:
    """Where there is a single moment, say what to choose for a film."""
    if len(reel.timeline.moments) < 2:
        st.caption(
            _(
                "Ce modèle n’a gardé qu’un moment de son entraînement. Pour un film, choisissez "
                "dans les réglages « petit », ou un entraînement de la classe."
            )
        )


def watch(reference: str) -> None:
    """Show the measures that are computed in the background, as soon as they are there."""
    base = reference.partition("@")[0]
    if _ready(base):
        return

    @st.fragment(run_every=1.0)
    def look() -> None:
        if _ready(base):
            st.rerun()

    look()


def move() -> None:
    """The browser rests at a moment: keep it for the address."""
    rest = components.rested(KEY)
    if rest is not None:
        at, before, back = rest
        state.change(fields.MOMENT, at)
        state.change(fields.BEFORE, before)
        state.change(fields.BACK, back)


def _cursor(prompt: str, places: int) -> int:
    """The place whose bars are shown; another prompt is looked at from its end."""
    start = st.session_state.get(_START)
    if start is not None and start != prompt:
        state.change(fields.BACK, -1)
    st.session_state[_START] = prompt
    back = state.value(fields.BACK)
    if back < 0:
        back = _first(prompt)
    return places - 1 - min(back, places - 1)


def _first(prompt: str) -> int:
    """The place looked at before another is chosen, in characters from the end of a prompt."""
    return len(prompt) - FIRST_PLACE if prompt == state.DEFAULT_PROMPT else 0


def payload(reel: Reel, view: str) -> dict[str, Any]:
    """What film.js needs."""
    line = reel.timeline
    names = [moment.name for moment in line.moments]
    at = state.value(fields.MOMENT) or reel.first
    before = state.value(fields.BEFORE)
    first = 0 if view == "film" else len(names) - 1
    prompt = "".join(text for text, _known in reel.prompt)
    places = len(reel.scenes[0].probs)
    written = "".join(dict.fromkeys(scene.text[0] for scene in reel.scenes))
    following = [*prompt[len(prompt) + 1 - places :], written]
    shown = moments.shown(reel.scenes, following, reel.alphabet)
    return {
        "id": reel.identity,
        "view": view,
        "autoplay": at not in names and view == "film",
        "at": names.index(at) if at in names else first,
        "before": names.index(before) if before in names else 0,
        "prompt": reel.prompt,
        "cursor": _cursor(prompt, places),
        "places": ["".join(reel.alphabet[i] for i in symbols) for symbols in shown],
        "rows": moments.BARS,
        "moments": [
            _moment(line, moment, scene, shown)
            for moment, scene in zip(line.moments, reel.scenes, strict=True)
        ],
        "curve": [(update, m.train, m.validation) for update, m in line.curve],
        "references": words.references(line),
        "locale": state.language(),
        "symbols": line.symbols,
        "labels": words.labels(line),
    }


def _moment(
    line: Timeline, moment: Moment, scene: Scene, shown: Sequence[Sequence[int]]
) -> dict[str, Any]:
    measure = moment.measure
    bits = measure.validation
    return {
        "name": moment.name,
        "title": words.title(moment),
        "sub": words.read(line, moment),
        "update": moment.update,
        "train": measure.train,
        "validation": bits,
        "text": scene.text,
        "chances": [
            np.rint(probs[symbols] * 10_000).astype(int).tolist()
            for probs, symbols in zip(scene.probs, shown, strict=True)
        ],
        "bits": i18n.number(bits, 2) if bits is not None else "–",
        "among": 2**bits if bits is not None else None,
        "hesitates": words.decimals(2**bits) if bits is not None else "–",
        "runs": scene.runs,
        "known": i18n.percent(scene.known) if scene.known is not None else "–",
        "said": words.rung(line, measure),
    }


def _named(timeline: Timeline, snapshot: str) -> str:
    """The moment that a reference such as petit@3 or petit@step-100 names, or ""."""
    for moment in timeline.moments:
        if snapshot and snapshot in (str(moment.epoch), f"step-{moment.update}"):
            return moment.name
    return ""


# What the background measures


def _futures(base: str, timeline: Timeline) -> list[Future[Any]]:
    if not base.startswith("run:"):
        return []
    futures: list[Future[Any]] = [stored_runs.yardsticks(timeline.run_id)]
    if timeline.unmeasured:
        futures.append(film_cache.measures(base, timeline.unmeasured))
    return futures


def _ready(base: str) -> bool:
    return all(future.done() for future in _futures(base, film_cache.timeline(base)))


def _completed(base: str, timeline: Timeline) -> Timeline:
    """The timeline with what the background has measured so far."""
    futures = _futures(base, timeline)
    if futures and futures[0].done() and not timeline.ladder:
        found = futures[0].result()
        ladder = {order: nats / math.log(2) for order, nats in found.ngrams}
        timeline = replace(timeline, ladder=ladder)
    if len(futures) < 2:
        return timeline
    if futures[1].done():
        return moments.with_measures(timeline, futures[1].result())
    return replace(timeline, measuring=True)


def tried(reference: str, view: str, config: SamplingConfig) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        # The browser tells the place wherever it rests, chosen or not.
        "letter": state.value(fields.BACK) not in (-1, _first(state.value(state.PROMPT))),
        "compare": view == "compare",
        "greedy": config.temperature == 0,
        "run": reference.startswith("run:"),
    }
