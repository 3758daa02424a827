"""The script of an hour: where the class is in a lesson plan, on every page of the plan.

Opened from Cours, a page has `script=long.3` in its address, and a bar at its foot: the step, its
minute, the one before and the next, what to say. A step's address is complete: what it does not
name is at its default. The pages keep the place as long as the bar is not closed.

A window whose address has `follow=STAGE` follows the teacher's other one: see `server.stages`.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

import streamlit as st

from dashboard.server.stages import follower, stages
from dashboard.shared import fields, plan, rights, state, views, widgets
from dashboard.shared.i18n import _
from dashboard.shared.plan import Step

LOOK = 1.0  # seconds between two looks at the teacher's other window
TICK = 10.0  # seconds between two looks at the clock
COURSE = "course"
FIRST = "home"  # the page whose path is empty
_MOVE = "script.move"  # the last step to another place, until the browser has heard of it
# What the class has done stays from step to step, and what belongs to the room; settings do not.
_LASTING = re.compile(r"lang|script|follow|projected|course\..+|training\.(job|guess\..+)")


class Place(NamedTuple):
    """Where the class is.

    Attributes:
        path: of the plan, one of `plan.PATHS`.
        number: of the step, from 1.
    """

    path: str
    number: int

    def __str__(self) -> str:
        return f"{self.path}.{self.number}"


def place(text: str) -> Place:
    """The place that an address names.

    Raises:
        ValueError: there is no such path, or no number.
    """
    path, _dot, number = text.partition(".")
    if path not in plan.PATHS:
        raise ValueError(text)
    return Place(path, min(max(int(number), 1), 99))


def lasts(key: str) -> bool:
    """Whether a step of the script leaves the value of this field as it is."""
    return bool(_LASTING.fullmatch(key))


def _stage(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{12}", text):
        raise ValueError(text)
    return text


SCRIPT: fields.Field[Place | None] = fields.Field("script", "script", None, place)
FOLLOWED: fields.Field[str] = fields.Field("follow", "follow", "", _stage)
STEP: fields.Field[int] = fields.Field("course.step", "step", 1, fields.integer(1, 30))


class Move(NamedTuple):
    """A step to another place, of which the browser has not heard yet.

    Attributes:
        left: where the class was; None where it had no place.
        to: where it is.
        shown: whether its page has been run.
    """

    left: Place | None
    to: Place
    shown: bool = False


def enter(page: str) -> None:
    """Show where the script is, if there is one; the router calls it before a page."""
    _go_on(page)
    arrived = state.arrives(SCRIPT)
    if arrived:
        state.forget(lasts)
    followed = state.value(FOLLOWED)
    if page == COURSE and not followed:
        return  # the plan itself
    now = state.value(SCRIPT)
    now = now and _within(now)
    if followed:
        led = stages.place(followed)
        if led and led != str(now):
            go(place(led))
        watch(followed, str(now))
    elif arrived and now:
        stages.move(mine(), str(now))
    if now and page != COURSE:
        remember(now)
        _bar(now, followed)


def _go_on(page: str) -> None:
    """To the new place again, where the browser still asks for the one that was left.

    What a page asks for by itself, more text say, may be on its way while the class steps on, and
    more than once. It comes with the old page, and with the old address or already with the new
    one, and would bring the class back. Who goes back asks for the same, and Streamlit says so; who
    takes the menu asks for a page without an address.
    """
    move: Move | None = st.session_state.get(_MOVE)
    if move is None:
        return
    asked = state.asked(SCRIPT)
    here = (page or FIRST) == _step(move.to).page
    late = asked is not None and (asked == move.left or (asked == move.to and not here))
    if late and not state.goes_back():
        st.session_state[_MOVE] = move._replace(shown=False)
        _show(move.to)
    if asked == move.to and here and not move.shown:
        st.session_state[_MOVE] = move._replace(shown=True)
    else:
        del st.session_state[_MOVE]


def remember(now: Place) -> None:
    """Open Cours at this step, when it is opened next."""
    views.go(COURSE, now.path)
    state.change(STEP, now.number)


def follow_plan(now: Place) -> None:
    """In Cours: where the bar of the other pages is, if they have one."""
    if st.session_state.get(SCRIPT.key) is not None:
        state.change(SCRIPT, now)


def go(now: Place, stage: str = "") -> NoReturn:
    """To the page of a step, in the step's state, and a stage with it."""
    now = _within(now)
    st.session_state[_MOVE] = Move(state.value(SCRIPT), now)  # first: a click may stop this run
    if stage:
        stages.move(stage, str(now))
    _show(now)


def _within(now: Place) -> Place:
    """A place, or the last step of its path where that has fewer."""
    return Place(now.path, min(now.number, len(plan.path(now.path))))


def _show(now: Place) -> NoReturn:
    step = _step(now)
    state.forget(lasts)
    state.go(f"../pages/{step.page}.py", address(step, now))


def _step(now: Place) -> Step:
    return plan.path(now.path)[now.number - 1]


def address(step: Step, now: Place) -> dict[str, str]:
    """The complete address of a step."""
    return {**step.address, SCRIPT.name: str(now)}


def mine() -> str:
    """The stage of this browser's windows."""
    return follower(rights.browser() or rights.token())


@st.fragment(run_every=LOOK)
def watch(stage: str, seen: str) -> None:
    """Draw the page again once another window has moved its stage from the place seen here."""
    if stages.place(stage) not in ("", seen):
        st.rerun()


def _bar(now: Place, followed: str) -> None:
    """One line at the foot of the page; `style.css` puts it there, though it is drawn first."""
    found, number = plan.path(now.path), now.number
    step, stage = found[number - 1], followed or mine()
    with st.container(key="script", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{number}/{len(found)}**", width="content")
        _minute(step, plan.begins(found, number), stage)
        st.markdown(f"**{widgets.plain(step.title)}**", width="stretch")
        if stage != mine():
            return  # who only follows
        if not followed:
            _notes(step)
        back = _arrow(_("Étape précédente"), "B", ":material/arrow_back:", number == 1)
        last = number == len(found)
        on = _arrow(_("Étape suivante"), "N", ":material/arrow_forward:", last)
        st.button(
            _("Finir"),
            key="script.close",
            icon=":material/close:",
            type="tertiary",
            on_click=_end,
        )
    if back or on:
        there = Place(now.path, number + (1 if on else -1))
        go(there, stage)


def _end() -> None:
    """Inside a click: no bar any longer, and nothing is followed."""
    state.change(SCRIPT, None)
    state.change(FOLLOWED, "")


def _arrow(label: str, key: str, icon: str, disabled: bool) -> bool:
    return st.button(
        label, key=f"script.go.{key}", icon=icon, shortcut=key, type="tertiary", disabled=disabled
    )


def _minute(step: Step, start: int, stage: str) -> None:
    """When the step is due, and the minute that it is, once the clock runs."""
    planned = _("min {start} à {stop}").format(start=start, stop=start + step.minutes)
    if stages.elapsed(stage) is None:
        st.markdown(planned, width="content")
        return
    with st.container(width="content"):
        _clock(planned, stage)


@st.fragment(run_every=TICK)
def _clock(planned: str, stage: str) -> None:
    elapsed = stages.elapsed(stage) or 0.0
    told = _("minute **{minute}** ({planned})")
    st.markdown(told.format(minute=int(elapsed / 60), planned=planned), width="content")


def _notes(step: Step) -> None:
    with st.popover(_("Notes"), icon=":material/notes:", type="tertiary"):
        st.markdown(step.said)
        if step.answer:
            with st.expander(_("Ce qu’il y a à découvrir")):
                st.markdown(step.answer)
