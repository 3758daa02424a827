"""Session and URL state: the only module that reads or writes `st.query_params`.

A `Field` is a setting with an address. Around its widget, `restore` puts the value of the URL, or
the one kept from an earlier visit of the page, under the widget's key, and `keep` notes what the
widget returned. At the end of a run the router calls `publish`, which writes the noted values that
differ from their defaults into the URL. Identifiers in the URL never depend on the language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

T = TypeVar("T")

MAX_PROMPT = 500  # characters: an address must stay an address
DEFAULT_PROMPT = "Mon frère, s'il vous plaît, ne discourons point tant,"  # L'École des maris, I, 1
DEFAULT_MODEL = "petit"

_KEPT = "state.kept"  # key of a field -> its last value, across pages
_NOTED = "state.noted"  # name -> text, what this run has shown so far
_PUBLISHED = "state.published"  # name -> text, what the URL holds because we wrote it


@dataclass(frozen=True)
class Field(Generic[T]):
    """A setting with an address: its widget's key, its name in the URL, and how it is written."""

    key: str
    name: str
    default: T
    parse: Callable[[str], T]  # raises ValueError on text that is not a value
    show: Callable[[T], str] = str


def number(low: float, high: float) -> Callable[[str], float]:
    """A parser of numbers between two bounds, which are brought back inside them."""
    return lambda text: min(max(float(text), low), high)


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


def numbers(low: float, high: float, most: int) -> Callable[[str], tuple[float, ...]]:
    """A parser of up to `most` distinct numbers separated by commas."""

    def parse(text: str) -> tuple[float, ...]:
        found = sorted({number(low, high)(part) for part in text.split(",")})
        return tuple(found[:most])

    return parse


def show_numbers(values: tuple[float, ...]) -> str:
    """The inverse of `numbers`."""
    return ",".join(f"{value:g}" for value in values)


def clip(text: str) -> str:
    """A prompt of a permitted length."""
    return text[:MAX_PROMPT]


LANGUAGE: Field[str] = Field("lang", "lang", "", choice("fr", "en"))
PROMPT: Field[str] = Field("prompt", "prompt", DEFAULT_PROMPT, clip)
MODEL: Field[str] = Field("model", "model", DEFAULT_MODEL, str)
SEED: Field[int] = Field("seed", "seed", 1, integer(0, 2**32 - 1))


def language() -> str:
    """`fr` or `en`: what was chosen, else the browser's language, else French."""
    chosen = st.session_state.get(LANGUAGE.key) or _recall(LANGUAGE)
    return str(chosen or _browser_language())


def restore(field: Field[T], default: T | None = None) -> T:
    """Call just before the widget with `key=field.key`; returns the value put there."""
    raw = st.query_params.get(field.name)
    if raw is not None and raw != _store(_PUBLISHED).get(field.name):
        _store(_PUBLISHED)[field.name] = raw  # once: from here on the widget has the last word
        try:
            st.session_state[field.key] = field.parse(raw)
        except ValueError:
            st.session_state[field.key] = field.default
    elif field.key not in st.session_state:
        fallback = field.default if default is None else default
        st.session_state[field.key] = _store(_KEPT).get(field.key, fallback)
    value: T = st.session_state[field.key]
    return value


def keep(field: Field[T], value: T) -> T:
    """Call just after the widget; notes the value for the URL and for later visits."""
    _store(_KEPT)[field.key] = value
    if value != field.default:
        _store(_NOTED)[field.name] = field.show(value)
    return value


def change(field: Field[T], value: T) -> None:
    """Set a field that has no widget in this run, or whose widget is yet to come."""
    st.session_state[field.key] = value
    _store(_KEPT)[field.key] = value


def publish() -> None:
    """Write what this run has shown into the URL; the router calls it at the end of a run."""
    noted: dict[str, str] = st.session_state.pop(_NOTED, {})
    if st.query_params.to_dict() != noted:
        st.query_params.from_dict(noted)
    st.session_state[_PUBLISHED] = noted


def _recall(field: Field[T]) -> T | None:
    raw = st.query_params.get(field.name)
    try:
        return field.parse(raw) if raw is not None else _store(_KEPT).get(field.key)
    except ValueError:
        return None


def _browser_language() -> str:
    locale = st.context.locale or ""
    return "en" if locale.lower().startswith("en") else "fr"


def _store(name: str) -> dict[str, Any]:
    store: dict[str, Any] = st.session_state.setdefault(name, {})
    return store
