"""The ladder: from counting letters to a GPT, one prompt, and what every step buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import streamlit as st

from dashboard.bridge import chain, components, controls, recordings, results, worth
from dashboard.bridge.controls import Settings
from dashboard.bridge.marks import NGRAMS
from dashboard.bridge.wording import chain as chain_wording
from dashboard.bridge.wording import models as wording
from dashboard.bridge.wording.chain import Figures
from dashboard.shared import cached, following, i18n, state
from dashboard.shared.components import told, whole
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.errors import MoliereError
from moliere_core.measures import axis
from moliere_core.measures.axis import Point
from moliere_core.models.references import HUB
from moliere_core.pretrained import Generation, NextChars, Request, recorded
from moliere_core.pretrained.recorded import Voice

MOST_PRETRAINED = 3
MOST_RUNGS = len(NGRAMS) + len(chain.OF_CHARACTERS) + MOST_PRETRAINED
CHARS = 130  # written by each: five large lines of a projector
BARS = 5
PERIOD = 0.7  # seconds between two looks at a text that is being written
COMPONENT = "ladder.rungs"


@dataclass(frozen=True)
class Rung:
    """What a model has to say after a prompt.

    Attributes:
        text: what it writes, as far as it is written.
        bars: the most probable next characters and their probabilities as learned.
    """

    text: str
    bars: tuple[tuple[str, float], ...]


def show(settings: Settings) -> None:
    """All the steps, those of subword models as they come."""
    settings = replace(settings, chars=CHARS)
    state.value(controls.RUNG)  # which the address has, whoever looks at the texts meanwhile
    asked = _asked(settings)
    works = [request for pair in asked.values() for request in pair]
    following.follow(works, partial(_rungs, asked, settings), PERIOD)
    st.caption(
        _(
            "Bits : par caractère, sur des pièces jamais lues. D’un barreau à l’autre : plus de "
            "contexte, puis une mémoire, puis l’attention."
        )
    )
    voices = (voice.reference for voice in _voices(len(asked)))
    worth.show([*_of_characters(), *asked, *voices], settings.config)


def _asked(settings: Settings) -> dict[str, tuple[Request[Any], Request[Any]]]:
    """What the subword models that are here have been asked: a text, and what comes first."""
    here = [entry.name for entry in pretrained.entries() if entry.available]
    return {
        name: (
            following.asked(results.written, name, *settings.draw),
            following.asked(results.expected, name, settings.prompt),
        )
        for name in here[:MOST_PRETRAINED]
    }


def _rungs(asked: Mapping[str, tuple[Request[Any], Request[Any]]], settings: Settings) -> None:
    recordings.follow()
    steps = [_step(name, _by_characters(name, settings)) for name in _of_characters()]
    for name, (written, expected) in asked.items():
        error = written.status.error or expected.status.error
        found = _rung(written.value, expected.value)
        if not found.text and written.status.active:
            found = replace(found, text=_("le modèle se prépare…"))
        steps.append(_step(name, found, error))
    steps += [_step(voice.reference, _recorded(voice, settings)) for voice in _voices(len(asked))]
    here = [step["reference"] for step in steps]
    arrows = chain.arrows(here)
    for before, step in pairwise(steps):
        name, arrow = step["reference"], arrows.get(step["reference"])
        if arrow is not None:
            told_of = _figures(arrow.before), _figures(name)
            step["arrow"] = chain_wording.told(arrow, *told_of)
        compared = arrow is not None and arrow.before == before["reference"]
        step["worse"] = _worse(before["reference"], name, compared)
    data = {
        "steps": steps,
        "at": min(state.value(controls.RUNG), len(steps) - 1),
        "locale": state.language(),
        "labels": {"previous": _("Barreau précédent"), "next": _("Barreau suivant")},
    }
    components.rungs(data, COMPONENT, listen=recordings.listen(COMPONENT), rung=_keep_rung)
    if lacking := chain_wording.missing(chain.missing(here)):
        st.caption(lacking)


def _of_characters() -> list[str]:
    """The models of characters that there are, from below."""
    known = cached.models()
    return [*NGRAMS, *(name for name in chain.OF_CHARACTERS if name in known)]


def _figures(name: str) -> Figures:
    """What is known of a model, on verse and prose together."""
    points = _points(name)
    if not points:
        return Figures()
    one = next(iter(points.values()))
    return Figures(_mean(points), one.parameters, axis.training_seconds(name))


def _keep_rung() -> None:
    """Another rung is shown: keep it for the address."""
    if (at := whole(told(COMPONENT, "rung"), 0, MOST_RUNGS)) is not None:
        state.change(controls.RUNG, at)


def _by_characters(name: str, settings: Settings) -> Rung:
    """The rung of a model of characters."""
    return _rung(
        results.written_by_characters(name, *settings.draw),
        results.expected_by_characters(name, settings.prompt),
    )


def _rung(written: Generation, expected: NextChars) -> Rung:
    """The rung of a model, of characters or of tokens."""
    order = np.argsort(-expected.probs, kind="stable")[:BARS]
    bars = ((expected.chars[i], float(expected.probs[i])) for i in order)
    return Rung(written.text, tuple(bars) if expected.probs.any() else ())


def _voices(living: int) -> list[Voice]:
    """The recorded models that join those that are here, where there is room."""
    found = (results.voice(reference) for reference in recorded.voices())
    return [voice for voice in found if voice is not None][: max(MOST_PRETRAINED - living, 0)]


def _recorded(voice: Voice, settings: Settings) -> Rung:
    """The rung of a model that is not here; an empty one after what was not recorded."""
    written = voice.written(*settings.draw)
    expected = voice.following(settings.prompt, results.alphabet())
    if written is None or expected is None:
        return Rung("", ())
    return _rung(written.generation, expected)


def _step(name: str, rung: Rung, error: MoliereError | None = None) -> dict[str, Any]:
    return {
        "reference": name,
        "name": wording.name(name),
        "arrow": "",
        "worse": "",
        "whole": wording.full_name(name),
        "note": _note(name),
        "text": i18n.sentence(error) if error else rung.text,
        "bars": [list(bar) for bar in rung.bars],
        "measure": _bits(name),
        **recordings.beside(name, heard=bool(rung.bars)),
    }


def _bits(name: str) -> str:
    """Bits per character of verse and prose together; "" where nobody measured them here."""
    found = _points(name)
    return i18n.bits(_mean(found)) if found else ""


def _points(name: str) -> dict[str, Point]:
    """What a model makes of verse and of prose; empty where nobody measured both."""
    figures = axis.shipped()
    points = {t: (figures.points[t] | axis.recorded(t)).get(name) for t in axis.VALIDATION}
    found = {text: point for text, point in points.items() if point is not None}
    return found if len(found) == len(points) else {}


def _mean(points: Mapping[str, Point]) -> float:
    chars = axis.shipped().chars
    total = sum(point.bits_per_char * chars[text] for text, point in points.items())
    return total / sum(chars[text] for text in points)


def _worse(before: str, name: str, compared: bool = False) -> str:
    """Why a rung is worse than the one below it; "" where it is not, or nobody knows.

    Args:
        before: the one below.
        name: the rung's model.
        compared: whether it is told already by how much.
    """
    theirs, ours = _points(before), _points(name)
    if not theirs or not ours or _mean(ours) <= _mean(theirs):
        return ""
    said = [
        _("Moins bien que {before} : {bits} contre {theirs}.").format(
            before=wording.name(before),
            bits=i18n.number(_mean(ours), 2),
            theirs=i18n.number(_mean(theirs), 2),
        )
    ]
    if compared:
        said.clear()
    one, other = next(iter(ours.values())), next(iter(theirs.values()))
    if one.upper_bound:
        said.append(
            _("C’est un majorant : on ne compte qu’une façon de découper le texte en tokens.")
        )
    if name.startswith(HUB):
        said.append(_("Et il a surtout lu autre chose que Molière."))
    elif one.parameters < other.parameters:
        said.append(
            _("Et il a moins de paramètres : {few} contre {many}.").format(
                few=i18n.number(one.parameters), many=i18n.number(other.parameters)
            )
        )
    return " ".join(said)


def _note(name: str) -> str:
    """What a model sees, in a few words."""
    if name == "kn-1":
        return _("la fréquence des lettres")
    if name in axis.NGRAMS:
        return _("les {n} dernières").format(n=int(name.removeprefix("kn-")) - 1)
    return {
        "petit-rnn": _("une mémoire sans portes"),
        "petit-gpt": _("l’attention, sur des caractères"),
        "petit": _("une mémoire de 256 cellules"),
        "grand": _("deux couches de 768 cellules"),
        pretrained.MINI: _("l’attention, 28 pièces"),
    }.get(name, _("le Web, et peut-être Molière"))
