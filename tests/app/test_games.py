"""The Games page: votes with and without a room, and nothing that gives an answer away."""

from __future__ import annotations

import json

import pytest

from dashboard.games import controls
from dashboard.games.views import author, letter, machine, scene
from dashboard.shared import guessed, rights
from moliere_core.classroom import Room
from moliere_core.corpus import library
from moliere_core.games import authorship
from moliere_core.games.guessing import Guess
from moliere_core.measures import axis
from tests.app.helpers import Open, run_snippet, text, ticked, vote

SMALL = {"model": "petit", "models": "petit", "chars": "80"}


@pytest.fixture(autouse=True)
def _browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE", "MOLIERE_CORPUS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rights, "browser", lambda: "a browser")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_ten_passages_are_voted_on_and_scored(open_page: Open, language: str) -> None:
    at = open_page("games", lang=language, **SMALL)
    assert not at.exception
    assert "pastiche" in text(at)  # nobody believes that it is Molière
    for _number in range(10):
        at.number_input(key=machine.HANDS[0]).set_value(3)
        at.number_input(key=machine.HANDS[1]).set_value(1)
        at = at.run().button(key="games.reveal").click().run()
        assert not at.exception
        assert at.button(key="games.reveal").disabled
        at = at.button(key="games.go.N").click().run()
        assert not at.exception
    [table] = [e.proto.body for e in at.get("html") if e.proto.body.startswith("<table")]
    assert table.count("75") >= 3  # three of four took each of them for the original
    assert len(at.session_state["hour.voted-on"]) == 10  # for Reading
    assert ticked(at, "games")["machine"]


def test_telephones_are_told_nothing_before_the_reveal(open_page: Open, room: Room) -> None:
    at = open_page("games", **SMALL)
    asked = room.question(room.now)
    told = json.dumps(asked.to_json(), ensure_ascii=False)
    assert "petit" not in told
    assert "T =" not in told
    assert len(asked.text.split("…")[0]) == 80
    assert not [number.key for number in at.number_input if "hands" in str(number.key)]
    vote(room, 0, 1, 1)
    now = room.now
    at = at.button(key="games.reveal").click().run()
    tally = room.tally(now)
    assert tally.outcome is not None
    assert tally.outcome.right in (0, 1)
    [verdict] = at.session_state["games.verdicts"].values()
    assert (verdict.real, verdict.machine) == (1, 2)
    assert verdict.author.real == (tally.outcome.right == 0)


def test_letters_are_guessed_and_measured(open_page: Open) -> None:
    at = open_page("games", view="letter", **SMALL)
    assert not at.exception
    [series] = at.session_state["guessed.series"].values()
    at = at.button(key="games.letter").click().run()
    assert not series.guesses  # nobody has voted
    for _ in range(2):
        typed = series.rest[len(series.guesses)].replace("\n", "/").replace(" ", "_")
        at.text_input(key=letter.TYPED).set_value(typed * 3 + "z")
        at = at.run().button(key="games.letter").click().run()
        assert not at.exception
    assert [guess.right for guess in series.guesses] == [3, 3]
    assert len(series.bits) == 2
    assert len(at.get("plotly_chart")) == 1
    at = at.button(key="games.again").click().run()
    assert not at.session_state["guessed.series"][series.play, series.given, series.rest].guesses


def test_a_room_guesses_letters_and_is_not_told_the_next(open_page: Open, room: Room) -> None:
    at = open_page("games", view="letter", **SMALL)
    [series] = at.session_state["guessed.series"].values()
    first = room.now
    question = room.question(first)
    assert series.given[-20:] in question.text
    assert series.given + series.rest[0] not in json.dumps(question.to_json(), ensure_ascii=False)
    vote(room, "e", "e", "a")
    at = at.button(key="games.letter").click().run()
    assert not at.exception
    assert series.guesses[0].total == 3
    outcome = room.tally(first).outcome
    assert outcome is not None
    assert outcome.right == series.rest[0]
    assert room.now != first  # the next letter is asked


def test_the_class_stands_on_the_axis_of_its_play(open_page: Open) -> None:
    at = open_page("bridge", view="axis", model="petit")
    assert "la classe" not in str(at.get("plotly_chart")[0].proto.spec)
    slug = axis.VALIDATION["verse"]
    series = guessed.Series(slug, "Ah", "e" * 12, [Guess("e", {"e": 3})] * 12, {"e": 0.1})
    at.session_state["guessed.series"] = {(slug, "Ah", "e" * 12): series}
    at = at.run()
    assert not at.exception
    assert "la classe (12 lettres)" in str(json.loads(at.get("plotly_chart")[0].proto.spec))


def test_a_scene_is_written_in_turns_and_kept(open_page: Open) -> None:
    at = open_page("games", view="scene", turns="3", **SMALL)
    assert not at.exception
    at.text_input(key=scene.LINE).set_value("Monsieur, quelle heure est-il ?")
    at = at.run().button(key="games.add").click().run()
    assert not at.exception
    at.number_input(key=scene.CHOICE + "B").set_value(4)
    at = at.run().button(key="games.choose").click().run()
    assert not at.exception
    lines = at.session_state["games.scene"]
    assert [line.author is None for line in lines] == [True, False]
    at.text_input(key=scene.LINE).set_value("Il est tard.")
    at = at.run().button(key="games.add").click().run()
    assert len(at.success) == 1  # three lines were asked for
    at = at.button(key="games.keep").click().run()
    assert not at.exception
    assert len(at.expander) == 1
    at = at.button(key="games.undo").click().run()
    assert len(at.session_state["games.scene"]) == 2
    assert len(at.expander) == 1  # what is kept stays


def test_telephones_choose_the_machines_line(open_page: Open, room: Room) -> None:
    at = open_page("games", view="scene", **SMALL)
    at.text_input(key=scene.LINE).set_value("Quelle heure est-il ?")
    at = at.run().button(key="games.add").click().run()
    asked = room.question(room.now)
    assert "petit" not in json.dumps(asked.to_json())
    vote(room, 2, 2, 0)
    at = at.button(key="games.choose").click().run()
    assert not at.exception
    assert at.session_state["games.scene"][-1].text == asked.options[2]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_passage_is_voted_on_and_read_by_both_networks(open_page: Open, language: str) -> None:
    at = open_page("games", view="author", lines="4", lang=language)
    assert not at.exception
    assert "Le Prévoyant" not in text(at)
    [table] = [e.proto.body for e in at.get("html") if e.proto.body.startswith("<table")]
    assert table.count("<tr") == 1 + len(authorship.measures().groups)
    at.number_input(key=author.HANDS[0]).set_value(7)
    at = at.run().button(key="games.author.reveal").click().run()
    assert not at.exception
    assert at.button(key="games.author.reveal").disabled
    assert any(
        "Le Prévoyant" in header.value for header in at.header
    )  # the one that is in verse, and by neither
    [lines] = [e.proto.body for e in at.get("html") if 'class="authors"' in e.proto.body]
    assert lines.count("<li") == 4
    assert len(at.get("plotly_chart")) == 1
    [cast] = at.session_state["hour.votes"].values()  # for the hour's report
    assert (cast.hands, cast.right) == ((7, 0), None)
    at = at.button(key="games.author.other").click().run()
    assert not at.exception
    assert not at.button(key="games.author.reveal").disabled


def test_an_author_is_not_told_to_telephones_before_the_reveal(open_page: Open, room: Room) -> None:
    give_plays()
    at = open_page("games", view="author", lines="4", corpus="corneille", seed="1")
    assert not at.exception
    asked = room.question(room.now)
    assert asked.options == ("Molière", "Corneille")
    told = json.dumps(asked.to_json(), ensure_ascii=False)
    assert "enteur" not in told
    assert "misanthrope" not in told.lower()
    vote(room, 0, 1, 1)
    now = room.now
    at = at.button(key="games.author.reveal").click().run()
    [verdict] = at.session_state["games.authors"].values()
    assert verdict.hands == (1, 2)
    outcome = room.tally(now).outcome
    assert outcome is not None
    assert outcome.right == authorship.AUTHORS.index(verdict.author)


def test_both_authors_are_drawn_where_both_are_here(open_page: Open) -> None:
    give_plays()
    seen = set()
    for seed in range(8):
        at = open_page("games", view="author", lines="4", corpus="corneille", seed=str(seed))
        at = at.button(key="games.author.reveal").click().run()
        seen |= {verdict.author for verdict in at.session_state["games.authors"].values()}
    assert seen == set(authorship.AUTHORS)
    assert "Pour un vrai choix" not in text(at)


def test_a_passage_of_the_class_has_no_author(open_page: Open) -> None:
    at = open_page("games", view="author")
    at.text_area(key=controls.PASTED).set_value("Ah ! <b>monsieur</b>\nQue je vous plains !")
    at = at.run().button(key="games.author.reveal").click().run()
    assert not at.exception
    assert "Un passage de la classe" in "\n".join(header.value for header in at.header)
    [lines] = [e.proto.body for e in at.get("html") if 'class="authors"' in e.proto.body]
    assert "<b>monsieur" not in lines
    at.text_area(key=controls.PASTED).set_value("… !")
    at = at.run()
    assert not at.exception
    assert len(at.error) == 1


def give_plays() -> None:
    """A play of each author, as if somebody had fetched them."""
    for key, play, by in (("course", "misanthrope", ""), ("corneille", "menteur", "Corneille")):
        verse = "".join(f"{play},{by},verse,Vers {n} de cette pièce-là.\n" for n in range(40))
        data = f"play_name,author,form,cue\n{verse}".encode()
        library.keep(key, data, f"{key}.csv", f"https://school/{key}.csv", ())


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("view", ["machine", "letter", "scene", "author"])
def test_the_cells_run(view: str) -> None:
    now = controls.Settings("embedded", "", "petit", 1, ("petit",), (0.8,), 80, 40, 8)
    assert run_snippet(controls.code(view, now)).strip()
