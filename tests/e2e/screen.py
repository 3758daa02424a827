"""What the browser tests look with.

What plays by itself is gone before a busy machine looks. `record` notes it in the browser: every
value that a component's attribute takes, and every widget that was on screen, however short.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

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


def expect_settled(page: Page) -> None:
    """Wait until the page's script has run to its end, and all that it says is on screen."""
    app = page.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
