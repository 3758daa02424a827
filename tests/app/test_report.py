"""What remains of the hour: votes of both kinds, texts, curves, and nobody's name."""

from __future__ import annotations

import html

import pytest

from dashboard.course import report
from dashboard.shared import hour, rooms
from dashboard.shared.hour import Vote
from dashboard.training import report as run_report
from moliere_core import classroom
from moliere_core.classroom import Outcome
from moliere_core.judging import emergence
from moliere_core.judging.emergence import Moment, Tally
from moliere_core.judging.sources import Sources, shipped
from moliere_core.runs.run import Run, run_path
from tests.app.helpers import RUN, Open


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window outside of any server."""
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    monkeypatch.setattr(rooms, "key", lambda: "a browser")
    monkeypatch.setattr("streamlit.session_state", {})


def told() -> str:
    return html.unescape(report.document().decode())


@pytest.mark.usefixtures("window")
def test_an_hour_in_which_nothing_happened_says_so() -> None:
    assert "Ni vote" in told()
    assert "<h2>" not in told()


@pytest.mark.usefixtures("window")
def test_it_has_the_votes_the_texts_and_the_curves_and_no_name() -> None:
    room = classroom.open_room("a browser")
    asked = classroom.choice("course.quiz.1", "Qui <parle> ?", ("Tartuffe", "Orgon"))
    written = classroom.line("last", "Votre vers ?")
    for question in (asked, written):
        room.ask(question)
    room.vote(asked.id, room.admit("a" * 32), 1)
    room.vote(written.id, room.admit("a" * 32), "par Camille")
    room.reveal(asked.id, Outcome(1))
    hour.voted("course.quiz.1", Vote("deux fois", ("a", "b"), (1, 0)))  # by telephone as well
    hour.voted("other", Vote("À main levée ?", ("oui", "non"), (3, 1), 0))
    hour.voted("nobody", Vote("Personne ?", ("oui", "non"), (0, 0)))
    hour.keep_texts([("petit", "Ah ! <b>")])
    Run.open(run_path(RUN)).rename("Camille")
    hour.trained(RUN)
    hour.trained("f" * 12)  # which never began
    page = report.document().decode()
    text = html.unescape(page)
    assert "Orgon ✓" in text
    assert "oui ✓" in text
    assert "deux fois" not in text
    assert "Personne ?" not in text
    assert "1 réponses" not in text
    assert "Camille" not in text
    assert "Ah ! &lt;b&gt;" in page
    assert "LSTM 8" in text
    assert "4,25" in text
    assert page.count("<polyline") == 1
    assert "://" not in page


def test_the_button_is_in_the_plan(open_page: Open) -> None:
    at = open_page("course", view="home")
    assert "Rapport de l’heure (.html)" in [e.proto.label for e in at.get("download_button")]


@pytest.mark.usefixtures("window")
def test_the_report_of_a_run_has_its_settings_curve_and_texts_and_says_what_is_not_here() -> None:
    run = Run.open(run_path(RUN))
    record = {"epoch": 2, "updates": 2, "validation_bits_per_char": 3.5, "loss": 2.5}
    run.append_history({**record, "sample": "Ah ! <i>monsieur"})
    page = run_report.document(run).decode()
    text = html.unescape(page)
    assert page.count("<polyline") == 2
    assert "3,50" in text
    assert "Ah ! &lt;i&gt;monsieur" in page
    assert "MOLIERE_CORPUS" in text  # its corpus is unknown: nothing is judged
    assert "://" not in page


@pytest.mark.usefixtures("window")
def test_the_report_of_a_run_holds_its_text_against_real_plays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = Sources((shipped(),))
    monkeypatch.setattr(run_report, "sources", lambda reference, known: read)
    run = Run.open(run_path(RUN))
    record = {"epoch": 2, "updates": 2, "validation_bits_per_char": 3.5, "loss": 2.5}
    run.append_history({**record, "sample": "Couvrez ce sein, monsieur.\nAh !"})
    text = html.unescape(run_report.document(run).decode())
    assert "Molière jamais lu" in text
    assert "longs mots du français d’aujourd’hui" in text
    assert "Quand viennent" not in text  # nobody has had that measured
    counts = Tally(20, 10, 5, 2.0, 3, 2.0, 50, 40)
    found = [Moment(s.name, s.epoch, s.update, s.digest, (counts,)) for s in run.snapshots]
    emergence.store(f"run:{RUN}", found)
    text = html.unescape(run_report.document(run).decode())
    assert "Quand viennent les mots et les vers" in text
    assert "25\u00a0%" in text  # 5 lines of 20
