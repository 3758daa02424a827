"""The teacher's own window: notes and a clock here, the screens in another one, which follows."""

from __future__ import annotations

import streamlit as st

from dashboard.course.controls import PRESENT
from dashboard.server.stages import stages
from dashboard.shared import plan, script, state, views
from dashboard.shared.i18n import _
from dashboard.shared.plan import Step
from dashboard.shared.script import Place

_SEEN = "course.seen"  # the place that this window and its stage last agreed on
TICK = 1.0  # seconds


def follow(view: str) -> None:
    """Before the page is drawn: be where this browser's windows are, or take them along.

    Args:
        view: of the page, as it would be.
    """
    if not state.value(PRESENT) or view not in plan.PATHS:
        return
    now = str(Place(view, state.value(script.STEP)))
    stage, seen = script.mine(), st.session_state.get(_SEEN)
    at = stages.place(stage)
    if seen == now and at and at != seen:
        there = script.place(at)
        views.go(script.COURSE, there.path)
        state.change(script.STEP, there.number)
        now = at
    elif at != now:
        stages.move(stage, now)
    st.session_state[_SEEN] = now


def show(stop: int, after: Step | None) -> None:
    """The clock, what comes next, and the window of the screens.

    Args:
        stop: minute at which the step ends.
        after: the next step, if there is one.
    """
    stage = script.mine()
    script.watch(stage, st.session_state[_SEEN])
    with st.container(
        key="course-clock", horizontal=True, vertical_alignment="center", gap="small"
    ):
        _clock(stage, stop)
        running = stages.elapsed(stage) is not None
        st.button(
            _("Remettre à zéro") if running else _("Démarrer l’horloge"),
            key="course.clock",
            icon=":material/restart_alt:" if running else ":material/timer:",
            on_click=stages.start,
            args=(stage,),
        )
        st.link_button(
            _("Fenêtre des écrans"),
            f"./?{script.FOLLOWED.name}={stage}",
            icon=":material/open_in_new:",
            type="primary",
        )
        if after is not None:
            st.markdown(_("Ensuite : **{title}**").format(title=after.title), width="content")


@st.fragment(run_every=TICK)
def _clock(stage: str, stop: int) -> None:
    """Minutes and seconds since it was started; in colour once the step should have ended."""
    elapsed = stages.elapsed(stage)
    told = "–:––" if elapsed is None else f"{int(elapsed // 60)}:{int(elapsed % 60):02d}"
    late = elapsed is not None and elapsed >= 60 * stop
    st.html(f'<p class="clock{" late" if late else ""}">{told}</p>', width="content")
