"""What the browser tests look with.

What plays by itself is gone before a busy machine looks. `record` notes it in the browser: every
value that a component's attribute takes, and every widget that was on screen, however short.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.patience import FRAMEWORK, PATIENCE

WAIT = PATIENCE * 1000  # milliseconds, as Playwright counts
WAIT_FOR_FRAMEWORK = FRAMEWORK * 1000

OFFSCREEN = """() => [...document.querySelectorAll('[data-testid="stMainBlockContainer"] *')]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length"""

# Components live in shadow roots, which an observer of the document does not see.
_RECORDER = """() => {
  const played = (window.played = {}), drawn = (window.drawn = new Set());
  const note = (node) => {
    node.classList?.forEach((name) => name.startsWith("st-key-") && drawn.add(name));
    for (const [name, value] of Object.entries(node.dataset ?? {})) {
      const values = (played[`${node.classList[0]}.${name}`] ??= []);
      if (values.at(-1) !== value) values.push(value);
    }
  };
  const observe = (root) => new MutationObserver((records) => records.forEach((record) => {
    note(record.target);
    for (const added of record.addedNodes) {
      note(added);
      added.querySelectorAll?.("[class*=st-key-], [data-at], [data-step], [data-state]")
        .forEach(note);
    }
  })).observe(root, { subtree: true, childList: true,
    attributes: true, attributeFilter: ["class", "data-at", "data-step", "data-state"] });
  observe(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    observe(root);
    return root;
  };
}"""


class Screens:
    """The browsers of a class: one for each kind of screen, which keeps what it has loaded.

    A browser that has to load and to compile Streamlit anew takes several times as long, and no
    pupil's does. What a test leaves in one is forgotten by `clear`: cookies, permissions, storage.

    Args:
        browser: the program.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}

    def open(self, **kind: Any) -> Page:
        """A new page on a screen of this kind.

        Args:
            kind: arguments of Playwright's `new_context`; without a size a projector, in French.
        """
        kind = {"viewport": {"width": 1280, "height": 720}, "locale": "fr-FR", **kind}
        context = self._contexts.get(str(kind))
        if context is None:
            context = self._contexts[str(kind)] = self._browser.new_context(**kind)
            context.set_default_timeout(WAIT)
        return context.new_page()

    def clear(self) -> None:
        """Close all pages; who opens one next has never been there."""
        for context in self._contexts.values():
            for page in context.pages:
                storage = {"origin": "/".join(page.url.split("/")[:3]), "storageTypes": "all"}
                if page.url.startswith("http"):
                    keys = context.new_cdp_session(page)
                    keys.send("Storage.clearDataForOrigin", storage)
                page.close()
            context.clear_cookies()
            context.clear_permissions()


def record(page: Page) -> None:
    """Note, in every document that the page opens, what its components play."""
    page.add_init_script(f"({_RECORDER})()")


def expect_played(page: Page, name: str, *values: str) -> None:
    """Wait until an attribute has taken these values first, in this order.

    Args:
        page: the page.
        name: the element's first class and the attribute without "data-": "film.at".
        values: what it took, from the beginning.
    """
    page.wait_for_function(
        "([name, values]) => values.every((value, i) => window.played[name]?.[i] === value)",
        arg=[name, list(values)],
    )


def expect_drawn(page: Page, key: str) -> None:
    """Wait until the widget or the container of this key is, or has been, on screen."""
    page.wait_for_function(
        "(name) => window.drawn.has(name)", arg="st-key-" + key.replace(".", "-")
    )


def press_until_said(button: Locator, said: str) -> None:
    """Press a button, and wait until it has said this, for however short a time."""
    button.evaluate("""(button) => {
      const said = (window.said = []);
      const note = () => said.push(button.textContent);
      new MutationObserver(note).observe(button, { subtree: true, childList: true });
    }""")
    button.click()
    button.page.wait_for_function("(said) => window.said.includes(said)", arg=said)


def expect_settled(page: Page) -> None:
    """Wait until the page's script has run to its end, and all that it says is on screen."""
    app = page.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
