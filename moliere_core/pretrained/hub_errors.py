"""Errors of the hub and of the way to it, each told in one sentence that says what to do.

The hub's tools raise errors of a dozen kinds, wrapped in one another: what tells them apart is a
status, a number of the system's, or a word in the text of one of them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from moliere_core.errors import N_, ModelError, one_line
from moliere_core.models.references import HUB

DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR)
MAX_REASON = 200  # characters
# Words of the text of an error where an answer came from something else than the hub.
_NOT_THE_HUB = ("expecting value", "not seem to be on", "wrong_version_number", "invalid header")
_OTHER_ANSWERS = {"JSONDecodeError", "KeyError", "TypeError", "AttributeError"}


def explained(error: BaseException | None, name: str) -> ModelError:
    """The error to show for one that was raised while the hub was asked for a model.

    Args:
        error: as it was raised; None where nothing answered in time.
        name: of the model on the hub.
    """
    chain = list(_chain(error))
    text = " ".join(" ".join(str(link) for link in chain).split()).lower()
    kinds = {kind.__name__ for link in chain for kind in type(link).__mro__}
    numbers = {link.errno for link in chain if isinstance(link, OSError)}
    status = next((found for link in chain if (found := _status(link))), 0)
    if numbers & {*DISK_FULL}:
        return disk_full(name)
    if numbers & {*NOT_WRITABLE}:
        return ModelError(
            "the hub's cache on this machine cannot be written: let HF_HUB_CACHE name a folder that"
            " can, and ask again"
        )
    if status == 407 or " 407 " in f" {text} ":
        return ModelError(
            "the proxy of this network asks for a name and a password: put them into HTTPS_PROXY "
            "(http://NAME:PASSWORD@HOST:PORT) and start the application again; the shipped models "
            "do without"
        )
    if "ProxyError" in kinds:
        return ModelError(
            "the proxy that HTTPS_PROXY names lets nothing through ({reason}): check the variable; "
            "the shipped models do without",
            reason=_reason(error),
        )
    if "OfflineModeIsEnabled" in kinds:
        return ModelError(
            "HF_HUB_OFFLINE is set on this machine, so that nothing is fetched: take it out and "
            "start the application again"
        )
    if "GatedRepoError" in kinds or status == 403:
        return ModelError(
            "{reference} is only given to those who accepted its terms on the hub: accept them "
            "and log in with hf auth login, or choose another model",
            reference=HUB + name,
        )
    if status == 401 and ("invalid" in text and ("credential" in text or "token" in text)):
        return ModelError(
            "the hub refuses the key that is stored on this machine: log in again with "
            "hf auth login, or take it out with hf auth logout"
        )
    if "DisabledRepoError" in kinds or status == 451:
        return ModelError(
            "{reference} was taken off the hub: choose another model", reference=HUB + name
        )
    if status in (401, 404):
        return ModelError(
            "the hub has no model {name!r}, or it is private: check the name on its page", name=name
        )
    if status == 429:
        return ModelError(
            "the hub asks this network to wait, too much was asked of it: try again in some "
            "minutes, or log in with hf auth login"
        )
    if status >= 500:
        return ModelError(
            "the hub has trouble of its own ({status}): try again later; the shipped models do "
            "without",
            status=str(status),
        )
    if "certificate" in text:
        return ModelError(
            "the certificate of the hub is not trusted here: a filter of this network may answer "
            "in its place; ask whoever looks after it, or let SSL_CERT_FILE name its certificate"
        )
    if any(word in text for word in _NOT_THE_HUB) or kinds & _OTHER_ANSWERS:
        return not_the_hub()
    return ModelError(
        "the hub is not reached ({reason}): check the network; the shipped models do without",
        reason=N_("no answer") if error is None else _reason(error),
    )


def disk_full(name: str, megabytes: int = 0) -> ModelError:
    """The error of a model that does not fit on the disk."""
    if not megabytes:
        return ModelError(
            "the disk is full: make room, and ask for {reference} again, what is there is kept",
            reference=HUB + name,
        )
    return ModelError(
        "{reference} takes {megabytes} MB more than the disk has room for: make room, or choose a "
        "smaller model",
        reference=HUB + name,
        megabytes=megabytes,
    )


def not_the_hub() -> ModelError:
    """The error where something else than the hub answered, such as a login page."""
    return ModelError(
        "something else answers in the hub's place, such as the login page of this network: open "
        "a browser, log in, and ask again"
    )


def not_a_model(name: str) -> ModelError:
    """The error of a repository of the hub that holds no model for this application."""
    return ModelError(
        "what the hub has under {reference} is not a model that can be used here: choose "
        "a causal model with its tokenizer, such as hf:gpt2",
        reference=HUB + name,
    )


def passing(error: BaseException) -> bool:
    """Whether trying again a few seconds later may help."""
    status = next((found for link in _chain(error) if (found := _status(link))), 0)
    kept = DISK_FULL + NOT_WRITABLE
    numbers = {link.errno for link in _chain(error) if isinstance(link, OSError)}
    return not numbers & {*kept} and (status < 400 or status == 408 or status >= 500)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    """The status of the answer that an error is about; 0 where it is about none."""
    found = getattr(getattr(error, "response", None), "status_code", 0)
    return found if isinstance(found, int) else 0


def _reason(error: BaseException | None) -> str:
    return "" if error is None else one_line(error, MAX_REASON)
