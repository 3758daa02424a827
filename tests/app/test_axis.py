"""The Bridge page's ladder, its one axis and its discussion, with a worker that has no models."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.axis import cached, marks, view
from dashboard.axis.measuring import Measuring
from dashboard.discussion.tongues import ENGLISH
from moliere_core import axis
from moliere_core.models import load_model
from moliere_core.pairs import PAIRS
from moliere_core.pretrained import client
from moliere_core.sampling import softmax
from tests.app.conftest import REFERENCE, ROOT, Open, address, component, shown
from tests.patience import PATIENCE, wait_until

FAKE = (sys.executable, str(ROOT / "tests" / "core" / "fake_bridge.py"))
TEXT = "Quoi ? tu veux que je te dise : <b>non</b>, *jamais* !"


@pytest.fixture(autouse=True)
def _fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(client, "COMMAND", FAKE)
    monkeypatch.setattr(client, "LEASE", 10 * PATIENCE)  # a busy machine may look late
    yield
    client.close()


def chart(at: AppTest) -> dict[str, object]:
    [found] = at.get("plotly_chart")
    spec: dict[str, object] = json.loads(found.proto.spec)
    return spec


def test_the_ladder_shows_every_step(open_page: Open) -> None:
    at = open_page("bridge", view="ladder", prompt="Je vous prie de croi")
    assert not at.exception
    steps = component(at)["steps"]
    assert [s["name"] for s in steps] == [
        *("1-gramme", "3-gramme", "5-gramme", "8-gramme"),
        *("petit", "grand", "mini-gpt"),
    ]
    model = load_model("petit")
    logits, _ = model.start(["Je vous prie de croi"])
    probs = softmax(logits[0, 1:])
    char, chance = steps[4]["bars"][0]
    assert chance == pytest.approx(probs[model.vocabulary.index[char] - 1], abs=2e-4)
    measures = [float(s["measure"].split()[0].replace(",", ".")) for s in steps[:6]]
    assert measures == sorted(measures, reverse=True)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("against", ["bars", "parameters", "read", "two"])
def test_every_drawing_of_the_axis(open_page: Open, language: str, against: str) -> None:
    at = open_page("bridge", view="axis", lang=language, against=against, on="modern")
    assert not at.exception
    assert not at.error
    assert len(json.dumps(chart(at))) > 1000


def test_bars_are_the_shipped_figures_and_the_caption_follows(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="modern", model="petit")
    points = axis.shipped().points["modern"]
    assert drawn(at)["petit"] == pytest.approx(points["petit"].bits_per_char)
    assert drawn(at)["8-gramme"] == pytest.approx(points["kn-8"].bits_per_char)
    best = min(points.values(), key=lambda point: point.bits_per_char)
    assert f"**{marks.shown(best.model)}**" in shown(at)


def test_a_pasted_text_is_measured_in_the_background(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="own", model="petit")
    at = at.text_area(key="axis.own").set_value(TEXT).run()
    assert not at.exception
    wanted = tuple(view._to_measure("own", "petit"))
    wait_until(lambda: cached.measuring(TEXT, wanted, True).done)
    found = cached.measuring(TEXT, wanted, True)
    at = at.run()
    assert not at.exception
    assert {"petit", "grand", "kn-8"} <= set(found.points)
    assert axis.stored(TEXT)["petit"] == found.points["petit"]
    assert "<b>" not in shown(at)


VERSE = """Mon frère, s'il vous plaît, ne discourons point tant,
Et que chacun de nous vive comme il l'entend."""


def measured(at: AppTest, text: str) -> dict[str, axis.Point]:
    """The points of a pasted text, once all are there and on the page."""
    at.text_area(key="axis.own").set_value(text).run()
    wanted = tuple(view._to_measure("own", "petit"))
    wait_until(lambda: cached.measuring(text, wanted, True).done)
    at.run()
    assert not at.exception
    return cached.measuring(text, wanted, True).points


def drawn(at: AppTest) -> dict[str, float]:
    return {
        name: value
        for trace in chart(at)["data"]  # type: ignore[attr-defined]
        for name, value in zip(trace["y"], trace["x"], strict=True)
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_verse_and_prose_of_a_pasted_text_are_told_apart(open_page: Open, language: str) -> None:
    at = open_page("bridge", view="axis", on="own", model="petit", lang=language)
    points = measured(at, f"{VERSE}\n\n{TEXT}")
    assert f", {len(VERSE) + 1} c" in at.caption[0].value  # line breaks included
    assert drawn(at)["petit"] == pytest.approx(points["petit"].bits_per_char)
    for form in ("verse", "prose"):
        at.segmented_control(key="axis.part").set_value(form).run()
        assert address(at)["part"] == form
        assert drawn(at)["petit"] == pytest.approx(points["petit"].parts[form])
        assert "compress" in shown(at)  # says why they are left out
    at.segmented_control(key="axis.against").set_value("two").run()
    dots = [t for t in chart(at)["data"] if t["mode"] == "markers"]  # type: ignore[attr-defined]
    for trace, form in zip(dots, ("verse", "prose"), strict=True):
        place = trace["y"].index("petit")
        assert trace["x"][place] == pytest.approx(points["petit"].parts[form])


def test_a_model_of_the_class_is_measured_on_the_text_it_is_compared_with(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="own", against="two", model=REFERENCE)
    at.text_area(key="axis.own").set_value(TEXT).run()
    modern = axis.MODERN.read_text(encoding="utf-8").strip()
    wait_until(lambda: REFERENCE in axis.stored(modern))
    at.run()
    *_lines, own, other = chart(at)["data"]  # type: ignore[misc]
    place = other["y"].index(REFERENCE)
    assert other["x"][place] == pytest.approx(axis.stored(modern)[REFERENCE].bits_per_char)
    assert own["x"][place] == pytest.approx(axis.stored(TEXT)[REFERENCE].bits_per_char)


def test_a_play_that_is_not_here_is_said_whatever_is_measured_meanwhile(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached, "play_text", lambda _slug: None)
    for model in ("petit", REFERENCE):
        at = open_page("bridge", view="axis", on="verse", model=model)
        assert not at.exception
        assert ("Récupérez le corpus" in shown(at)) == (model == REFERENCE)


def test_the_runs_of_others_stay_out(open_page: Open) -> None:
    modern = axis.MODERN.read_text(encoding="utf-8").strip()
    for name in ("run:fedcba987654", "hf:gpt2"):
        axis.store(modern, axis.Point(name, 2.5, 3, 4))
    at = open_page("bridge", view="axis", on="modern", model="petit")
    assert not at.exception
    assert "gpt2" in drawn(at)
    assert "run:fedcba987654" not in drawn(at)


def test_a_text_of_one_form_says_so(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="own", model="petit")
    at.text_area(key="axis.own").set_value(TEXT).run()
    assert "Rien n’a l’air de vers" in at.caption[0].value
    at.text_area(key="axis.own").set_value(VERSE).run()
    assert "Tout a l’air de vers" in at.caption[0].value
    assert not [c for c in at.get("segmented_control") if c.key == "axis.part"]


def test_a_pasted_text_is_still_there_after_another(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="own", model="petit")
    at.text_area(key="axis.own").set_value(TEXT).run()
    at.segmented_control(key="axis.text").set_value("verse").run()
    at.segmented_control(key="axis.text").set_value("own").run()
    assert at.text_area(key="axis.own").value == TEXT


def test_both_forms_are_in_the_numbers_to_take_away() -> None:
    parts = {"verse": 1.5, "prose": 2.0}
    points = {
        "petit": axis.Point("petit", 1.7, 3, 4, parts=parts),
        "xz": axis.Point("xz", 2.7, 0, 4),
    }
    table = marks.table(points, {}, parted=True)
    verse, prose = marks.forms().values()
    assert table[verse].tolist()[0] == 1.5
    assert table[prose].isna().tolist() == [False, True]
    assert verse not in marks.table(points, {}, parted=False)


def test_a_server_that_ends_waits_for_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, told_to_end = threading.Event(), threading.Event()

    def run(_measure: Measuring) -> None:
        begun.set()
        told_to_end.wait(PATIENCE)

    monkeypatch.setattr(Measuring, "run", run)
    cached.measuring(TEXT, ("kn-1",), True)
    assert begun.wait(PATIENCE)
    assert all(t.daemon for t in threading.enumerate() if t.name.startswith("moliere-axis"))
    told_to_end.set()


def test_an_error_of_one_model_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Measuring(TEXT, ("kn-2", "hf:nobody/nothing"), None, 10, False)
    found.run()
    assert found.done
    assert set(found.points) == {"kn-2"}
    assert set(found.errors) == {"hf:nobody/nothing"}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("topic", ["table", "pairs", "attention", "tongues", "cards"])
def test_every_topic_of_the_discussion(open_page: Open, language: str, topic: str) -> None:
    at = open_page("bridge", view="talk", lang=language, topic=topic, model="petit")
    assert not at.exception
    assert not at.error


def test_two_languages_cost_different_numbers_of_tokens(open_page: Open) -> None:
    at = open_page("bridge", view="talk", topic="tongues")
    french, english = component(at)["rows"][:2]
    assert len(french["segments"]) < len(english["segments"])
    assert "".join(part["text"] for part in english["segments"]) == ENGLISH
    at = at.text_input(key="discussion.Do").set_value("<b>x</b>").run()
    assert not at.exception
    assert "".join(part["text"] for part in component(at)["rows"][1]["segments"]) == "<b>x</b>"


def test_the_class_votes_before_the_bits_are_shown(open_page: Open) -> None:
    at = open_page("bridge", view="talk", topic="pairs", pair="medecin", model="petit")
    assert not at.get("plotly_chart")
    pair = next(pair for pair in PAIRS if pair.name == "medecin")
    assert pair.good.rstrip(".") in shown(at)
    at = at.button(key="discussion.reveal").click().run()
    wait_until(lambda: at.run().get("plotly_chart"))
    names = [trace["name"] for trace in chart(at)["data"]]  # type: ignore[attr-defined]
    assert names == [pair.good, pair.bad]


def test_a_text_and_a_vote_tick_themselves_not_the_view(open_page: Open) -> None:
    def done(at: AppTest) -> set[str]:
        return set(at.session_state["lesson.done"]["bridge"])

    assert not done(open_page("bridge", view="axis"))
    assert done(open_page("bridge", view="axis", on="modern")) == {"axis"}
    at = open_page("bridge", view="talk", topic="pairs")
    assert not done(at)
    assert done(at.button(key="discussion.reveal").click().run()) == {"talk"}
