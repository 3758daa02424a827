"""The Film page: the moments of a training, which of them is on screen, and what is said of it.

All moments go to the browser at once and are played there (components/film.js): thirty screens
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

from dashboard import cached, components, i18n, state
from dashboard.film import cached as film_cache
from dashboard.film import fields, moments
from dashboard.film.moments import Moment, Scene, Timeline
from dashboard.i18n import _
from dashboard.training import cached as training_cache
from moliere_core.config import SamplingConfig
from moliere_core.learning import Measure

KEY = "film.screen"
_START = "film.start"
PATIENCE = 0.5  # seconds of computing after which the page says that it computes
FIRST_PLACE = len("Mon frère, s'il vous pla")  # in the prompt proposed: an î, learned late
YARDSTICKS = (3, 8)  # orders of the n-grams drawn as references


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
        state.change(fields.MOMENT, str(rest["at"]))
        state.change(fields.BEFORE, str(rest["before"]))
        state.change(fields.BACK, int(rest["back"]))


def _cursor(prompt: str, places: int) -> int:
    """The place whose bars are shown; another prompt is looked at from its end."""
    start = st.session_state.get(_START)
    if start is not None and start != prompt:
        state.change(fields.BACK, -1)
    st.session_state[_START] = prompt
    back = state.value(fields.BACK)
    if back < 0:
        back = len(prompt) - FIRST_PLACE if prompt == state.DEFAULT_PROMPT else 0
    return places - 1 - min(back, places - 1)


def payload(reel: Reel, view: str) -> dict[str, Any]:
    """What components/film.js needs."""
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
        "references": _references(line),
        "locale": state.language(),
        "labels": _labels(line),
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
    futures: list[Future[Any]] = [training_cache.yardsticks(timeline.run_id)]
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
        timeline = replace(timeline, ladder=ladder, spaces=found.spaces)
    if len(futures) > 1 and futures[1].done():
        timeline = moments.with_measures(timeline, futures[1].result())
    return timeline


# Words


def _moment(
    line: Timeline, moment: Moment, scene: Scene, shown: Sequence[Sequence[int]]
) -> dict[str, Any]:
    measure = moment.measure
    bits = measure.validation
    return {
        "name": moment.name,
        "title": _title(moment),
        "sub": _read(line, moment),
        "update": moment.update,
        "train": measure.train,
        "validation": bits,
        "text": scene.text,
        "chances": [
            np.rint(probs[symbols] * 10_000).astype(int).tolist()
            for probs, symbols in zip(scene.probs, shown, strict=True)
        ],
        "bits": i18n.number(bits, 2) if bits is not None else "–",
        "hesitates": _decimals(2**bits) if bits is not None else "–",
        "said": _said(line, moment, scene),
    }


def _title(moment: Moment) -> str:
    if moment.update == 0:
        return _("Avant l’apprentissage")
    if moment.epoch is None:
        return i18n.ngettext(
            "Après {count} mise à jour", "Après {count} mises à jour", moment.update
        ).format(count=i18n.number(moment.update))
    return i18n.ngettext("Après {count} époque", "Après {count} époques", moment.epoch).format(
        count=moment.epoch
    )


def _read(line: Timeline, moment: Moment) -> str:
    """How much the network has read by then."""
    if moment.update == 0:
        if line.initial:
            return _("les poids de {model}").format(model=line.initial)
        return _("des poids tirés au hasard")
    chars = moment.update * line.batch_chars
    if chars < 1e6:
        read = _("{count} caractères lus").format(count=i18n.number(chars))
    else:
        millions = round(chars / 1e6, 1)
        read = i18n.ngettext(
            "{count} million de caractères lus",
            "{count} millions de caractères lus",
            2 if millions >= 2 else 1,
        ).format(count=i18n.number(millions, 1))
    return read


def _said(line: Timeline, moment: Moment, scene: Scene) -> list[str]:
    """What the network has learned by then: sentences made of what is measured."""
    return [_rung(line, moment.measure), _figures(line, scene.text)]


def _rung(line: Timeline, measure: Measure) -> str:
    bits = measure.validation
    if bits is None:
        return _("Ce moment n’a pas de mesure : le texte de l’entraînement n’est plus là.")
    if bits > line.chance * (1 - moments.NO_BETTER):
        return _("Il ne sait encore rien : au hasard, ce serait {bits}.").format(
            bits=i18n.number(line.chance, 2)
        )
    beaten, ahead = moments.rung(bits, line.ladder)
    theirs = line.chance if beaten is None else line.ladder[beaten]
    better = _("Mieux que {method} ({bits})").format(
        method=_counting(beaten), bits=i18n.number(theirs, 2)
    )
    if ahead is None:
        return better + "."
    return better + _(", pas encore mieux que {method} ({bits}).").format(
        method=_counting(ahead, short=beaten is not None and beaten > 1),
        bits=i18n.number(line.ladder[ahead], 2),
    )


def _counting(order: int | None, short: bool = False) -> str:
    if order is None:
        return _("le hasard")
    if order == 1:
        return _("compter chaque caractère")
    text = _("celles de {n}") if short else _("compter les suites de {n} caractères")
    return text.format(n=order)


def _figures(line: Timeline, text: str) -> str:
    spaces = _percent(text.count(" ") / len(text))
    longest = i18n.ngettext(
        "mot le plus long : {count} lettre",
        "mot le plus long : {count} lettres",
        moments.longest_word(text),
    ).format(count=moments.longest_word(text))
    if line.spaces is None:
        return _("Ce texte : {share} d’espaces, {longest}.").format(share=spaces, longest=longest)
    return _("Ce texte : {share} d’espaces (le vrai : {real}), {longest}.").format(
        share=spaces, real=_percent(line.spaces), longest=longest
    )


def _references(line: Timeline) -> list[dict[str, Any]]:
    found = [(_("hasard"), line.chance)]
    for order in YARDSTICKS:
        if order in line.ladder:
            found.append((_("{order}-gramme").format(order=order), line.ladder[order]))
    return [{"label": f"{label} {i18n.number(bits, 2)}", "bits": bits} for label, bits in found]


def _labels(line: Timeline) -> dict[str, str]:
    held = (
        _("bits par caractère sur des pièces jamais lues")
        if line.held_out == "plays"
        else _("bits par caractère sur la fin du texte, jamais lue")
    )
    return {
        "play": _("Lecture (P)"),
        "pause": _("Pause (P)"),
        "previous": _("Moment précédent (flèche gauche)"),
        "next": _("Moment suivant (flèche droite)"),
        "speed": _("Vitesse"),
        "slow": _("lent"),
        "normal": _("normal"),
        "fast": _("rapide"),
        "after_text": _("Après « {text} »"),
        "true": _("la suite du texte"),
        "drawn": _("le caractère tiré"),
        "others": _("les autres : {share}"),
        "compare": _("Glissez les deux repères sur la courbe."),
        "before": _("Avant"),
        "after": _("Après"),
        "held": held,
        "hesitates": _("hésite comme entre {count} caractères"),
        "axis": _("bits par caractère, échelle log."),
        "updates": _("mises à jour"),
        "validation": _("texte jamais lu"),
        "train": _("texte lu"),
        "chart": _("Courbes d’apprentissage : bits par caractère selon les mises à jour"),
    }


def tried(reference: str, view: str, config: SamplingConfig) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "letter": state.value(fields.BACK) != fields.BACK.default,
        "compare": view == "compare",
        "greedy": config.temperature == 0,
        "run": reference.startswith("run:"),
    }


def _decimals(count: float) -> str:
    return i18n.number(count, 1 if count < 20 else 0)


def _percent(share: float) -> str:
    text = f"{share:.0%}"
    return text.replace("%", f"{i18n.THIN_NBSP}%") if state.language() == "fr" else text
