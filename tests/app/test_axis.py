"""The Bridge page's ladder, its one axis and its discussion, with a worker that has no models."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.bridge import marks, measuring, results
from dashboard.bridge.figures import axis as figures
from dashboard.bridge.figures.labels import LINE, Point, labelled
from dashboard.bridge.marks import Mark
from dashboard.bridge.measuring import Measuring
from dashboard.bridge.views import axis as view
from dashboard.bridge.views import languages
from dashboard.bridge.views.languages import ENGLISH
from dashboard.bridge.wording import axis as axis_wording
from dashboard.bridge.wording import models as wording
from dashboard.bridge.wording import pairs as pairs_wording
from dashboard.shared import following, naming
from moliere_core.errors import ModelError
from moliere_core.measures import axis, pairs
from moliere_core.measures.pairs import Test
from moliere_core.models.references import load_model
from moliere_core.networks.arrays import softmax
from moliere_core.pretrained import Generation, Request, State, client, recorded
from moliere_core.system.progress import Progress
from tests.app.bridge import FAKE, drawn
from tests.app.helpers import REFERENCE, ROOT, Open, address, component, figure, shown
from tests.patience import FRAMEWORK, PATIENCE, wait_until

TEXT = "Quoi ? tu veux que je te dise : <b>non</b>, *jamais* !"


@pytest.fixture(autouse=True)
def _fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(client, "COMMAND", FAKE)
    monkeypatch.setattr(client, "LEASE", 10 * PATIENCE)  # a busy machine may look late
    yield
    client.close()


def test_the_ladder_shows_every_step(open_page: Open) -> None:
    at = open_page("bridge", view="ladder", prompt="Je vous prie de croi")
    assert not at.exception
    steps = component(at)["steps"]
    assert [s["name"] for s in steps] == [
        *("1-gramme", "3-gramme", "5-gramme", "8-gramme"),
        *("petit-rnn", "petit", "grand", "petit-gpt", "mini-gpt"),
        *map(wording.name, recorded.voices()),
    ]
    model = load_model("petit")
    logits, _ = model.start(["Je vous prie de croi"])
    probs = softmax(logits[0, 1:])
    char, chance = steps[5]["bars"][0]
    assert chance == pytest.approx(probs[model.vocabulary.index[char] - 1], abs=2e-4)
    measures = [float(s["measure"].split()[0].replace(",", ".")) for s in steps[:7]]
    assert measures == sorted(measures, reverse=True)
    assert not any(step["worse"] for step in steps[:7])
    assert steps[7]["worse"].startswith("Moins bien que grand")
    assert not steps[8]["worse"]  # better than the one before, though its figure is a bound


def test_a_rung_of_the_ladder_has_an_address(open_page: Open) -> None:
    at = open_page("bridge", view="ladder", rung=5)
    assert component(at)["at"] == 5
    assert address(at)["rung"] == "5"
    last = component(open_page("bridge", view="ladder", rung=20))
    assert last["at"] == len(last["steps"]) - 1


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("against", ["bars", "parameters", "read", "two"])
def test_every_drawing_of_the_axis(open_page: Open, language: str, against: str) -> None:
    at = open_page("bridge", view="axis", lang=language, against=against, on="modern")
    assert not at.exception
    assert not at.error
    assert len(json.dumps(figure(at))) > 1000


def test_bars_are_the_shipped_figures_and_the_caption_follows(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="modern", model="petit")
    points = axis.shipped().points["modern"] | axis.recorded("modern")
    assert drawn(at)["petit"] == pytest.approx(points["petit"].bits_per_char)
    assert drawn(at)["8-gramme"] == pytest.approx(points["kn-8"].bits_per_char)
    best = min(points.values(), key=lambda point: point.bits_per_char)
    assert f"**{wording.name(best.model)}**" in shown(at)


@pytest.mark.slow
def test_a_pasted_text_is_measured_in_the_background(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="own", model="petit")
    at = at.text_area(key="axis.own").set_value(TEXT).run()
    assert not at.exception
    wanted = tuple(view.to_measure("own", "petit"))
    assert measuring.bits(TEXT, wanted, True).wait(FRAMEWORK)
    found = measuring.bits(TEXT, wanted, True)
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
    wanted = tuple(view.to_measure("own", "petit"))
    assert measuring.bits(text, wanted, True).wait(FRAMEWORK)
    at.run()
    assert not at.exception
    return measuring.bits(text, wanted, True).points


def test_who_pastes_one_text_after_the_other_keeps_nobody_waiting_for_all(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, asked, bits = threading.Event(), list[Measuring](), measuring.bits

    def noted(*arguments: Any) -> Measuring:
        asked.append(bits(*arguments))
        return asked[-1]

    monkeypatch.setattr(measuring, "bits", noted)
    measuring.worker().begin(lambda _told: gate.wait(PATIENCE))  # somebody else's
    try:
        at = open_page("bridge", view="axis", on="own", model="petit")
        for number in range(4):
            at.text_area(key="axis.own").set_value(f"{TEXT} {number}").run()
            assert not at.exception
        pasted = {work.text: work.cancelled() for work in asked if work.text.startswith(TEXT)}
        assert list(pasted.values()) == [True, True, True, False]
    finally:
        for work in asked:
            work.cancel()
        gate.set()


@pytest.mark.slow
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
    dots = [t for t in figure(at)["data"] if t["mode"] == "markers"]
    for trace, form in zip(dots, ("verse", "prose"), strict=True):
        place = trace["y"].index("petit")
        assert trace["x"][place] == pytest.approx(points["petit"].parts[form])


@pytest.mark.slow
def test_a_model_of_the_class_is_measured_on_the_text_it_is_compared_with(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="own", against="two", model=REFERENCE)
    at.text_area(key="axis.own").set_value(TEXT).run()
    modern = axis.MODERN.read_text(encoding="utf-8").strip()
    wait_until(lambda: REFERENCE in axis.stored(modern))
    at.run()
    *_lines, own, other = figure(at)["data"]
    place = other["y"].index(REFERENCE)
    assert other["x"][place] == pytest.approx(axis.stored(modern)[REFERENCE].bits_per_char)
    assert own["x"][place] == pytest.approx(axis.stored(TEXT)[REFERENCE].bits_per_char)


def test_a_play_that_is_not_here_is_said_whatever_is_measured_meanwhile(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "play_text", lambda _slug: None)
    for model in ("petit", REFERENCE):
        at = open_page("bridge", view="axis", on="verse", model=model)
        assert not at.exception
        assert ("Récupérez le corpus" in shown(at)) == (model == REFERENCE)


def points(**bits: float) -> dict[str, axis.Point]:
    """Points by reference, of which those of the hub may have read the text."""
    found = {}
    for name, value in bits.items():
        reference = {"gemma": "hf:google/gemma-3-270m", "gpt2": "hf:gpt2"}.get(name, name)
        on_hub = reference.startswith("hf:")
        found[reference] = axis.Point(reference, value, 10, 10, may_have_read=on_hub)
    return found


@pytest.mark.parametrize("name", ["verse", "modern"])
@pytest.mark.parametrize("moliere", [{"petit": 1.7, "gemma": 1.6}, {"petit": 1.5, "gemma": 1.6}])
@pytest.mark.parametrize("modern", [{"petit": 2.5, "gemma": 1.1}, {"petit": 1.2, "gemma": 2.5}])
def test_a_caption_follows_from_the_figures_whoever_wins(
    name: str, moliere: dict[str, float], modern: dict[str, float]
) -> None:
    here, there = (moliere, modern) if name == "verse" else (modern, moliere)
    said = axis_wording.caption(points(**here), points(**here), points(**there), name, "")
    shown = {"petit": "petit", "gemma": "gemma-3-270m"}
    best, elsewhere = (shown[min(of, key=of.__getitem__)] for of in (here, there))
    assert f"le meilleur est **{best}**" in said
    assert ("a peut-être déjà lu" in said) is (best == "gemma-3-270m")
    if best == elsewhere:
        assert "aussi (" in said
    else:
        assert f"c’est **{elsewhere}**" in said
    for model in shown:
        gap = modern[model] - moliere[model]
        assert (f"**{shown[model]}** passe de" in said and "spécialisé" in said) or gap < 0
        assert (f"**{shown[model]}** fait le chemin inverse" in said) is (gap < 0)


def test_models_of_unknown_size_or_reading_keep_a_place_on_every_axis() -> None:
    kept = [
        Mark("hasard", "chance", 6.5, None, 0, 1_000, False),
        Mark("petit", "recurrent", 1.7, None, 400_000, 1_700_000, False),
        Mark("mystère", "large", 1.5, None, 0, None, True, True),
    ]
    for what, places in (("parameters", ("aucun", "inconnu")), ("read", ("inconnu",))):
        figure = figures.against(kept, False, "", what)
        drawn = {
            text: x
            for trace in figure.data
            if trace.text is not None
            for text, x in zip(trace.text, trace.x, strict=True)
        }
        assert set(drawn) == {"hasard", "petit", "mystère †"}
        ticks = dict(zip(figure.layout.xaxis.ticktext, figure.layout.xaxis.tickvals, strict=True))
        assert set(places) <= set(ticks)
        assert drawn["mystère †"] == ticks["inconnu"] > drawn["petit"]
        if what == "parameters":
            assert drawn["hasard"] == ticks["aucun"] < drawn["petit"]


def test_figures_of_who_may_have_read_the_text_bear_a_mark() -> None:
    kept = marks.marks(points(petit=1.7, gemma=1.6), {})
    figure = figures.bars(kept, False, "")
    assert {text for trace in figure.data for text in trace.text} == {"1,70", "1,60 †"}
    assert "†\N{NO-BREAK SPACE}: ce modèle a pu lire" in axis_wording.notes(
        points(gemma=1.6), points(gemma=1.6), ()
    )
    assert "†" not in axis_wording.notes(points(petit=1.6), points(petit=1.6), ())


def test_long_names_are_short_and_different_in_charts() -> None:
    long = "hf:owner/" + "very-" * 12 + "long"
    references = [long, "hf:else/" + "very-" * 12 + "long", "hf:a/x", "hf:b/x", "petit"]
    names = wording.names(references)
    assert len(set(names.values())) == len(references)
    assert max(map(len, names.values())) <= naming.LONGEST + len(" (2)")
    assert names["hf:a/x"] == "a/x"
    assert wording.name("hf:HuggingFaceTB/SmolLM2-135M-Instruct") == "SmolLM2-135M-Instruct"
    table = marks.table({long: axis.Point(long, 2.0, 3, None)}, {}, parted=False)
    assert table.iloc[0, 0] == long.removeprefix("hf:")


def test_which_language_is_cut_to_pieces_follows_from_the_tokens() -> None:
    said = languages.said({"A": (0.5, 0.25), "B": (0.2, 0.4), "C": (0.3, 0.29), "D": (0.0, 0.3)})
    assert "Émiette le français\N{NO-BREAK SPACE}: A." in said
    assert "Émiette l’anglais\N{NO-BREAK SPACE}: B." in said
    assert "à peu près pareil\N{NO-BREAK SPACE}: C, D." in said


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
    verse, prose = marks.FORMS.values()
    assert table[verse].tolist()[0] == 1.5
    assert table[prose].isna().tolist() == [False, True]
    assert verse not in marks.table(points, {}, parted=False)


def test_a_server_that_ends_waits_for_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, told_to_end = threading.Event(), threading.Event()

    def run(_measure: Measuring, told: Progress) -> None:
        begun.set()
        told_to_end.wait(FRAMEWORK)

    monkeypatch.setattr(Measuring, "run", run)
    measuring.bits(TEXT, ("kn-1",), True)
    assert begun.wait(FRAMEWORK)
    assert all(t.daemon for t in threading.enumerate() if t.name.startswith("moliere-axis"))
    told_to_end.set()


def test_an_error_of_one_model_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Measuring(TEXT, ("kn-2", "hf:nobody/nothing"), None, 10, False)
    with pytest.raises(ModelError, match="nobody"):
        found.run(lambda _share: None)
    assert set(found.points) == {"kn-2"}
    assert set(found.errors) == {"hf:nobody/nothing"}


def test_what_failed_a_while_ago_is_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = measuring.bits(TEXT, ("hf:nobody/nothing",), True)
    assert failed.wait(FRAMEWORK)
    margins = measuring.margins("hf:nobody/nothing", ("saison-1",))
    assert margins.exception(PATIENCE) is not None
    assert measuring.bits(TEXT, ("hf:nobody/nothing",), True) is failed  # but not at once
    monkeypatch.setattr(following, "RETRY_SECONDS", -1.0)
    assert measuring.bits(TEXT, ("hf:nobody/nothing",), True) is not failed
    assert measuring.margins("hf:nobody/nothing", ("saison-1",)) is not margins


@pytest.mark.slow
def test_what_nobody_waited_for_is_asked_again_on_the_ladder(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "go"
    monkeypatch.setenv("FAKE_RELEASE", str(release))
    at = open_page("bridge", view="ladder", prompt="ab")
    asked: list[Request[Generation]] = []
    written = results.written

    def ask(*arguments: Any) -> Request[Generation]:
        asked.append(written(*arguments))
        return asked[-1]

    ask.clear = written.clear  # type: ignore[attr-defined]
    monkeypatch.setattr(results, "written", ask)
    at.run()
    [given_up] = {id(request): request for request in asked}.values()
    given_up.cancel()
    release.touch()
    at.run()
    assert asked[-1] is not given_up
    wait_until(lambda: asked[-1].status.state is State.FINISHED)


@pytest.mark.slow
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


def test_the_class_votes_before_the_margins_are_shown(open_page: Open) -> None:
    at = open_page("bridge", view="talk", topic="pairs", pair="saison-1", model="petit")
    assert not at.get("plotly_chart")
    [pair] = [pair for pair in pairs.PAIRS if pair.name == "saison-1"]
    assert "**chaud" in shown(at)
    assert "**froid" in shown(at)
    assert pair.why["fr"] not in shown(at)
    at = at.button(key="discussion.reveal").click().run()
    assert pair.why["fr"] in shown(at)
    [bars] = figure(at)["data"]
    margins = dict(zip(bars["y"], bars["x"], strict=True))
    assert {"petit", "grand", "kn-8", "mini-gpt", "gemma-3-270m °"} <= set(margins)
    for model in ("petit", "kn-8"):
        assert margins[model] == pairs.recorded()[model].margins["saison-1"]
    assert "enregistré le" in shown(at)  # it is not here


def test_a_revealed_pair_leads_to_the_question_why(open_page: Open) -> None:
    pair = pairs.PAIRS[0]
    at = open_page("bridge", view="talk", topic="pairs", pair=pair.name, model="petit")
    at = at.button(key="discussion.reveal").click().run()
    [asked] = [
        dict(parse_qsl(e.proto.query_string))
        for e in at.get("page_link")
        if "view=why" in e.proto.query_string
    ]
    before, good, bad = pairs.ends(pair)
    whole = "\n" + asked["text"]
    assert whole[: int(asked["from"])] == "\n" + before
    assert whole[int(asked["from"]) : int(asked["to"])] == good
    assert (asked["rather"], asked["model"]) == (bad, "petit")


def test_a_run_of_the_class_is_measured_beside_what_was_recorded(open_page: Open) -> None:
    at = open_page("bridge", view="talk", topic="pairs", pairs="all", test="world", model=REFERENCE)
    names = tuple(pair.name for pair in pairs.of("world"))
    measured = measuring.margins(REFERENCE, names).result(60)
    at.run()
    by_name = {trace["name"]: trace for trace in figure(at)["data"]}
    expected = pairs.couple_margins(measured, "world")
    assert by_name[REFERENCE]["x"] == pytest.approx(list(expected.values()))
    assert by_name["grand"]["y"][0] == "chaud / froid"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("test", pairs.TESTS)
def test_every_test_says_what_luck_would_do(open_page: Open, test: Test, language: str) -> None:
    at = open_page("bridge", view="talk", topic="pairs", pairs="all", test=test, lang=language)
    assert not at.exception
    low, high = pairs.coin(len(pairs.of(test)))
    said = at.caption[-2].value
    assert (f"de {low} à {high}" if language == "fr" else f"{low} to {high}") in said
    assert ("jumelle" in said or "twin" in said) is (test != "order")


def test_who_is_ahead_follows_from_the_margins() -> None:
    names = [pair.name for pair in pairs.of("order")]
    good, bad = dict.fromkeys(names, 2.0), dict.fromkeys(names, -2.0)
    shown = {"grand": "grand", "hf:a/b": "b"}
    for found, said in (
        ({"grand": good, "hf:a/b": bad}, "**grand** devance **b** sur 14 des 14 paires"),
        ({"grand": bad, "hf:a/b": good}, "**b** devance **grand** sur 14 des 14 paires"),
    ):
        assert said in pairs_wording.proof("order", found, shown)
        assert "une fois sur 8" in pairs_wording.proof("order", found, shown)  # 8,192 to one
    half = dict(zip(names, [2.0, -2.0] * 7, strict=True))
    even = pairs_wording.proof("order", {"grand": dict.fromkeys(names, 0.0), "hf:a/b": half}, shown)
    assert "le hasard en ferait autant" in even


@pytest.mark.slow
def test_a_text_and_a_vote_tick_themselves_not_the_view(open_page: Open) -> None:
    def done(at: AppTest) -> set[str]:
        return set(at.session_state["lesson.done"]["bridge"])

    assert not done(open_page("bridge", view="axis"))
    assert done(open_page("bridge", view="axis", on="modern")) == {"axis"}
    at = open_page("bridge", view="talk", topic="pairs")
    assert not done(at)
    assert done(at.button(key="discussion.reveal").click().run()) == {"talk"}


def test_no_name_covers_another_or_a_mark() -> None:
    column = [Point(60.0, 140.0 + 6 * number) for number in range(9)]
    crowd = [Point(500.0 + 22 * number, 250.0 + 9 * (number % 3)) for number in range(7)]
    edge = [Point(845.0, 230.0), Point(850.0, 262.0)]
    marks = [*column, *crowd, *edge]
    widths = [70.0 + 8 * (number % 5) for number in range(len(marks))]
    ways = labelled(marks, widths, Point(860.0, 290.0))
    names = [
        (m.x + w.x - wide / 2, m.x + w.x + wide / 2, m.y + w.y - LINE / 2, m.y + w.y + LINE / 2)
        for m, w, wide in zip(marks, ways, widths, strict=True)
    ]
    assert all(
        name[0] >= 0 and name[1] <= 860 and name[2] >= 0 and name[3] <= 290 for name in names
    )
    for (left, right, top, bottom), other in itertools.combinations(names, 2):
        assert right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
    for mark, (left, right, top, bottom) in itertools.product(marks, names):
        assert not (left < mark.x < right and top < mark.y < bottom)
