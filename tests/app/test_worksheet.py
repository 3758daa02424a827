"""The sheets of the paths: what pupils answer on gives nothing away."""

from __future__ import annotations

import html
import re

import pytest

from dashboard.course import worksheet
from dashboard.course.questions import questions
from dashboard.shared import i18n, paper, plan
from tests.app.helpers import Open


def text(sheet: bytes) -> str:
    return html.unescape(re.sub("<[^>]+>", "", sheet.decode()))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", plan.PATHS)
def test_a_sheet_asks_and_its_answers_are_apart(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: language)
    asked, answered = text(worksheet.sheet(name)), text(worksheet.answers(name))
    plain = re.compile("[*`]")
    steps, quiz = plan.path(name), questions(i18n.lesson("quiz"))
    for step in steps:
        question, answer = plain.sub("", step.asked), plain.sub("", step.answer)
        assert question.endswith("?")
        assert question in asked
        assert question in answered
        assert answer not in asked
        assert answer in answered
    for one in quiz:
        assert one.asked in asked
        assert all(option in asked for option in one.options)
        assert plain.sub("", one.reason) not in asked
        assert plain.sub("", one.reason) in answered
    assert worksheet.sheet(name).count(b'class="line"') == worksheet.LINES * len(steps)
    assert b'class="line"' not in worksheet.answers(name)


def test_a_lesson_shows_its_emphasis_and_no_markup_of_its_own() -> None:
    told = paper.marked("**A** *b* `c` <i> 2 * 3")
    assert told == "<p><strong>A</strong> <em>b</em> <code>c</code> &lt;i&gt; 2 * 3</p>"


def test_both_sheets_are_beside_the_steps(open_page: Open) -> None:
    at = open_page("course", view="long")
    assert not at.exception
    assert [e.proto.label for e in at.get("download_button")] == ["Fiche de l’élève", "Réponses"]
