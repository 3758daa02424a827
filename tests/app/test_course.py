"""The Lesson plan page: two paths whose links open their pages, a quiz, a notebook that runs."""

from __future__ import annotations

import json

import pytest

from dashboard.course import controls, notebook
from dashboard.course.questions import questions
from dashboard.shared import fields
from dashboard.shared.plan import Step, steps
from tests.app.helpers import REFERENCE, ROOT, Open, address, run_snippet, shown

LESSONS = ROOT / "dashboard" / "lessons"


def path(name: str, language: str = "fr") -> list[Step]:
    return steps((LESSONS / language / f"course-{name}.md").read_text(encoding="utf-8"))


ALL = {f"{step.page}?{dict(step.address)}": step for n in ("short", "long") for step in path(n)}


@pytest.mark.parametrize(("name", "minutes"), [("short", 15), ("long", 60)])
def test_paths_take_the_time_they_promise_in_both_languages(name: str, minutes: int) -> None:
    french, english = path(name), path(name, "en")
    assert sum(step.minutes for step in french) == minutes
    assert [(s.minutes, s.page, s.address) for s in french] == [
        (s.minutes, s.page, s.address) for s in english
    ]
    for step in french + english:
        assert step.answer
        assert step.said.count("**") == 6  # say, do, ask


@pytest.mark.slow
@pytest.mark.parametrize("step", ALL.values(), ids=ALL)
def test_a_step_opens_its_page_in_the_right_state(open_page: Open, step: Step) -> None:
    at = open_page(step.page, **{"model": "petit", **step.address})
    assert not at.exception
    assert [e.value for e in at.error] == []
    assert all(fields.keys(name) for name in step.address)  # of settings that there are
    found = address(at)
    assert {name: found.get(name, value) for name, value in step.address.items()} == step.address


def test_steps_follow_each_other(open_page: Open) -> None:
    at = open_page("course", view="short", lang="en")
    first, second = path("short", "en")[:2]
    assert at.subheader[0].value == first.title
    assert at.button(key="course.go.B").disabled
    at = at.button(key="course.go.N").click().run()
    assert at.subheader[0].value == second.title
    assert address(at)["step"] == "2"
    assert second.answer not in shown(at).replace("\n".join(m.value for m in at.markdown), "")
    at = open_page("course", view="long", step=99)
    assert not at.exception
    assert at.button(key="course.go.N").disabled


def test_the_list_of_the_steps_leads_to_each_of_them(open_page: Open) -> None:
    found = path("long")
    at = open_page("course", view="long", step=len(found))
    titles = [at.button(key=f"course.open.{n}").label for n in range(1, len(found) + 1)]
    assert all(step.title in title for step, title in zip(found, titles, strict=True))
    assert [title.startswith("**") for title in titles] == [False] * (len(found) - 1) + [True]
    at = at.button(key="course.open.3").click().run()
    assert at.subheader[0].value == found[2].title
    assert address(at)["step"] == "3"
    at = at.button(key="course.go.B").click().run()
    assert at.subheader[0].value == found[1].title


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("view", ["about", "quiz", "home"])
def test_the_other_views(open_page: Open, view: str, language: str) -> None:
    at = open_page("course", view=view, lang=language)
    assert not at.exception
    assert [e.value for e in at.error] == []


def test_the_quiz_asks_one_question_counts_hands_and_reveals(open_page: Open) -> None:
    found = questions((LESSONS / "fr" / "quiz.md").read_text(encoding="utf-8"))
    english = questions((LESSONS / "en" / "quiz.md").read_text(encoding="utf-8"))
    assert len(found) >= 5
    assert [q.right for q in found] == [q.right for q in english]
    at = open_page("course", view="quiz", question=1)
    assert at.header[0].value == found[0].asked
    assert found[0].reason not in shown(at)
    assert "✓" not in shown(at)
    for option, hands in enumerate((3, 5, 2)):
        at.number_input(key=f"course.votes.1.{option}").set_value(hands)
    at = at.button(key="course.reveal").click().run()
    assert found[0].reason in shown(at)
    assert shown(at).count("✓") == 1
    assert f"{(3, 5, 2)[found[0].right]} bonnes réponses sur 10" in shown(at)
    at = at.button(key="course.question.N").click().run()
    assert at.header[0].value == found[1].asked
    assert address(at)["question"] == "2"
    assert found[1].reason not in shown(at)
    at = at.button(key="course.question.B").click().run()
    assert found[0].reason in shown(at)
    assert at.number_input(key="course.votes.1.1").value == 5
    assert open_page("course", view="quiz", question=99).button(key="course.question.N").disabled


def test_the_notebook_is_valid_and_its_cells_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    document = json.loads(notebook.document(REFERENCE, 'Ah ! "\n'))
    assert document["nbformat"] == 4
    assert len({cell["id"] for cell in document["cells"]}) == len(document["cells"])
    code = ["".join(c["source"]) for c in document["cells"] if c["cell_type"] == "code"]
    assert len(code) == 5
    for source in code[:-1]:  # the last one trains: it runs with the tests of Training
        assert run_snippet(source).strip()
    assert "train(" in code[-1]


def test_the_cell_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert "le corpus: " in run_snippet(controls.code(REFERENCE))
