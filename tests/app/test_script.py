"""The script of an hour: its bar on every page, complete addresses, two windows of one teacher."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.course import controls
from dashboard.server.room import secret
from dashboard.server.stages import KEPT, MOST, Stages, follower
from dashboard.shared import plan, script, state
from tests.app.helpers import ROOT, Open, address, shown

LESSONS = ROOT / "dashboard" / "lessons"
MINE, ANOTHER = follower("a teacher"), "0123456789ab"
SHORT = plan.steps((LESSONS / "fr" / "course-short.md").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def stages(monkeypatch: pytest.MonkeyPatch) -> Stages:
    """Those of a new server, for a browser that has a cookie, which AppTest has not."""
    found = Stages()
    monkeypatch.setattr("dashboard.shared.script.stages", found)
    monkeypatch.setattr("dashboard.course.presenting.stages", found)
    monkeypatch.setattr("dashboard.shared.rights.browser", lambda: "a teacher")
    return found


def test_pupils_have_no_bar(open_page: Open) -> None:
    at = open_page("probabilities")
    assert not [b for b in at.button if str(b.key).startswith("script.")]
    assert "script" not in address(at)


@pytest.mark.parametrize("text", ["", "long", "long.", "middle.3", "long.x", "short.1.2"])
def test_an_address_that_is_no_place_opens_the_page_alone(open_page: Open, text: str) -> None:
    at = open_page("temperature", script=text)
    assert not at.exception
    assert not [b for b in at.button if str(b.key).startswith("script.")]


def test_the_bar_says_where_the_class_is(open_page: Open) -> None:
    step = SHORT[1]
    at = open_page(step.page, script="short.2", **step.address)
    told = shown(at)
    assert "**2/5**" in told
    assert "min 3 à 6" in told
    assert step.said.splitlines()[0] in told
    assert address(at)["script"] == "short.2"
    assert not at.button(key="script.go.B").disabled
    assert open_page("bridge", script="short.99").button(key="script.go.N").disabled


def step_to(at: AppTest, key: str, number: int) -> AppTest:
    """Press N or B; the next message comes from the page of the step that this leads to."""
    at = at.button(key=f"script.go.{key}").click().run()
    return at.switch_page(f"../pages/{SHORT[number - 1].page}.py")


def test_a_step_leaves_nothing_to_the_next(open_page: Open) -> None:
    at = open_page(SHORT[1].page, script="short.2", **SHORT[1].address)
    assert "mons" in address(at)["prompt"]
    at = step_to(at, "N", 3)
    assert not at.exception
    assert "**3/5**" in shown(at)
    assert address(at) == {"script": "short.3", **SHORT[2].address}
    at = step_to(at, "B", 2)
    assert address(at)["prompt"] == SHORT[1].address["prompt"]


def ask_again(at: AppTest, number: int, place: int | None = None) -> AppTest:
    """A message of an earlier step's page, with its address or already with that of a place."""
    place = place or number
    at.query_params = {"script": f"short.{place}", **SHORT[place - 1].address}
    return at.switch_page(f"../pages/{SHORT[number - 1].page}.py").run()


def test_a_page_that_was_left_does_not_bring_the_class_back(open_page: Open) -> None:
    at = open_page(SHORT[1].page, script="short.2", **SHORT[1].address)
    at = ask_again(step_to(at, "N", 3), 2)
    assert "**3/5**" in shown(at)
    assert address(at) == {"script": "short.3", **SHORT[2].address}
    at.switch_page(f"../pages/{SHORT[2].page}.py").run()
    at = ask_again(step_to(at, "B", 2), 3)
    assert "**2/5**" in shown(at)


@pytest.mark.parametrize("places", [(1, 1), (1, 2), (2, 1), (2, 2, 1)])
def test_nor_does_one_that_asks_more_than_once(open_page: Open, places: tuple[int, ...]) -> None:
    """The address in the browser changes before the page does."""
    at = open_page("home", script="short.1", **SHORT[0].address)
    at = at.button(key="script.go.N").click().run()
    for place in places:
        at = ask_again(at, 1, place)
        assert not at.exception
        assert "**2/5**" in shown(at)
        assert address(at) == {"script": "short.2", **SHORT[1].address}
    at = at.switch_page(f"../pages/{SHORT[1].page}.py").run()  # it has heard of the new place
    assert "**1/5**" in shown(ask_again(at, 1))


def test_who_leaves_the_plan_at_once_by_the_menu_stays_there(open_page: Open) -> None:
    at = open_page(SHORT[1].page, script="short.2", **SHORT[1].address)
    at = at.button(key="script.go.N").click().run()
    at.query_params = {}
    at = at.switch_page("../pages/home.py").run()
    assert address(at)["script"] == "short.3"
    assert "view" not in address(at)


def test_the_address_of_an_earlier_step_opens_it_once_the_new_one_has_answered(
    open_page: Open,
) -> None:
    at = open_page(SHORT[1].page, script="short.2", **SHORT[1].address)
    at = ask_again(step_to(at, "N", 3).run(), 2)
    assert "**2/5**" in shown(at)


def test_back_goes_to_the_step_before(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page(SHORT[1].page, script="short.2", **SHORT[1].address)
    at = at.button(key="script.go.N").click().run()
    monkeypatch.setattr(state, "goes_back", lambda: True)
    assert "**2/5**" in shown(ask_again(at, 2))


def test_it_goes_along_to_other_pages_until_it_is_closed(open_page: Open) -> None:
    at = open_page("temperature", script="short.3")
    at = at.switch_page("../pages/reading.py").run()
    assert "**3/5**" in shown(at)
    at = at.switch_page("../pages/course.py").run()
    assert at.subheader[0].value == SHORT[2].title
    assert "script" not in address(at)
    at = at.button(key="course.go.N").click().run()
    at = at.switch_page("../pages/model.py").run()
    assert "**4/5**" in shown(at)
    at = at.button(key="script.close").click().run()
    assert "script" not in address(at)
    assert "**4/5**" not in shown(at)


def test_what_the_class_does_lasts_and_settings_do_not() -> None:
    lasting = ["lang", "script", "course.step", "training.job", "training.guess.bits"]
    assert all(map(script.lasts, lasting))
    assert not any(map(script.lasts, ["prompt", "model", "seed", "training.epochs", "home.speed"]))


def test_a_second_window_follows(open_page: Open, stages: Stages) -> None:
    stages.move(MINE, "short.2")
    at = open_page("home", follow=MINE)
    assert "**2/5**" in shown(at)
    assert SHORT[1].said.splitlines()[0] not in shown(at)  # notes stay with the teacher
    stages.move(MINE, "short.4")
    at = at.run()
    assert "**4/5**" in shown(at)
    assert address(at)["follow"] == MINE
    assert address(at)["script"] == "short.4"
    at = at.button(key="script.go.N").click().run()
    assert stages.place(MINE) == "short.5"


def test_a_place_after_the_last_step_is_the_last_for_those_who_follow_too(
    open_page: Open, stages: Stages
) -> None:
    open_page("home", script="short.99")
    assert stages.place(MINE) == "short.5"
    at = open_page("home", follow=MINE)
    assert "**5/5**" in shown(at)
    assert not at.exception


def test_who_has_the_address_follows_and_moves_nothing(open_page: Open, stages: Stages) -> None:
    stages.move(ANOTHER, "short.2")
    at = open_page("home", follow=ANOTHER)
    assert "**2/5**" in shown(at)
    assert not [b for b in at.button if str(b.key).startswith("script.")]
    assert not open_page("home", follow="../../etc").exception


def test_the_window_of_the_notes(open_page: Open, stages: Stages) -> None:
    at = open_page("course", view="short", present=1, step=2)
    assert stages.place(MINE) == "short.2"
    assert SHORT[2].title in shown(at)
    at = at.button(key="course.clock").click().run()
    assert stages.elapsed(MINE) is not None
    at = at.button(key="course.go.N").click().run()
    assert stages.place(MINE) == "short.3"
    stages.move(MINE, "long.7")  # in the window of the screens
    at = at.run()
    assert address(at)["step"] == "7"
    assert address(at)["view"] == "long"
    assert controls.PRESENT.key in {toggle.key for toggle in at.toggle}


def test_stages_are_kept_for_a_while() -> None:
    now = [0.0]
    found = Stages(lambda: now[0])
    assert found.place("a") == ""
    assert found.elapsed("a") is None
    found.move("a", "long.1")
    found.start("a")
    now[0] = 90.0
    assert found.elapsed("a") == 90.0
    assert found.place("a") == "long.1"
    found.stop("a")
    assert found.elapsed("a") is None
    now[0] += KEPT + 1
    found.move("b", "long.2")
    assert found.place("a") == ""
    for number in range(MOST + 1):
        found.move(str(number), "short.1")
    assert found.place("b") == ""
    assert found.place(str(MOST)) == "short.1"


def test_a_browser_is_one_whatever_its_cookie_is_masked_with() -> None:
    assert secret("2|00000000|0a0b0c0d0e|1795672556") == "0a0b0c0d0e"
    assert secret("2|01010101|0b0a0d0c0f|1795672999") == "0a0b0c0d0e"
    assert secret("a") == "a"
    assert secret("") == ""
