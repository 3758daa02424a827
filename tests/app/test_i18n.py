from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dashboard.shared import i18n, state
from tests.app.helpers import DASHBOARD, MISSING_NBSP, ROOT

CATALOGUE = DASHBOARD / "translations" / "en" / "LC_MESSAGES" / "dashboard.po"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def source_messages() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for folder in (DASHBOARD, ROOT / "pages"):
        for _, _, message, _, _ in extract_from_dir(str(folder), [("**.py", "python")]):
            found.add(message if isinstance(message, str) else tuple(message[:2]))
    return found


def translations() -> dict[str | tuple[str, ...], Message]:
    with CATALOGUE.open("rb") as file:
        return {
            tuple(m.id) if isinstance(m.id, list | tuple) else m.id: m
            for m in read_po(file, "en")
            if m.id
        }


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Singular and plural, or the one form that there is."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_the_english_catalogue_is_complete_and_has_nothing_else() -> None:
    translated = translations()
    assert set(translated) == source_messages()
    for message in translated.values():
        assert all(forms(message.string)), message.id
        assert not message.fuzzy, message.id


def test_no_label_hides_in_an_f_string_where_the_catalogue_does_not_see_it() -> None:
    hidden = [
        f"{path.name}:{node.lineno}"
        for path in (*DASHBOARD.rglob("*.py"), *(ROOT / "pages").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_"
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert not hidden


def test_placeholders_survive_translation() -> None:
    for message in translations().values():
        names = set(re.findall(r"{\w+}", forms(message.id)[-1]))
        assert set(re.findall(r"{\w+}", forms(message.string)[-1])) == names, message.id


def test_labels_are_read_from_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "language", lambda: "en")
    for message in translations().values():
        ids = forms(message.id)
        if len(ids) == 1:
            assert i18n._(ids[0]) == message.string
        else:
            singular, plural = ids
            found = tuple(i18n.ngettext(singular, plural, n) for n in (1, 2))
            assert found == forms(message.string)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_lesson(page: str, language: str) -> None:
    text = (DASHBOARD / "lessons" / language / f"{page}.md").read_text(encoding="utf-8")
    assert len(text) > 500


@pytest.mark.parametrize("path", sorted((DASHBOARD / "lessons" / "fr").glob("*.md")), ids=str)
def test_french_lessons_are_typeset(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("$$"):
            assert not MISSING_NBSP.search(line), line
            assert not re.search(r"\w'\w", line), line


def test_french_labels_are_typeset() -> None:
    for message in source_messages():
        for text in [message] if isinstance(message, str) else message:
            assert not MISSING_NBSP.search(text), text
            assert "'" not in text, text


@pytest.mark.parametrize(
    ("language", "value", "decimals", "told"),
    [
        ("fr", -0.744, 2, "\N{MINUS SIGN}0,74"),
        ("en", -1234.5, 1, "\N{MINUS SIGN}1,234.5"),
        ("en", -0.004, 2, "0.00"),  # what rounds to zero has no sign
        ("fr", -3, 0, "\N{MINUS SIGN}3"),
    ],
)
def test_negative_numbers_have_a_minus_sign(
    monkeypatch: pytest.MonkeyPatch, language: str, value: float, decimals: int, told: str
) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: language)
    assert i18n.number(value, decimals) == told


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0.0, "0,00 bit", "0.00 bits"),
        (1.724, "1,72 bit", "1.72 bits"),
        (1.996, "2,00 bits", "2.00 bits"),
        (2.1, "2,10 bits", "2.10 bits"),
        (-1.5, "\N{MINUS SIGN}1,50 bit", "\N{MINUS SIGN}1.50 bits"),
    ],
)
def test_a_unit_agrees_with_the_number_as_it_is_shown(
    value: float, french: str, english: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "language", lambda: "fr")
    assert i18n.bits(value) == french.replace(" ", "\N{NO-BREAK SPACE}")
    monkeypatch.setattr(state, "language", lambda: "en")
    assert i18n.bits(value) == english


def test_no_label_gives_the_unit_a_number_of_its_own() -> None:
    """`i18n.bits` and `i18n.nats` alone put a unit behind a number that varies."""
    for message in source_messages():
        for text in [message] if isinstance(message, str) else message:
            assert not re.search(r"}\W?(bit|nat)s?\b", text.removeprefix("{value}")), text
