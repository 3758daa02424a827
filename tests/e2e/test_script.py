"""All lesson plans, followed from the first step to the last as a teacher would, by key N.

On a projector: what the notes of a step call by its name is on the first screen there, in the order
in which they name it, and what can be clicked is clicked.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from dashboard.shared import plan
from tests.app.helpers import ROOT
from tests.e2e.screen import expect_settled
from tests.e2e.wire import PAINTED, Wire

LESSONS = ROOT / "dashboard" / "lessons"
WORDS = {"fr": "Ouvrir l’écran", "en": "Open the screen"}
NAMED = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")  # in italics: a view, a button
KEYS = re.compile(r"(?:touche|key) ([A-Z])\b", re.IGNORECASE)


def steps(path: str, language: str) -> list[plan.Step]:
    return plan.steps((LESSONS / language / f"course-{path}.md").read_text(encoding="utf-8"))


def asked(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def expect_step(page: Page, path: str, number: int, step: plan.Step) -> None:
    """Its screen, as the plan has it, and nothing that went wrong."""
    bar = page.locator(".st-key-script")
    expect(bar).to_contain_text(step.title)
    name = "" if step.page == "home" else step.page
    expect(page).to_have_url(re.compile(rf"://[^/]+/{name}\?(.*&)?script={path}\.{number}(&|$)"))
    expect_settled(page)
    expect(
        page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
    ).to_have_count(0)
    expect(page.locator(".unread[role=status]")).to_have_count(0)  # what an address asks in vain


def follow_notes(page: Page, step: plan.Step) -> None:
    """Do what the notes say: every key has its button, every name is in sight and opens."""
    for key in KEYS.findall(step.said):
        labelled = page.get_by_role("button", name=re.compile(rf"(\({key}\)|\s{key})$"))
        expect(labelled.first).to_be_in_viewport()
    main = page.get_by_test_id("stMain")
    for name in NAMED.findall(step.said):
        found = main.get_by_text(name, exact=True).filter(visible=True).first
        expect(found, step.title).to_be_in_viewport()
        found.click()
        expect_settled(page)
        page.keyboard.press("Escape")  # what has opened over the page


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", plan.PATHS)
def test_a_plan_is_given_from_its_first_step_to_its_last(
    page: Page, server: str, path: str, language: str
) -> None:
    found = steps(path, language)
    page.goto(f"{server}/course?view={path}&lang={language}&projecteur=1")
    expect(page.get_by_role("link", name=WORDS[language])).to_be_in_viewport()
    page.get_by_role("link", name=WORDS[language]).click()
    for number, step in enumerate(found, start=1):
        expect_step(page, path, number, step)
        others = {s.address["prompt"] for s in found if s is not step and "prompt" in s.address}
        assert asked(page).get("prompt") not in others  # nothing of the step before
        follow_notes(page, step)
        if number < len(found):
            # A key is heard once its button is there, and painted.
            expect(page.locator(".st-key-script-go-N button")).to_be_enabled()
            page.evaluate(PAINTED)
            page.keyboard.press("n")
    expect(page.locator(".st-key-script-go-N button")).to_be_disabled()
    page.keyboard.press("b")
    expect_step(page, path, len(found) - 1, found[-2])
    page.locator(".st-key-script-close button").click()
    expect(page.locator(".st-key-script")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("script="))


def test_one_window_has_the_notes_and_another_the_screens(page: Page, server: str) -> None:
    found = steps("short", "fr")
    page.goto(f"{server}/course?view=short&present=1&step=2")
    page.get_by_role("button", name="Démarrer l’horloge").click()
    expect(page.locator(".clock")).to_have_text(re.compile(r"\d:\d\d"))
    expect_settled(page)  # a link that is drawn anew under the pointer is not clicked
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Fenêtre des écrans").click()
    screens = opened.value
    expect_step(screens, "short", 2, found[1])
    expect(screens.get_by_role("button", name="Notes")).to_have_count(0)
    page.keyboard.press("n")
    expect_step(screens, "short", 3, found[2])
    screens.keyboard.press("n")
    expect_step(screens, "short", 4, found[3])
    expect(page.get_by_role("heading", name=found[3].title)).to_be_visible()
    expect(page).to_have_url(re.compile(r"step=4"))


@pytest.mark.parametrize("at_once", [True, False])
def test_a_clock_that_looks_late_does_not_empty_the_next_page(
    page: Page, server: str, at_once: bool
) -> None:
    """The page of before goes on asking while the server has stepped on."""
    first, second, *_rest = steps("short", "fr")
    page.goto(f"{server}/course?view=short&present=1")
    page.get_by_role("button", name="Démarrer l’horloge").click()
    expect(page.locator(".clock")).to_have_text(re.compile(r"\d:\d\d"))
    wire = Wire(page)
    page.goto(f"{server}/?script=short.1&speed=slow")
    expect(page.locator(".st-key-script")).to_contain_text("minute 0")
    expect_step(page, "short", 1, first)
    wire.busy = True
    page.get_by_role("button", name="Étape suivante").click()
    wire.wait_for_fragment()  # the clock of the bar
    assert page.get_by_role("heading", name="Les probabilités").count() == 0
    wire.release(at_once)
    expect_step(page, "short", 2, second)
    follow_notes(page, second)
