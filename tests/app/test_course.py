"""The Lesson plan page: three paths whose links open their pages, a quiz, a notebook that runs."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from dataclasses import replace
from typing import Any
from unittest.mock import MagicMock

import pytest

from dashboard.course import controls, notebook
from dashboard.course.questions import questions
from dashboard.shared import fields
from dashboard.shared.plan import PATHS, Step, steps
from dashboard.shared.widgets import COURSE_START
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from tests.app.helpers import REFERENCE, ROOT, Open, address, run_snippet, shown

LESSONS = ROOT / "dashboard" / "lessons"


def path(name: str, language: str = "fr") -> list[Step]:
    return steps((LESSONS / language / f"course-{name}.md").read_text(encoding="utf-8"))


ALL = {f"{step.page}?{dict(step.address)}": step for n in PATHS for step in path(n)}


@pytest.mark.parametrize(("name", "minutes"), [("short", 15), ("long", 60), ("after", 45)])
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


FRAMEWORKS = ("jax", "keras", "tensorflow", "torch", "transformers")
TINY = notebook.Size(
    RunConfig(
        ModelConfig(embedding_dim=4, units=8),
        TrainingConfig(epochs=1, seq_length=40, shift=200, batch_size=32),
    ),
    fetch=False,
    chars=30,
    short=20,
    passage=400,
)


def heads(source: str) -> list[str]:
    return re.findall(r"^## (.+)$", source, flags=re.MULTILINE)


def run_notebook(monkeypatch: pytest.MonkeyPatch, language: str, size: notebook.Size) -> str:
    """What all its cells print, run one after the other in one namespace, as Jupyter does."""
    monkeypatch.setattr("dashboard.shared.state.language", lambda: language)
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.setattr(sys, "path", [*sys.path])  # its first cell adds a folder
    document = json.loads(notebook.document(REFERENCE, COURSE_START, size))
    space: dict[str, Any] = {"__name__": "__main__"}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        for cell in document["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
    return output.getvalue()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notebook_is_a_notebook(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_REPOSITORY", raising=False)
    monkeypatch.setattr("dashboard.shared.state.language", lambda: language)
    document = json.loads(notebook.document("petit", 'Ah ! "\n'))
    cells = document["cells"]
    assert document["nbformat"] == 4
    assert document["metadata"]["accelerator"] == "GPU"
    assert len({cell["id"] for cell in cells}) == len(cells)
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    assert f'REPOSITORY = "{notebook.NOWHERE}"' in code[0].replace("'", '"')
    assert "\nSTART = 'Ah ! \"\\n'\n" in code[1]
    assert not any("```" in source for source in [*code, *texts])
    sections = heads("\n".join(texts))
    assert [int(name.split(".")[0]) for name in sections if name[0].isdigit()] == [*range(1, 11)]
    assert len(sections) == 1 + 10 + 4 + 2  # installing, the course, what comes after, to do


def test_a_school_names_its_own_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_REPOSITORY", "https://ecole.example/moliere.git")
    (_kind, _text), (_code, first), *_rest = notebook.cells("petit", "Ah")
    assert "https://ecole.example/moliere.git" in first
    assert notebook.NOWHERE not in first


def test_both_notebooks_have_the_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but their comments and what they print."""
    words, found = re.compile(r'""".*"""|#.*|"[^"]*"'), []
    for language in ("fr", "en"):
        monkeypatch.setattr("dashboard.shared.state.language", lambda language=language: language)
        cells = notebook.cells("petit", "Ah")
        found.append([text if kind == "code" else "" for kind, text in cells])
    french, english = ([words.sub("", source) for source in cells] for cells in found)
    assert french == english


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notebook_runs_with_numpy_alone(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FRAMEWORKS:
        monkeypatch.setitem(sys.modules, name, None)  # as where it is not installed
    for name in ("keras_model", "keras_attention"):
        monkeypatch.delitem(sys.modules, f"moliere_core.networks.{name}", raising=False)
        monkeypatch.delattr(f"moliere_core.networks.{name}", raising=False)
    printed = run_notebook(monkeypatch, language, TINY)
    skipped = {"fr": r"\(.+ (?:sauté|sautée)\xa0:", "en": r"\(.+ skipped:"}[language]
    assert len(re.findall(skipped, printed)) == 3  # summary, training, specialising
    assert "--- mini-gpt" in printed
    assert "SmolLM2" in printed  # no model of the hub is here: the recorded voices are


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notebook_runs_with_keras_and_finds_no_network(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plotted = MagicMock()
    monkeypatch.setitem(sys.modules, "matplotlib", plotted)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", plotted.pyplot)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    printed = run_notebook(monkeypatch, language, replace(TINY, fetch=language == "fr"))
    assert "Total params: 1,378" in printed
    assert len(re.findall(r"^run:[0-9a-f]{12}$", printed, flags=re.MULTILINE)) == 1
    assert {"fr": "après\xa0: nouveau", "en": "after: new"}[language] in printed
    assert ("\nhf:gpt2" in printed) == (language == "fr")  # why it could not be fetched
    assert plotted.pyplot.plot.call_count == 2


def test_the_cell_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert "le corpus: " in run_snippet(controls.code(REFERENCE))
