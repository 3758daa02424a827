"""Owners of runs and jobs, known by a salted hash of a secret, and who may change what."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from moliere_core.system.machine import is_public
from moliere_core.system.storage import write_atomically

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Owner:
    """Who asked, as a salted hash of their token: the fields of a run's `owner.json`."""

    salt: str
    hash: str

    @classmethod
    def of(cls, token: str) -> Owner:
        """The owner who holds `token`."""
        salt = secrets.token_hex(16)
        return cls(salt, _hash(salt, token))

    @classmethod
    def from_json(cls, data: Any) -> Owner:
        """What was stored; `UNKNOWN` where it is damaged."""
        try:
            salt, digest = data["salt"], data["hash"]
        except _UNREADABLE:
            return UNKNOWN
        whole = isinstance(salt, str) and isinstance(digest, str) and _DIGEST.fullmatch(digest)
        return cls(salt, digest) if whole else UNKNOWN

    def holds(self, token: str) -> bool:
        """Whether `token` is this owner's."""
        return hmac.compare_digest(_hash(self.salt, token), self.hash)


UNKNOWN = Owner("", "")  # somebody's whose secret is lost: no token's hash is empty


def read_owner(path: Path) -> Owner | None:
    """The owner in a file: None where there is no file, `UNKNOWN` where it is damaged."""
    try:
        return Owner.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return UNKNOWN if path.is_symlink() else None
    except _UNREADABLE:
        return UNKNOWN


def write_owner(path: Path, owner: Owner) -> None:
    """Write whose a run is; RunError if it cannot be written."""
    write_atomically(path, json.dumps(asdict(owner)).encode())


def has_teacher() -> bool:
    """Whether this server has a teacher's code (`MOLIERE_TEACHER_CODE`)."""
    return bool(os.environ.get("MOLIERE_TEACHER_CODE"))


def is_teacher(token: str | None) -> bool:
    """Whether `token` is the teacher's code."""
    code = os.environ.get("MOLIERE_TEACHER_CODE", "")
    return bool(code) and hmac.compare_digest(_bytes(token or ""), _bytes(code))


def may_change(owner: Owner | None, token: str | None) -> bool:
    """Whether the holder of `token` may rename, stop or delete what `owner` owns.

    The teacher may always. What nobody owns (trained on the command line) is the teacher's where
    there is a code or where the server is public, and anybody's otherwise.
    """
    if is_teacher(token):
        return True
    if owner is None:
        return not has_teacher() and not is_public()
    return owner.holds(token or "")


def _hash(salt: str, token: str) -> str:
    return hashlib.sha256(_bytes(f"{salt}:{token}")).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # what a browser sends may hold half a character
