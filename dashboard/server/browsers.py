"""What tells one browser from another: the secret in the cookie that Streamlit gives it."""

from __future__ import annotations

import re

COOKIE = "_streamlit_xsrf"
_MASKED = re.compile(r"2\|([0-9a-f]{8})\|((?:[0-9a-f]{2})+)\|\d+")


def secret(cookie: str) -> str:
    """What stays the same in a browser's cookie, whose value is written anew at each page load.

    `2|MASK|MASKED|TIME`, as Tornado masks a token against compression attacks: MASKED is the token
    XORed with the four bytes of MASK, again and again. Any other cookie is its own secret.
    """
    found = _MASKED.fullmatch(cookie)
    if found is None:
        return cookie
    mask, masked = bytes.fromhex(found[1]), bytes.fromhex(found[2])
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(masked)).hex()
