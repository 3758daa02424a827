"""One family of exceptions: one sentence that names the value, the limit and the way out."""

from __future__ import annotations

import json
from typing import Any, Self


class MoliereError(Exception):
    """Anything that the user can put right; the sentence is meant to be shown as it is.

    It is kept as a template and its values: an interface says it in its reader's language by
    looking the template up (`dashboard.shared.i18n.sentence`), and the values that are words, too.

    Attributes:
        template: the sentence in English, with named fields; as it is, where there is no value.
        values: of the fields.
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        super().__init__(template)
        self.template, self.values = template, values

    def __str__(self) -> str:
        return writable(self.template.format(**self.values) if self.values else self.template)

    def to_json(self) -> dict[str, Any]:
        """The sentence under "message", and what it is made of, for another process."""
        values = json.loads(json.dumps(self.values, default=_plain))
        return {"message": str(self), "template": self.template, "values": values}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `to_json`; a "message" alone is a sentence without values.

        What comes from another process, or from a disk, may be damaged: then it is the message, or
        nothing.
        """
        message = str(data.get("message", ""))
        template, values = data.get("template", message), data.get("values", {})
        try:
            values = {name: _revived(value) for name, value in values.items()}
            error = cls(template, **values)
            str(error)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return cls(message)
        return error if isinstance(template, str) else cls(message)


class ConfigError(MoliereError):
    """A setting outside its range."""


class CorpusError(MoliereError):
    """A corpus that cannot be read, or that lacks what was asked of it."""


class ModelError(MoliereError):
    """A model reference that names nothing, or weights that do not fit together."""


class RunError(MoliereError):
    """A run folder that is incomplete, or that cannot be written."""


class TrainingError(MoliereError):
    """A training that cannot start: no framework, or too little text."""


def writable(text: str) -> str:
    """A text that can be written in UTF-8: the name of a file may hold bytes that are no text."""
    return text.encode(errors="replace").decode()


def one_line(error: BaseException, most: int = 300) -> str:
    """What an error of another library says, on one line of at most so many characters."""
    return " ".join(str(error).split())[:most]


def _plain(value: Any) -> Any:
    """A value that JSON does not know: an error inside another stays one, to be translated."""
    return value.to_json() if isinstance(value, MoliereError) else str(value)


def _revived(value: Any) -> Any:
    is_error = isinstance(value, dict) and value.keys() == {"message", "template", "values"}
    return MoliereError.from_json(value) if is_error else value


def N_(text: str) -> str:
    """`text` itself: marks for translation a sentence, or a value, that is not raised in place."""
    return text
