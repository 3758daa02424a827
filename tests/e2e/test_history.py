"""Back and Forward undo a choice and do it again; one press of Back, or of a link, leaves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.screen import expect_settled
from tests.e2e.wire import Wire


def expect_view(page: Page, label: str, parameter: str) -> None:
    """Wait until a view is chosen and in the address, "" for the one that it does not name."""
    expect(page.get_by_role("radio", name=label, exact=True)).to_be_checked()
    if parameter:
        expect(page).to_have_url(re.compile(rf"[?&]view={parameter}\b"))
    else:
        expect(page).not_to_have_url(re.compile("view="))
    expect_settled(page)


@pytest.mark.parametrize(
    ("path", "views"),
    [
        ("characters", {"Aller et retour": "", "L’alphabet": "alphabet", "Les octets": "bytes"}),
        ("model", {"Architecture": "", "Paramètres": "counts", "Perte de départ": "loss"}),
        ("windows", {"Glisser": "", "Flux": "streams", "Un ou tous": "variants"}),
    ],
)
def test_back_undoes_each_choice_and_forward_does_it_again(
    page: Page, server: str, path: str, views: dict[str, str]
) -> None:
    page.goto(f"{server}/temperature?model=petit")
    expect_settled(page)
    page.locator(f'[data-testid=stSidebarNavLink][href$="/{path}"]').click()
    (start, _bare), first, second = views.items()
    expect_view(page, start, "")
    for label, parameter in (first, second):
        page.get_by_text(label, exact=True).first.click()
        expect_view(page, label, parameter)
    page.go_back()
    expect_view(page, *first)
    page.go_back()
    expect_view(page, start, "")
    page.go_forward()
    expect_view(page, *first)
    page.go_forward()
    expect_view(page, *second)
    page.go_back()
    expect_view(page, *first)
    page.go_back()
    expect_view(page, start, "")
    page.go_back()  # as many presses as there were choices, then one
    expect(page).to_have_url(re.compile("/temperature"))


def test_one_press_leaves_a_page_that_has_written_its_address(page: Page, server: str) -> None:
    page.goto(f"{server}/temperature?seed=7")
    expect_settled(page)
    page.locator('[data-testid=stSidebarNavLink][href$="/probabilities"]').click()
    expect(page).to_have_url(re.compile(r"/probabilities\?.*seed=7"))
    expect_settled(page)
    page.get_by_label("Texte de départ").first.fill("Ah")
    page.get_by_label("Texte de départ").first.press("Enter")
    expect(page).to_have_url(re.compile("prompt=Ah"))
    expect_settled(page)
    page.go_back()
    expect(page).not_to_have_url(re.compile("prompt=Ah"))
    expect(page.get_by_label("Texte de départ").first).not_to_have_value("Ah")
    expect_settled(page)
    expect(page).not_to_have_url(re.compile("prompt=Ah"))  # nor is it written again
    page.go_back()
    expect(page).to_have_url(re.compile(r"/temperature\?seed=7"))


def test_a_page_that_was_left_does_not_ask_for_itself(page: Page, server: str) -> None:
    """Home writes on, and would ask for more, while the server has no time for who leaves it."""
    wire = Wire(page)
    page.goto(f"{server}/?speed=slow")
    player = page.locator(".player")
    expect(player).to_have_attribute("data-at", re.compile("[1-9]"))
    wire.busy = True
    page.locator('[data-testid=stSidebarNavLink][href$="/temperature"]').click()
    player.evaluate("""async (player) => {  // until it has nothing left to write
      for (let at, still = 0; still < 60; still = player.dataset.at === at ? still + 1 : 0) {
        at = player.dataset.at;
        await new Promise(requestAnimationFrame);
      }
    }""")
    *before, last = [state.query_string for state in wire.asked]
    assert all(before)
    assert last == ""  # of the link, which sets nothing; home's are slow
    wire.release(at_once=True)
    expect(page.get_by_role("heading", name="La température")).to_be_visible()
    expect_settled(page)
    expect(page).to_have_url(re.compile("/temperature"))
