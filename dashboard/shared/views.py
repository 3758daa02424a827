"""The views of a page: what each is called, and what shows it, written once.

    VIEWS = {"counts": View(N_("Paramètres"), counts.show), "loss": View(N_("Perte"), loss.show)}
    VIEW = chosen("model.view", "view", N_("Vue"), VIEWS)
    ...
    VIEWS[VIEW.ask()].show(settings)

What a view asks of another one, it asks by name: see `go`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, Protocol

from dashboard.shared import fields, state
from dashboard.shared.controls import Choice

P = ParamSpec("P")


@dataclass(frozen=True)
class View(Generic[P]):
    """One of a page's views.

    Attributes:
        label: what it is called, marked with `N_`.
        show: shows it; returns what its page needs to know of it.
    """

    label: str
    show: Callable[P, Any]


class Labelled(Protocol):
    """A view, or a page's own kind of them."""

    @property
    def label(self) -> str:
        """What it is called, marked with `N_`."""


def chosen(
    key: str, name: str, label: str, views: Mapping[str, Labelled], default: str = ""
) -> Choice:
    """Which of some views: the first, or `default`, where the address does not say."""
    labels = {view: found.label for view, found in views.items()}
    return Choice(key, name, default or next(iter(views)), label, labels)


def go(page: str, view: str) -> None:
    """Inside a click: to another view of the page, whose choice has the key `PAGE.view`."""
    state.change(fields.Field(f"{page}.view", "view", "", str), view)
