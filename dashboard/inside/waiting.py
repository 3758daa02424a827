"""How far something computed in the background is, and the page again once it is done."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.inside.results import Work
from dashboard.shared import i18n

PERIOD = 1.0  # seconds between two looks


def show(work: Work[Any], sentence: str, also: tuple[Work[Any], ...] = ()) -> None:
    """A bar that moves by itself; the page is drawn again when the work is done.

    Args:
        work: from `cached`.
        sentence: with {share}, a percentage.
        also: other works whose end the page waits for.
    """
    pending = tuple(other for other in also if not other.future.done())
    st.fragment(_bar, run_every=PERIOD)(work, sentence, pending)


def _bar(work: Work[Any], sentence: str, also: tuple[Work[Any], ...]) -> None:
    if any(other.future.done() for other in (work, *also)):
        st.rerun()
    st.progress(work.share, sentence.format(share=i18n.percent(work.share)))
