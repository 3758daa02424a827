"""The sliding window, on numbers and on text side by side."""

from __future__ import annotations

from typing import Any

from dashboard.shared import i18n, state
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from dashboard.windows import results
from dashboard.windows.controls import Settings
from dashboard.windows.wording import player, times_read
from moliere_core.text.windows import epoch_plan

_WINDOWS = Component(__file__, "windows")  # slides on numbers and on text, played
STEPS = 60  # windows that can be played
LEAST, MOST = 600, 4000  # characters sent


def show(settings: Settings) -> None:
    """The animation and its figures."""
    _WINDOWS(payload(settings), "windows.slide")


def payload(settings: Settings) -> dict[str, Any]:
    """What components/windows.js needs."""
    length, shift, material = settings.length, settings.shift, settings.material
    chars = len(material.text)
    plan = epoch_plan(chars, length, shift, settings.batch)
    sent = min(max(length + 1 + shift * STEPS, LEAST), MOST, chars)
    shown = min(sent, max(3 * length, 200))  # of the reads: the climb, then the plain
    reads = results.coverage(settings.source, length, shift, shown)
    return {
        "id": repr((settings.source, length, shift)),
        "series": material.cues[:sent],
        "text": material.text[:sent],
        "length": length,
        "shift": shift,
        "reads": reads.tolist(),
        "windows": i18n.number(plan.windows),
        "facts": facts(settings),
        "locale": state.language(),
        "labels": labels(),
    }


def facts(settings: Settings) -> list[tuple[str, str]]:
    """The figures of the whole text: a number and what it counts."""
    length, shift, chars = settings.length, settings.shift, len(settings.material.text)
    plan = epoch_plan(chars, length, shift, settings.batch)
    overlap = max(length - shift, 0)
    low, high = length // shift, -(-length // shift)
    times = i18n.number(low) if low == high else f"{low}–{high}"
    return [
        (
            i18n.number(plan.windows),
            _("fenêtres dans {chars} caractères").format(chars=i18n.number(chars)),
        ),
        (
            i18n.number(overlap),
            _("caractères communs à deux fenêtres voisines ({share})").format(
                share=i18n.percent(overlap / length)
            ),
        ),
        (f"{times} ×", _("chaque caractère est lu, loin des deux bouts")),
        (
            i18n.number(plan.chars_read),
            _("caractères lus par époque : {times} fois le texte").format(
                times=times_read(plan.chars_read / chars)
            ),
        ),
    ]


def labels() -> dict[str, str]:
    """The words of components/windows.js."""
    return player() | {
        "when": _("Fenêtre {at} sur {all}"),
        "series_heading": _("Série : longueur des répliques"),
        "text_heading": _("Texte : les caractères"),
        "series_unit": _("caractères"),
        "series_axis": _("réplique n°"),
        "input": _("entrée"),
        "target": _("cible"),
        "curve": _("Courbe des longueurs de répliques, la fenêtre lue et la même décalée d’un pas"),
        "text": _("Le texte, la fenêtre lue sur fond gris, la cible soulignée, décalée d’un pas"),
        "pairs": _("Sous chaque entrée sa cible, qui est l’entrée suivante"),
        "reads": _("Combien de fenêtres lisent chaque caractère du début du texte"),
        "reads_title": _("Combien de fois chaque caractère est lu"),
        "reads_axis": _("place du caractère dans le texte"),
    }
