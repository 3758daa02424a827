"""Two languages: gettext catalogues of the labels, from French, and of the errors, from English.

After a label, or a sentence of an error of the core, has changed: `python -m tools.translations`,
then translate what is new (it says where).

Catalogues are read as they are written, from their `.po`; a test fails where a message has no
translation.
"""

from __future__ import annotations

import datetime
import gettext
import io
import json
import re
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from dashboard.shared import state
from dashboard.shared.fields import LANGUAGES
from moliere_core.errors import N_, MoliereError, writable
from moliere_core.system.machine import is_public

HERE = Path(__file__).parents[1]
NBSP = "\N{NO-BREAK SPACE}"
THIN_NBSP = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SAVE_SVG = N_("Enregistrer en SVG")
UNKNOWN = "\N{EN DASH}"  # in the place of a figure that was not measured
# An absolute path of several steps, and its last one; an address has a colon or a slash before it.
_PATH = re.compile(r"(?<![\w:/.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'\"«»]+[/\\])+([^\s/\\'\"«»]*)")
_LOOSE = re.compile(r" (?=[?!:;»])")  # the space of French typography before a sign
LEAST_CHANCE = 0.001  # what one decimal of a percentage can say


def _(message: str) -> str:
    """The label in the reader's language."""
    return _catalogue(state.language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The label that agrees with `count`, in the reader's language."""
    return _catalogue(state.language()).ngettext(singular, plural, count)


def translated(message: str, language: str) -> str:
    """A label marked with `N_`, in a language: for who is not on a page yet."""
    return _catalogue(language).gettext(message)


def language_script(language: str) -> str:
    """The script that tells a page its language, and what pictures.js says in it."""
    label = json.dumps(translated(SAVE_SVG, language))
    page = "document.documentElement"
    return f"{page}.lang = '{language}'; {page}.dataset.saveSvg = {label}"


def language_scripts() -> list[str]:
    """The same for each language; the door lets these very scripts pass."""
    return [language_script(language) for language in LANGUAGES]


def tied(text: str) -> str:
    """A text whose signs stay with the word before them, where its lines are broken on a screen."""
    return _LOOSE.sub(NBSP, text)


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader's language writes it: 1 234,5 or 1,234.5; −0,7, with a true minus."""
    text = f"{value:z,.{decimals}f}".replace("-", MINUS)  # z: what rounds to zero has no sign
    if state.language() == "en":
        return text
    return _with_french_marks(text)


def percent(share: float, decimals: int = 0) -> str:
    """A share as the reader's language writes it: 12 % or 12%."""
    space = "" if state.language() == "en" else NBSP
    return number(100 * share, decimals) + space + "%"


def share(measured: float | None) -> str:
    """A share in percent; a dash where it was not measured."""
    return UNKNOWN if measured is None else percent(measured)


def chance(probability: float) -> str:
    """A probability with a decimal: next to nothing is not nothing, all but sure is not sure."""
    if 0 < probability < LEAST_CHANCE / 2:
        return "<" + NBSP + percent(LEAST_CHANCE, 1)
    if 1 - LEAST_CHANCE / 2 < probability < 1:
        return ">" + NBSP + percent(1 - LEAST_CHANCE, 1)
    return percent(probability, 1)


def bits(value: float, decimals: int = 2) -> str:
    """An amount of information with its unit, which agrees: 1,72 bit and 2,10 bits; 1.72 bits."""
    told = ngettext("{value} bit", "{value} bits", _whole(value, decimals))
    return told.format(value=number(value, decimals))


def nats(value: float, decimals: int = 2) -> str:
    """The same in nats, the unit of a loss."""
    told = ngettext("{value} nat", "{value} nats", _whole(value, decimals))
    return told.format(value=number(value, decimals))


def duration(seconds: float) -> str:
    """A duration as people say it, no more precise than it is."""
    if seconds < 100:
        return _("{count} s").format(count=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("{count} min").format(count=minutes)
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    if rest:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)
    return _("{hours} h").format(hours=hours)


def date(day: str) -> str:
    """A day, given as ISO 8601 has it, as people say it: 26 nov. 2026, Nov 26, 2026."""
    from babel.dates import format_date

    return format_date(datetime.date.fromisoformat(day), "medium", state.language())


def sentence(error: MoliereError) -> str:
    """What an error says, in the reader's language; to strangers, no folder of this machine."""
    told = str(error) if state.language() == "en" else _french(error)
    return writable(_PATH.sub(r"\1", told) if is_public() else told)


def _french(error: MoliereError) -> str:
    template = _french_errors().gettext(error.template)
    values = {name: _in_french(value) for name, value in error.values.items()}
    return _FrenchFormatter().format(template, **values) if values else template


def lesson(name: str) -> str:
    """What the teacher says on a page, as Markdown."""
    return (HERE / "lessons" / state.language() / f"{name}.md").read_text(encoding="utf-8")


def cell(name: str) -> str:
    """A cell of Python that the class may copy, as a template: see `snippets.filled`."""
    folder = HERE / "lessons" / state.language() / "code"
    return (folder / f"{name}.txt").read_text(encoding="utf-8")


def _whole(value: float, decimals: int) -> int:
    """What a unit agrees with: the number as it is shown, without its decimals."""
    return int(abs(round(value, decimals)))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "fr":
        return _French()
    return _read("dashboard", language)


@cache
def _french_errors() -> gettext.NullTranslations:
    return _read("errors", "fr")


def _read(domain: str, language: str) -> gettext.NullTranslations:
    from babel.messages.mofile import write_mo  # only who needs a catalogue waits for Babel
    from babel.messages.pofile import read_po

    source = HERE / "translations" / language / "LC_MESSAGES" / f"{domain}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _in_french(value: Any) -> Any:
    """A value of an error: another error and the name of a setting are translated, too."""
    if isinstance(value, MoliereError):
        return sentence(value)
    return _french_errors().gettext(value) if isinstance(value, str) and value else value


def _with_french_marks(number: str) -> str:
    return number.replace(",", THIN_NBSP).replace(".", ",")


class _FrenchFormatter(Formatter):
    """`str.format`, with numbers as French writes them."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        text = super().format_field(value, format_spec)
        return _with_french_marks(text) if isinstance(value, int | float) else text


class _French(gettext.NullTranslations):
    """The source language, where zero is singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if abs(n) < 2 else msgid2
