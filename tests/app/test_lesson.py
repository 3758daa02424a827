from __future__ import annotations

import pytest

from dashboard.shared.lesson import parse
from tests.app.helpers import ROOT, Open

LESSONS = ROOT / "dashboard" / "lessons"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
TEXT = """Une **idée**.

## Questions

### Pourquoi ?

Parce que.

- une liste
- reste dans la réponse

### Et encore ?
Ainsi.

## À essayer

- [hot] Montez la température,
  puis regardez.
- De vous-même : racontez.
"""


def test_a_lesson_has_three_parts() -> None:
    lesson = parse(TEXT)
    assert lesson.explanation == "Une **idée**."
    assert [question for question, _ in lesson.questions] == ["Pourquoi ?", "Et encore ?"]
    assert lesson.questions[0][1].endswith("- reste dans la réponse")
    assert lesson.tries == (
        ("hot", "Montez la température, puis regardez."),
        ("", "De vous-même : racontez."),
    )


def test_a_lesson_may_be_an_explanation_alone() -> None:
    lesson = parse("Rien\n\n## Autre chose\n")
    assert lesson.explanation == "Rien\n\n## Autre chose"
    assert not lesson.questions
    assert not lesson.tries


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_ask_and_try_the_same(page: str) -> None:
    french, english = (
        parse((LESSONS / language / f"{page}.md").read_text(encoding="utf-8"))
        for language in ("fr", "en")
    )
    assert len(french.questions) == len(english.questions) >= 2
    names = [name for name, _ in french.tries]
    assert names == [name for name, _ in english.tries]
    assert len(names) >= 2


def test_an_item_ticks_itself_and_stays_ticked(open_page: Open) -> None:
    at = open_page("temperature", t="1.3,1.6")
    at.session_state["temperature.drawer"] = "try"
    at = at.run()
    assert at.checkbox(key="temperature.try.hot").value
    assert not at.checkbox(key="temperature.try.cold").value
    assert at.checkbox(key="temperature.try.hot").disabled
    at.query_params["t"] = "0,0.5"
    at = at.run()
    assert at.checkbox(key="temperature.try.hot").value
    assert at.checkbox(key="temperature.try.cold").value


def test_a_question_opens_on_its_answer(open_page: Open) -> None:
    at = open_page("temperature")
    assert not at.expander
    at.session_state["temperature.drawer"] = "questions"
    at = at.run()
    lesson = parse((LESSONS / "fr" / "temperature.md").read_text(encoding="utf-8"))
    assert [e.label for e in at.expander] == [question for question, _ in lesson.questions]
