"""Two classes vote at once: projectors, telephones that sleep, come late, or mean harm."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.voting import Class, choose

# What a browser does to a page that is put away: it is hidden, and its timers stand still.
SLEEP = """(asleep) => {
  Object.defineProperty(document, "hidden", { get: () => asleep, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def classes(browser: Browser, server: str) -> Iterator[tuple[Class, Class]]:
    both = Class(browser, server), Class(browser, server)
    yield both
    for one in both:
        one.close()
        assert one.errors == []


def send(server: str, code: str, body: bytes, **headers: str) -> int:
    """The status of what somebody sends who has no page of ours."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{server}/s/{code}/vote", body, given, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_two_rooms_vote_at_once_and_nobody_is_lost(
    classes: tuple[Class, Class], server: str
) -> None:
    one, other = classes
    assert one.code != other.code
    runs: list[str] = []
    one.screen.on("websocket", lambda socket: runs.append(socket.url))
    first, second, sleeper = one.phone(), one.phone(typed=True), one.phone()
    neighbour = other.phone()
    choose(first, 0)
    choose(second, 1)
    choose(neighbour, 2)
    one.expect_votes(2)
    other.expect_votes(1)

    choose(first, 2)  # a change of mind is no vote more
    choose(sleeper, 1)
    one.expect_votes(3)
    one.screen.get_by_role("button", name="Montrer les barres").click()
    counts = one.screen.locator(".votes .count")
    expect(counts).to_have_text(["0", "2", "1"])
    assert runs == []  # it has neither reloaded nor connected anew

    # One telephone is put away, one loses the network, and the teacher reveals.
    sleeper.evaluate(SLEEP, True)
    second.context.set_offline(True)
    expect(second.get_by_role("status")).to_have_text(re.compile("Connexion perdue"))
    one.screen.get_by_role("button", name="Révéler").click()
    expect(first.locator(".answer.right")).to_be_visible()
    expect(first.locator(".answer.mine")).to_have_count(1)
    expect(sleeper.locator(".answer.right")).to_have_count(0)
    sleeper.evaluate(SLEEP, False)
    expect(sleeper.locator(".answer.right.mine")).to_be_visible()
    second.context.set_offline(False)
    expect(second.locator(".answer.right.mine")).to_be_visible()

    # One comes late; the next question finds all of them.
    late = one.phone()
    expect(late.locator(".answer.right")).to_be_visible()
    expect(late.get_by_text("Le vote était clos avant votre réponse.")).to_be_visible()
    one.screen.get_by_role("button", name="Suivante").click()
    for phone in (first, second, sleeper, late):
        choose(phone, 0)
    one.expect_votes(4)
    expect(neighbour.get_by_role("status")).to_have_text("Vote compté.")  # another room

    # One means harm: what it sends is refused, and shown to nobody.
    asked = first.evaluate(
        """(code) => fetch(`/s/${code}/question`, { headers: { "X-Telephone": "x".repeat(20) } })
          .then((answer) => answer.json())""",
        one.code,
    )
    assert set(asked) == {"question", "open", "mine"}
    question = asked["question"]["id"]
    kind, name = {"content_type": "application/json"}, {"x_telephone": "h" * 20}
    good = json.dumps({"question": question, "answer": 0}).encode()
    assert send(server, one.code, good, **kind) == 422
    assert send(server, one.code, good, **name, content_type="text/plain") == 415
    assert send(server, one.code, good, **name, **kind, sec_fetch_site="cross-site") == 403
    assert send(server, one.code, b"[" * 3_000, **name, **kind) == 400
    assert send(server, one.code, b"x" * 100_000, **name, **kind) == 413
    bad = json.dumps({"question": question, "answer": "<script>alert(1)</script>"}).encode()
    assert send(server, one.code, bad, **name, **kind) == 422
    assert send(server, "ZZZZ", good, **name, **kind) == 404
    one.expect_votes(4)

    one.screen.get_by_role("button", name=f"Salle {one.code}").click()
    one.screen.get_by_role("button", name="Fermer la salle").click()
    expect(first.get_by_text("La salle est fermée. Merci")).to_be_visible()
    expect(neighbour.get_by_role("status")).to_have_text("Vote compté.")
