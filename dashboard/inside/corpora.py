"""Which corpus the network is watched on."""

from __future__ import annotations

from dashboard.shared import naming
from moliere_core.corpus import EMBEDDED, library


def chosen() -> str:
    """The server's corpus, else one that was fetched, else the embedded plays."""
    known = naming.sources()
    wanted = (naming.SERVER, library.COURSE, library.TEI)
    return next((source for source in wanted if source in known), EMBEDDED)
