"""Labels in two languages: French is the source, English a gettext catalogue.

After a label has changed:

    pybabel extract -F dashboard/translations/babel.cfg -o /tmp/dashboard.pot .
    pybabel update -i /tmp/dashboard.pot -d dashboard/translations -D dashboard -N
    (translate what is new in dashboard/translations/en/LC_MESSAGES/dashboard.po)
    pybabel compile -d dashboard/translations -D dashboard

A test fails where a label has no translation or the compiled catalogue is older than its source.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from dashboard import state

HERE = Path(__file__).parent
LANGUAGES = {"fr": "Français", "en": "English"}
NBSP = "\N{NO-BREAK SPACE}"
THIN_NBSP = "\N{NARROW NO-BREAK SPACE}"


def _(message: str) -> str:
    """The label in the reader's language."""
    return _catalogue(state.language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The label that agrees with `count`, in the reader's language."""
    return _catalogue(state.language()).ngettext(singular, plural, count)


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader's language writes it: 1 234,5 or 1,234.5."""
    text = f"{value:,.{decimals}f}"
    if state.language() == "en":
        return text
    return text.replace(",", THIN_NBSP).replace(".", ",")


def lesson(name: str) -> str:
    """What the teacher says on a page, as Markdown."""
    return (HERE / "lessons" / state.language() / f"{name}.md").read_text(encoding="utf-8")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "fr":
        return _French()
    return gettext.translation("dashboard", HERE / "translations", [language])


class _French(gettext.NullTranslations):
    """The source language, where zero is singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if abs(n) < 2 else msgid2
