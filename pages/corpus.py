"""Corpus: what the plays are made of, before any network reads them."""

from functools import partial

from dashboard.corpus import controls, views
from dashboard.shared import lesson
from dashboard.shared.i18n import _

drawer = lesson.heading("corpus", _("Le corpus"))

view = views.choose()
source, selection = controls.part(view)
views.show(view, source, selection)
drawer.finish(
    partial(controls.code, view, source, selection, controls.typed()),
    views.tried(view, selection),
)
