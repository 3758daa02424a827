"""Getting in: the address of what is on screen as the pupils in the room reach it, and its QR code.

The browser of a teacher says `localhost`, which is nobody else's. `MOLIERE_ADDRESS` gives the
address that others use, where the server cannot find it: behind a container, on several networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

import segno
import streamlit as st

from dashboard.shared import state
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core.system import network

# Settings of the screen in front, not of those who look at it.
OF_THE_PROJECTOR = ("projecteur", "script", "follow")
DEFAULT_PORT = 8501
LONGEST = 2_953  # bytes that a QR code holds: ISO/IEC 18004, version 40, level L

_invitation = Component(__file__, "join")


@dataclass(frozen=True)
class Invitation:
    """How others reach a page.

    Attributes:
        page: its address, short enough to be typed.
        link: the same with the settings of the view.
        found: how the machine's address was found: "told", "browser", "network"; "" where this
            machine is on no network, and the address is its own.
    """

    page: str
    link: str
    found: str


def show() -> None:
    """The invitation to what is on screen."""
    found = invitation(state.page(), state.published())
    fits = len(found.link) <= LONGEST  # a prompt of 500 characters may take 6,000 in an address
    more = _("Le QR code et le lien gardent aussi les réglages de la vue.")
    less = _("Le lien garde les réglages de la vue, trop longs pour le QR code : il ouvre la page.")
    _invitation(
        {
            "page": found.page,
            "link": found.link,
            "code": code(found.link if fits else found.page),
            "labels": {
                "scan": _("QR code de cette vue"),
                "more": more if fits else less,
                "copy": _("Copier le lien"),
                "copied": _("Copié"),
                "selected": _("Sélectionné : Ctrl+C pour le copier"),
            },
        },
        key="join.invitation",
    )
    warn(found)


def warn(found: Invitation) -> None:
    """Who reaches an address, and why others may not."""
    if not found.found:
        st.warning(_("Cet ordinateur n’est sur aucun réseau : lui seul atteint cette adresse."))
    elif found.found == "network" and not _listens():
        st.warning(
            _(
                "Ce serveur n’écoute que cet ordinateur : relancez-le avec "
                "`--server.address 0.0.0.0`."
            )
        )
    elif found.found == "network":
        st.caption(
            _("Même réseau pour tous. Une autre adresse ? `MOLIERE_ADDRESS` la donne au serveur.")
        )


def invitation(path: str, settings: dict[str, str]) -> Invitation:
    """The addresses of a page.

    Args:
        path: of the page, "" of the first one.
        settings: what its address holds.
    """
    base, found = _base(path)
    kept = {name: text for name, text in settings.items() if name not in OF_THE_PROJECTOR}
    return Invitation(base, f"{base}?{urlencode(kept)}" if kept else base, found)


def beside(name: str) -> Invitation:
    """The address of what stands beside the pages."""
    page = state.page()
    found = invitation(page, {})
    root = found.page.removesuffix(f"/{page}") if page else found.page
    return Invitation(f"{root}/{name}", f"{root}/{name}", found.found)


def code(link: str) -> str:
    """A QR code as the address of a picture: black on white in both themes, a margin around it.

    Args:
        link: of `LONGEST` bytes at most.
    """
    svg = segno.make(link, error="l", boost_error=False, micro=False)
    return str(svg.svg_data_uri(border=3, light="#fff", omitsize=True))


def _base(path: str) -> tuple[str, str]:
    """The address of a page without its settings, and how it was found."""
    if told := network.told():
        return f"{told}/{path}".rstrip("/"), "told"
    seen = _seen()
    if not seen.hostname:
        prefix = st.get_option("server.baseUrlPath").strip("/")
        inside = "/".join(part for part in (prefix, path) if part)
        seen = SplitResult("http", f"localhost:{_port()}", f"/{inside}", "", "")
    host, found = seen.netloc, "browser"
    if network.is_ours(seen.hostname or ""):
        outside = network.on_network()
        found = "network" if outside else ""
        port = f":{seen.port}" if seen.port else ""
        host = outside + port if outside else seen.netloc
    return f"{seen.scheme}://{host}{seen.path}".rstrip("/"), found


def _seen() -> SplitResult:
    """The address that the browser says; nothing where it is none, or none of a page."""
    try:
        seen = urlsplit(st.context.url or "")
        whole = seen.port != 0 and len(seen.geturl()) < LONGEST / 2
    except ValueError:  # no host, or a port that there is not
        whole = False
    return seen if whole else urlsplit("")


def _listens() -> bool:
    """Whether the server hears other machines."""
    bound = st.get_option("server.address")
    return not bound or not (network.is_ours(bound) and bound not in ("0.0.0.0", "::"))


def _port() -> int:
    return int(st.get_option("server.port") or DEFAULT_PORT)
