"""The games with telephones, and a figure of one of them taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.screen import expect_settled
from tests.e2e.voting import Class, choose


@pytest.fixture
def room(browser: Browser, server: str) -> Iterator[Class]:
    one = Class(browser, server)
    yield one
    one.close()
    assert one.errors == []


def test_two_telephones_tell_moliere_from_the_machine(room: Class, server: str) -> None:
    room.screen.goto(f"{server}/games?models=petit&chars=80&number=10")
    expect_settled(room.screen)
    first, second = room.phone(), room.phone()
    choose(first, 0)
    choose(second, 1)
    room.expect_votes(2)
    expect(first.locator(".answer.right")).to_have_count(0)
    room.screen.get_by_role("button", name="Révéler").click()
    for phone in (first, second):
        expect(phone.locator(".answer.right")).to_have_count(1)
    expect(room.screen.get_by_role("heading", name="C’était")).to_contain_text("1 voix juste sur 2")
    room.screen.get_by_role("button", name="Les scores").click()
    expect(room.screen.get_by_text("La classe : 50 % de voix justes")).to_be_visible()
    expect(room.screen.locator("table tbody tr").first).to_be_visible()


def test_two_telephones_say_who_wrote_a_passage(room: Class, server: str) -> None:
    room.screen.goto(f"{server}/games?view=author&lines=4&seed=3")
    expect_settled(room.screen)
    first, second = room.phone(), room.phone()
    choose(first, 0)
    choose(second, 0)
    room.expect_votes(2)
    room.screen.get_by_role("button", name="Révéler").click()
    expect(first.locator(".answer")).to_have_count(2)
    expect(room.screen.locator("ol.authors:not(.plain) li")).to_have_count(4)
    expect(room.screen.get_by_text("La classe : Molière 2, Corneille 0.")).to_be_visible()


def test_a_figure_is_saved_as_png_and_as_svg(page: Page, server: str) -> None:
    page.goto(f"{server}/games?view=author&lines=4")
    expect_settled(page)
    page.get_by_role("button", name="Révéler").click()
    page.locator(".js-plotly-plot").hover()
    for button, kind, begins in (
        (".modebar-btn", "png", b"\x89PNG"),
        (".moliere-svg", "svg", b"<svg"),
    ):
        with page.expect_download() as download:
            page.locator(button).first.click()
        assert download.value.suggested_filename == f"games-authors.{kind}"
        assert Path(download.value.path()).read_bytes().startswith(begins)


def test_the_hours_report_has_its_votes_in_the_windows_language(
    browser: Browser, server: str
) -> None:
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{server}/games?view=letter&model=petit")
        expect_settled(page)
        page.get_by_role("textbox").first.fill("eea")
        page.get_by_role("textbox").first.press("Enter")
        expect_settled(page)
        page.get_by_role("button", name="Reveal").click()
        expect(page.get_by_text("It was")).to_be_visible()
        page.get_by_role("link", name="Lesson plan").click()
        page.get_by_text("At home").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="report").click()
        told = Path(download.value.path()).read_text(encoding="utf-8")
    assert "What remains of the hour" in told
    assert "Which character comes next?" in told
