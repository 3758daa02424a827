"""What a browser sends by hand: values of the wrong kind are refused in place, on every field."""

from __future__ import annotations

import math
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.film import controls as film
from dashboard.film import views as film_views
from dashboard.inside import controls as inside
from dashboard.inside.text import spanned
from dashboard.probabilities import controls as probabilities
from dashboard.probabilities import views
from dashboard.shared import charts as figures
from dashboard.shared import components, fields, state
from dashboard.temperature import controls as temperature
from dashboard.training import controls as training
from tests.app import addresses
from tests.patience import PATIENCE

HALF = "\ud800"  # half a character: JSON can say it, UTF-8 cannot
NUMBERS = (5, -1, 10**30, math.nan, math.inf)
WRONG: tuple[object, ...] = (None, *NUMBERS, HALF, "abc" * 9999, [], [1], {}, True, b"x")
FIELDS = addresses.settings()


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session without a page."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", found)
    return found


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_a_field_accepts_nothing_that_its_address_could_not_hold(key: str) -> None:
    field = FIELDS[key]
    for wrong in WRONG:
        if field.accepts(wrong) and not isinstance(wrong, list):
            assert len(field.show(wrong).encode()) <= fields.MAX_PROMPT, wrong


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_a_field_accepts_its_own_default(key: str) -> None:
    assert FIELDS[key].accepts(FIELDS[key].default)


@pytest.mark.parametrize(
    ("field", "good", "wrong"),
    [
        (fields.SEED, 2**32 - 1, 2**32),
        (temperature.LENGTH, 2000, 2001),
        (film.TEMPERATURE, 1.55, math.nan),
        (film.BACK, -1, -2),
        (views.VIEW, "stages", "nope"),
        (probabilities.CHOSEN, "é" * 500, "é" * 501),
        (inside.FROM, 0, 0.5),
        (fields.PROMPT, "Ah !", f"Ah {HALF}"),
        (temperature.TEMPERATURES, [0.5, "0,7"], [0.5, math.inf]),
        (training.RUNS, ["petit"], [HALF]),
    ],
)
def test_what_fields_take_and_refuse(field: fields.Field[Any], good: Any, wrong: Any) -> None:
    assert field.accepts(good)
    assert not field.accepts(wrong)


@pytest.mark.parametrize(
    "sent", [*WRONG, {"pick": HALF}, {"pick": 5}, {"pick": "ab"}, {"pick": {}}]
)
def test_a_click_on_no_character_picks_none(session: dict[str, Any], sent: object) -> None:
    session["key"] = sent
    assert components.picked("key") is None
    assert components.picked_char("key") == ""


def test_a_click_on_a_character_picks_it(session: dict[str, Any]) -> None:
    for char in ("é", "", "🎭", "\n"):
        session["key"] = {"pick": char}
        assert components.picked("key") == char


@pytest.mark.parametrize(
    "span",
    [
        *WRONG,
        {"from": 1},
        {"from": 2, "to": 1},
        {"from": 1, "to": 1},
        {"from": -1, "to": 3},
        {"from": 0, "to": math.inf},
        {"from": math.nan, "to": 3},
        {"from": 0.5, "to": 3},
        {"from": 0, "to": 10**30},
        {"from": "0", "to": "3"},
        {"from": False, "to": True},
    ],
)
def test_a_part_that_is_none_is_not_chosen(session: dict[str, Any], span: object) -> None:
    session["key"] = {"span": span}
    assert spanned("key") is None


def test_a_part_is_chosen(session: dict[str, Any]) -> None:
    session["key"] = {"span": {"from": 0, "to": 3.0}}
    assert spanned("key") == (0, 3)


GOOD = {"at": "epoch-001", "before": "epoch-000", "back": 4}


@pytest.mark.parametrize(
    "rest",
    [
        *WRONG,
        *({**GOOD, "at": wrong} for wrong in WRONG),
        *({**GOOD, "before": wrong} for wrong in WRONG),
        *({**GOOD, "back": wrong} for wrong in (None, math.nan, math.inf, 10**30, -7, "3", 0.5)),
    ],
)
def test_a_film_moves_to_no_place_that_is_none(
    session: dict[str, Any], rest: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = list[object]()
    monkeypatch.setattr(state, "change", lambda field, value: moved.append(value))
    session[film_views.KEY] = {"rest": rest}
    film_views.keep_place()
    assert moved == []
    session[film_views.KEY] = {"rest": GOOD}
    film_views.keep_place()
    assert moved == ["epoch-001", "epoch-000", 4]


@pytest.mark.parametrize("char", [HALF, f"a{HALF}", 5, ["a"], {"a": 1}, math.nan])
def test_no_step_is_taken_with_what_is_no_character(session: dict[str, Any], char: Any) -> None:
    session[probabilities.CHOSEN.key] = "ab"
    probabilities.take(char)
    assert session[probabilities.CHOSEN.key] == "ab"
    probabilities.take("c")
    assert session[probabilities.CHOSEN.key] == "abc"


@pytest.mark.parametrize(
    "event",
    [
        *WRONG,
        {"selection": {"points": 5}},
        {"selection": {"points": [{}]}},
        {"selection": {"points": [{"customdata": 5}]}},
        {"selection": {"points": [{"customdata": [HALF]}]}},
        {"selection": {"points": [{"customdata": []}]}},
    ],
)
def test_a_click_on_no_bar_opens_no_word(session: dict[str, Any], event: object) -> None:
    session["key"] = event
    assert figures.clicked("key") is None
    for data in ("amour", ["amour", 3]):
        session["key"] = {"selection": {"points": [{"customdata": data}]}}
        assert figures.clicked("key") == "amour"


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["'abc'", "float('nan')", "float('inf')", "10**30", "-3", "{}"])
@pytest.mark.parametrize(
    ("key", "control", "had"),
    [
        ("training.shift", "knobs['shift'].ask()", 1),
        ("training.units", "knobs['units'].ask()", 256),
        ("training.rate", "knobs['rate'].ask()", 0.001),
        ("training.dropout", "knobs['dropout'].ask()", 0.2),
        ("seed", "widgets.seed()", 1),
    ],
)
def test_a_control_shows_what_it_had(key: str, control: str, had: float, wrong: str) -> None:
    script = f"""
import streamlit as st
from dashboard.shared import state, widgets
from dashboard.training.controls import knobs
from moliere_core.config import PRESETS
knobs = knobs.of(PRESETS['cours'])
state.begin()
state.enter("page")
st.session_state["state.entered"] = {{{key!r}}}  # the browser has seen it, and answers
st.session_state[{key!r}] = {wrong}
st.session_state["found"] = {control}
"""
    at = AppTest.from_string(script, default_timeout=PATIENCE).run()
    assert not at.exception
    assert at.session_state["found"] == had


def test_a_session_speaks_a_language_that_there_is(session: dict[str, Any]) -> None:
    session["lang"] = "../../etc"
    assert state.language() in ("fr", "en")
