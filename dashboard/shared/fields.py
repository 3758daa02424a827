"""Settings with an address: how each is called and written there, and those of all pages."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from moliere_core.config import MAX_TEMPERATURE, MIN_TEMPERATURE

T = TypeVar("T")

MAX_PROMPT = 500  # characters: an address must stay an address
DEFAULT_PROMPT = "Mon frère, s'il vous plaît, ne discourons point tant,"  # L'École des maris, I, 1
DEFAULT_MODEL = "petit"
LANGUAGES = {"fr": "Français", "en": "English"}  # the first where a browser asks for neither

_KEYS: dict[str, set[str]] = {}  # name in addresses -> keys of the widgets that pages have under it


@dataclass(eq=False)
class Field(Generic[T]):
    """A setting with an address: its widget's key, its name in the URL, and how it is written.

    What is typed freely may be no value; its page then says so, and leaves it to be corrected.
    """

    key: str
    name: str
    default: T
    parse: Callable[[str], T]  # raises ValueError on text that is not a value
    show: Callable[[T], str] = str
    free: bool = False  # typed freely

    def __post_init__(self) -> None:
        _KEYS.setdefault(self.name, set()).add(self.key)

    def accepts(self, value: Any) -> bool:
        """Whether a browser may have sent this value: what an address could hold, to six digits.

        Of a list, which its page looks at, only that its items are words or finite numbers; of a
        text, that it is whole and no longer than it may be.
        """
        if value is None or (type(value) is type(self.default) and value == self.default):
            return value == self.default
        if isinstance(value, list | tuple):
            return all(_plain(item) for item in value)
        if self.free:
            return isinstance(value, str) and _plain(value) and len(value) <= MAX_PROMPT
        try:
            again = self.parse(self.show(value))
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
            return False
        if isinstance(value, str):
            return _plain(value) and len(value) <= MAX_PROMPT
        if isinstance(value, float) and isinstance(again, int | float):
            return math.isclose(again, value, rel_tol=1e-4)
        return bool(again == value)


def _plain(value: Any) -> bool:
    """A finite number, or a text without half of a character."""
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, int | float) and math.isfinite(value)


def number(low: float, high: float) -> Callable[[str], float]:
    """A parser of numbers between two bounds, which are brought back inside them."""

    def parse(text: str) -> float:
        value = float(text)
        if math.isnan(value):
            raise ValueError(text)
        return float(min(max(value, low), high))

    return parse


def temperature(high: float) -> Callable[[str], float]:
    """A parser of temperatures up to `high`; those that are all but 0 are 0."""

    def parse(text: str) -> float:
        value = number(0, high)(text)
        return value if value >= MIN_TEMPERATURE else 0.0

    return parse


def integer(low: int, high: int) -> Callable[[str], int]:
    """The same for whole numbers."""
    return lambda text: min(max(int(text), low), high)


def choice(*options: str) -> Callable[[str], str]:
    """A parser of one of some words."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return parse


def temperatures(most: int) -> Callable[[str], tuple[float, ...]]:
    """A parser of up to `most` distinct temperatures separated by commas."""

    def parse(text: str) -> tuple[float, ...]:
        found = sorted({temperature(MAX_TEMPERATURE)(part) for part in text.split(",")})
        return tuple(found[:most])

    return parse


def show_numbers(values: tuple[float, ...]) -> str:
    """The inverse of `temperatures`."""
    return ",".join(f"{value:g}" for value in values)


def brief(value: float) -> str:
    """A number as an address writes it; the inverse of `number`."""
    return f"{value:g}"


def clip(text: str) -> str:
    """A prompt of a permitted length."""
    return text[:MAX_PROMPT]


def words(text: str) -> tuple[str, ...]:
    """A parser of words separated by commas; the inverse of `",".join`."""
    return tuple(dict.fromkeys(part for part in text.split(",") if part))


LANGUAGE: Field[str] = Field("lang", "lang", "", choice(*LANGUAGES))
PROMPT: Field[str] = Field("prompt", "prompt", DEFAULT_PROMPT, clip)
MODEL: Field[str] = Field("model", "model", DEFAULT_MODEL, str)
SEED: Field[int] = Field("seed", "seed", 1, integer(0, 2**32 - 1))


def keys(name: str) -> list[str]:
    """The keys of the widgets that pages have under a name of addresses."""
    return sorted(_KEYS.get(name, ()))
