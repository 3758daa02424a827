"""How a page follows work that is done elsewhere: it waits with a bar, or it looks again and again.

    found = following.until_done(work)                   # the page waits, and a bar moves
    following.follow([work], show)                       # `show` is drawn again until it is done
    following.bar(work, _("On lit : {share}"))           # the same, where there is but a bar

`work` is a `Work` (of the engine, of a background thread, of the process of the pretrained models),
or a training: what has a method `done`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.server.turns import LOOK, Turn
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from moliere_core.system.work import Work

T = TypeVar("T")
Asked = TypeVar("Asked", bound=Work[Any])

PATIENCE = 0.5  # seconds after which a page says what it does, and how far it is
PERIOD = 1.0  # seconds between two looks
OFTEN = 0.5  # at what ends within a minute
SELDOM = 2.0  # at trainings and what comes after them
RETRY_SECONDS = 10.0  # a failure is shown at least so long


class Followed(Protocol):
    """Something that ends."""

    def done(self) -> bool:
        """Whether it has."""


def session() -> str:
    """Who asks: this browser tab; "" outside of a page."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def until_done(work: Turn[T]) -> T:
    """The result of a work of the engine, once it is there; raises its error.

    After a moment a bar says how far it is, and that others compute as well.
    """
    began, place = time.monotonic(), None
    try:
        while not work.wait(LOOK):
            work.look()
            if time.monotonic() - began > PATIENCE:
                place = place or st.empty()
                place.progress(work.share, sentence(work.share, work.others))
    finally:
        if place is not None:
            place.empty()
    return work.result()


def sentence(share: float, others: int) -> str:
    """Why one waits for the engine, and how far it is."""
    done = i18n.percent(share)
    if not others:
        return _("Le modèle calcule : {share}").format(share=done)
    return i18n.ngettext(
        "Le modèle calcule pour vous et {count} autre personne, à tour de rôle, "
        "le plus court d’abord : {share}",
        "Le modèle calcule pour vous et {count} autres personnes, à tour de rôle, "
        "le plus court d’abord : {share}",
        others,
    ).format(count=others, share=done)


def follow(
    works: Collection[Followed] | Callable[[], Iterable[Followed]],
    show: Callable[[], None],
    every: float = PERIOD,
    until: Callable[[Iterable[bool]], bool] = all,
    pending: bool = False,
    then: Callable[[], None] = lambda: None,
) -> None:
    """Show something, and again and again until what it waits for has ended.

    Meanwhile `show` alone is drawn again. At the end the whole page is, once: it has the result,
    and nothing ticks any longer. So it is where a click in what is shown begins something again.

    Args:
        works: what it waits for; a function where that changes from look to look.
        show: draws it, as far as it is.
        every: seconds between two looks.
        until: `all` of the works have ended, or `any` of them.
        pending: whether the page was drawn without them, so that it is again even where they have
            ended just now.
        then: called before the page is drawn again.
    """

    def ended() -> bool:
        return until(work.done() for work in (works() if callable(works) else works))

    known = not pending and ended()

    def look() -> None:
        if ended() is not known:
            then()
            st.rerun()
        show()

    st.fragment(look, run_every=None if known else every)()


def bar(work: Work[Any], told: str, also: Collection[Work[Any]] = ()) -> None:
    """A bar that moves by itself; the page is drawn again once the work has ended.

    Args:
        work: that was not done when the page asked for its result.
        told: with {share}, a percentage.
        also: other works, whose end the page waits for as well.
    """
    follow(
        [work, *(other for other in also if not other.done())],
        lambda: _bar(work, told),
        until=any,
        pending=True,
    )


def _bar(work: Work[Any], told: str) -> None:
    st.progress(work.share, told.format(share=i18n.percent(work.share)))


def asked(ask: Callable[..., Asked], *arguments: Any, again: bool = True) -> Asked:
    """What was asked before, or asked again where it was given up, or failed a while ago.

    Args:
        ask: begins a work, and is cached by Streamlit.
        arguments: of it.
        again: False in what is looked at again and again, which asks for nothing.
    """
    work = ask(*arguments)
    if again and work.lost(RETRY_SECONDS):
        ask.clear(*arguments)  # type: ignore[attr-defined]  # of Streamlit's caches
        work = ask(*arguments)
    return work
