"""What every answer of the server carries: what a page may load, from where, who may frame it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

import streamlit as st

from dashboard.shared import i18n

# What every page runs before its components.
SCRIPTS = [
    Path(i18n.__file__).with_name(f"{name}.js") for name in ("acting", "history", "pictures")
]


def headers() -> list[tuple[str, str]]:
    """What every answer carries.

    Scripts are the server's own, by address or by digest. `blob:` is how Streamlit runs the
    scripts of our components; styles are written into the page by its library.
    `MOLIERE_FRAMED_BY` names the sites, separated by spaces, whose pages may frame this one.
    """
    friends = os.environ.get("MOLIERE_FRAMED_BY", "").split()
    frames = " ".join(["'self'", *(site for site in friends if re.fullmatch(r"[\w:/.*-]+", site))])
    scripts = " ".join(["'self'", "blob:", *map(digest, _inline_scripts())])
    policy = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": frames,
    }
    found = [
        ("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items())),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),  # an address holds what a pupil has typed
    ]
    return found if friends else [*found, ("X-Frame-Options", "SAMEORIGIN")]


def _inline_scripts() -> list[str]:
    """The scripts inside the pages: Streamlit's own, the languages' and `SCRIPTS`."""
    page = Path(st.__file__).with_name("static") / "index.html"
    own = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    ours = [path.read_text(encoding="utf-8") for path in SCRIPTS]
    return [*own, *i18n.language_scripts(), *ours]


def digest(script: str) -> str:
    """How a policy allows one script, and no other: `script-src` of CSP 2."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
