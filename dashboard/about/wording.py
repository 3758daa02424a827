"""What the page for the school says of its numbers."""

from __future__ import annotations

from string import Template

from dashboard.about.results import LAMP_WATTS, Timed, watt_hours
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from moliere_core.corpus import library


def text(name: str) -> str:
    """A part of the page, Markdown, with the limits that the code holds."""
    return Template(i18n.lesson(name)).substitute(
        days=round(library.UPLOAD_SECONDS / 86_400),
        megabytes=library.MAX_UPLOADS_BYTES // 1_000_000,
        course=library.ADDRESSES[library.COURSE],
        edition=library.ADDRESSES[library.TEI],
        corneille=library.ADDRESSES[library.CORNEILLE],
    )


def energy(trained: Timed, watts: int) -> str:
    """What a training took, and how long a lamp would shine on it."""
    spent = watt_hours(trained.seconds, watts)
    return _(
        "{duration} mesurées × {watts} W supposés = **{energy} Wh**, comme une lampe LED de "
        "{lamp} W allumée {shining}."
    ).format(
        duration=i18n.duration(trained.seconds),
        watts=watts,
        energy=i18n.number(spent, 0 if spent >= 10 else 2),
        lamp=LAMP_WATTS,
        shining=i18n.duration(3600 * spent / LAMP_WATTS),
    )
