"""The lesson plans: Markdown files that a teacher may edit, read into steps.

A path (`lessons/LANGUAGE/course-short.md`, `course-long.md`, `course-after.md`) is a list of steps.
Each begins with `## MINUTES min · Title` and a line `→ page?name=value&...`, the address it opens;
then what to say and do, in Markdown; what is quoted (`> `) is the answer, shown on click.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from dashboard.shared import i18n

PATHS = ("short", "long", "after")

_STEP = re.compile(r"^## +(\d+) min · (.+)$", re.MULTILINE)
_ADDRESS = re.compile(r"^→ *(\w+)(?:\?(\S+))? *$", re.MULTILINE)
_NAMED = re.compile(r"^\*\*[^*\n]+\*\* *(.+)$", re.MULTILINE)
_QUOTED = re.compile(r"^> ?(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One screen of a path.

    Attributes:
        minutes: that it takes.
        title: of it.
        page: that it opens, by its name.
        address: what the page's address holds.
        said: what to say, do and ask, in Markdown.
        answer: to what is asked, in Markdown; "" where nothing is.
    """

    minutes: int
    title: str
    page: str
    address: Mapping[str, str]
    said: str
    answer: str

    @property
    def asked(self) -> str:
        """What the class is asked: what comes after the last name in bold; "" where it is not."""
        found = _NAMED.findall(self.said)
        return str(found[-1]).strip() if found else ""


def path(name: str) -> list[Step]:
    """The steps of one of the paths, in the reader's language."""
    return steps(i18n.lesson(f"course-{name}"))


def begins(steps: Sequence[Step], number: int) -> int:
    """The minute of the hour at which a step begins."""
    return sum(step.minutes for step in steps[: number - 1])


def steps(text: str) -> list[Step]:
    """The steps of a path, in order."""
    _before, *parts = _STEP.split(text)
    return [
        _step(int(minutes), title.strip(), body)
        for minutes, title, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


def _step(minutes: int, title: str, body: str) -> Step:
    found = _ADDRESS.search(body)
    page, query = (found[1], found[2] or "") if found else ("home", "")
    said = _QUOTED.sub("", _ADDRESS.sub("", body))
    return Step(
        minutes,
        title,
        page,
        dict(parse_qsl(query, keep_blank_values=True)),
        re.sub(r"\n{3,}", "\n\n", said).strip(),
        "\n".join(_QUOTED.findall(body)).strip(),
    )
