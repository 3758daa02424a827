"""Session and URL state: the only module that reads or writes `st.query_params`.

Around the widget of a `Field`, `restore` puts the value of the URL, or
the one kept from an earlier visit of the page, under the widget's key, and `keep` notes what the
widget returned. At the end of a run the router calls `publish`, which writes the noted values that
differ from their defaults into the URL. Identifiers in the URL never depend on the language.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.shared.fields import LANGUAGE, LANGUAGES, Field

T = TypeVar("T")

ECHO = 5.0  # seconds from one run to the next in which the browser may repeat what is past

_KEPT = "state.kept"  # key of a field -> its last value, across pages
_NOTED = "state.noted"  # name -> text, what this run has shown so far; None for a default
_PAGE = "state.page"  # the page of the last run
_ENTERED = "state.entered"  # keys whose widgets have had their value since the page was entered
_RECEIVED = "state.received"  # name -> text, what the browser said the URL holds
_OPENED = "state.opened"  # key -> the value that a page opened with, until another is chosen
_ECHOES = "state.echoes"  # (name, text) -> when it last was what we had written
_PUBLISHED = "state.published"  # name -> text, what the URL holds because we wrote it
_WENT = "state.went"  # after Back or Forward: names that have had their value from the URL


def begin() -> None:
    """Forget what an interrupted run has noted, and old echoes; the router calls it first.

    An echo is old or not when a run begins, however long the run then takes: what the browser sent
    during the run before has waited for its end, and comes at once.
    """
    st.session_state[_NOTED] = {}
    now = time.monotonic()
    echoes = {echo: then for echo, then in _store(_ECHOES).items() if now - then < ECHO}
    st.session_state[_ECHOES] = echoes
    context = get_script_run_ctx()
    if context is not None and context.is_history_navigation:
        st.session_state[_WENT] = set()  # until `publish`: an interrupted run is gone on with
        raw = st.query_params.get(LANGUAGE.name)
        change(LANGUAGE, raw if raw in LANGUAGES else _browser_language())


def enter(page: str) -> None:
    """Tell which page runs; the router calls it before the page.

    Widgets that share a key across pages are different widgets to Streamlit: on entering a page
    each of them needs its value again.
    """
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        _open_anew()


def _open_anew() -> None:
    st.session_state[_ENTERED] = set()
    st.session_state[_OPENED] = {}
    st.session_state[_RECEIVED] = {}
    # What another page has written is no echo: a link may say the same here, and mean it.
    for store in (_PUBLISHED, _ECHOES):  # the language alone belongs to all pages
        held = _store(store).items()
        st.session_state[store] = {k: v for k, v in held if LANGUAGE.name in (k, k[0])}


def language() -> str:
    """One of `LANGUAGES`: from the address, else what was chosen, else the browser's."""
    raw = st.query_params.get(LANGUAGE.name)
    if raw in LANGUAGES and _comes_from_outside(LANGUAGE.name, raw):
        return raw
    chosen = st.session_state.get(LANGUAGE.key) or _store(_KEPT).get(LANGUAGE.key)
    return str(chosen) if chosen in LANGUAGES else _browser_language()


def keep_language() -> None:
    """Note the language for the URL, unless it is the one the browser asks for."""
    chosen = str(st.session_state[LANGUAGE.key])
    _store(_RECEIVED)[LANGUAGE.name] = st.query_params.get(LANGUAGE.name)
    _store(_KEPT)[LANGUAGE.key] = chosen
    _store(_NOTED)[LANGUAGE.name] = None if chosen == _browser_language() else chosen


def open_with(openings: Mapping[Field[Any], Any], said: Iterable[Field[Any]] = ()) -> None:
    """Values that a page opens with, in the place of defaults; call before its widgets.

    A page opens so where nobody has asked for anything: its address gives none of these fields, nor
    of `said`, and the session has chosen none of those that it sets. An address without a field
    goes on meaning its default, and this page writes what it has opened with into its own. Other
    pages hear of it only once something else was chosen here.
    """
    names = {field.name for field in (*openings, *said)}
    entered: set[str] = st.session_state[_ENTERED]
    went: set[str] | None = st.session_state.get(_WENT)  # back to where nobody had chosen yet
    entered_before = went is None and any(field.key in entered for field in openings)
    if names & set(st.query_params) or entered_before:
        return
    for field, value in openings.items():
        if went is not None or field.key not in _store(_KEPT):
            if went is not None:
                went.add(field.name)
            st.session_state[field.key] = value
            _store(_OPENED)[field.key] = value
            entered.add(field.key)


def restore(field: Field[T]) -> T:
    """Call just before the widget with `key=field.key`; returns the value put there."""
    raw = st.query_params.get(field.name)
    went = _goes_back_to(field.name)
    outside = raw is not None and (went or _comes_from_outside(field.name, raw))
    _store(_RECEIVED)[field.name] = raw  # from the next run on the widget has the last word
    if raw is not None and outside:
        try:
            st.session_state[field.key] = field.parse(raw)
        except ValueError:
            st.session_state[field.key] = field.default
    elif went:  # what is not in the address that somebody went back to had its default there
        st.session_state[field.key] = field.default
    elif field.key not in st.session_state or field.key not in st.session_state[_ENTERED]:
        # Only then: writing it at each run would wipe what is being typed.
        st.session_state[field.key] = _last(field)
    elif st.session_state[field.key] is None and field.default is not None:
        # A widget that an interrupted run has left without its value comes back empty.
        last = _last(field)
        st.session_state[field.key] = field.default if last is None else last
    if not field.accepts(st.session_state[field.key]):  # not what our widgets send
        st.session_state[field.key] = _last(field)
    st.session_state[_ENTERED].add(field.key)
    value: T = st.session_state[field.key]
    return value


def foretold(field: Field[T]) -> T:
    """What `restore` is about to return, for what stands before its widget."""
    raw = st.query_params.get(field.name)
    if raw is not None and _comes_from_outside(field.name, raw):
        try:
            return field.parse(raw)
        except ValueError:
            return field.default
    value: T = st.session_state.get(field.key, _store(_KEPT).get(field.key, field.default))
    return value


def keep(field: Field[T], value: T) -> T:
    """Call just after the widget; notes the value for the URL and for later visits."""
    opened, kept = _store(_OPENED), _store(_KEPT)
    if field.key in opened:
        chosen = opened[field.key] != value
    else:  # a default that nobody has chosen leaves other pages their own opening
        chosen = value != field.default or field.key in kept
    if chosen:
        opened.pop(field.key, None)
        kept[field.key] = value
    _store(_NOTED)[field.name] = None if value == field.default else field.show(value)
    return value


def value(field: Field[T]) -> T:
    """The value of a field that has no widget: from the URL, else from this session."""
    return keep(field, restore(field))


def link(page: str, label: str, icon: str, settings: Mapping[str, str]) -> None:
    """A link to a page with several fields of its address set, as the page itself writes them."""
    st.page_link(page, label=label, icon=icon, query_params=dict(settings))


def arrives(field: Field[Any]) -> bool:
    """Whether somebody has just put this field into the address; to be asked before `restore`."""
    raw = st.query_params.get(field.name)
    return raw is not None and _comes_from_outside(field.name, raw)


def asked(field: Field[T]) -> T | None:
    """What the address itself says of a field; None where it says nothing, or nothing readable."""
    raw = st.query_params.get(field.name)
    try:
        return None if raw is None else field.parse(raw)
    except ValueError:
        return None


def goes_back() -> bool:
    """Whether Back or Forward has caused this run."""
    return _WENT in st.session_state


def forget(lasting: Callable[[str], bool]) -> None:
    """Let the address alone speak: what it does not name is at its default again.

    Args:
        lasting: of a field's key, whether its value stays.
    """
    st.session_state[_KEPT] = {k: v for k, v in _store(_KEPT).items() if lasting(k)}
    _open_anew()


def go(page: str, settings: Mapping[str, str]) -> NoReturn:
    """To a page, with these fields of its address and no others."""
    st.switch_page(page, query_params=dict(settings))


def change(field: Field[T], value: T) -> None:
    """Set a field that has no widget in this run, or whose widget is yet to come."""
    st.session_state[field.key] = value
    _store(_KEPT)[field.key] = value
    _store(_OPENED).pop(field.key, None)


def publish(whole: bool = True) -> None:
    """Write what this run has shown into the URL; the router calls it at the end of a run.

    Args:
        whole: whether the page has come to all its fields; else the others keep their place.
    """
    shown: dict[str, str | None] = st.session_state.pop(_NOTED, {})
    noted = {name: text for name, text in shown.items() if text is not None}
    if not whole:
        rest = st.query_params.to_dict().items()
        noted |= {name: text for name, text in rest if name not in shown}
    if st.query_params.to_dict() != noted:
        st.query_params.from_dict(noted)
    # What is replaced here is in the browser until it hears of it.
    written = [*_store(_PUBLISHED).items(), *noted.items()]
    _store(_ECHOES).update(dict.fromkeys(written, time.monotonic()))
    st.session_state[_PUBLISHED] = noted
    st.session_state.pop(_WENT, None)


def page() -> str:
    """The page that runs, as an address names it: "" for the first one."""
    return str(st.session_state.get(_PAGE, ""))


def published() -> dict[str, str]:
    """What the last finished run has written into the URL."""
    return dict(_store(_PUBLISHED))


def _goes_back_to(name: str) -> bool:
    """Whether this is the first look at a name since Back or Forward: the URL has the last word.

    Streamlit says which run they have caused. It is the only way to tell a setting that the
    address no longer has from an address that is late.
    """
    seen: set[str] | None = st.session_state.get(_WENT)
    if seen is None or name in seen:
        return False
    seen.add(name)
    return True


def _last(field: Field[T]) -> T:
    """What a field had last: what its page has opened with, else what was chosen, else default."""
    last: T = _store(_OPENED).get(field.key, _store(_KEPT).get(field.key, field.default))
    return last


def _comes_from_outside(name: str, raw: str) -> bool:
    """Whether somebody changed the address, rather than the browser repeating ours.

    Two quick clicks send the second one with the address from before the first: what the browser
    said before, and what we have written lately, is an echo.
    """
    if raw == _store(_RECEIVED).get(name) or raw == _store(_PUBLISHED).get(name):
        return False
    return (name, raw) not in _store(_ECHOES)


def _browser_language() -> str:
    locale = (st.context.locale or "").lower()
    default = next(iter(LANGUAGES))
    return next((language for language in LANGUAGES if locale.startswith(language)), default)


def _store(name: str) -> dict[Any, Any]:
    store: dict[Any, Any] = st.session_state.setdefault(name, {})
    return store
