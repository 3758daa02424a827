"""The quiz: a Markdown file that a teacher may edit, read into questions.

`lessons/LANGUAGE/quiz.md` is a list of `## Question` with options `- [ ] wrong` and `- [x] right`,
and the quoted reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = re.compile(r"^> ?(.*)$", re.MULTILINE)
_OPTION = re.compile(r"^- \[([ x])\] (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A question of the quiz.

    Attributes:
        asked: the question.
        options: to choose from.
        right: index of the right one.
        reason: why it is.
    """

    asked: str
    options: tuple[str, ...]
    right: int
    reason: str


def questions(text: str) -> list[Question]:
    """The questions of a quiz; those without exactly one right option are left out."""
    _before, *parts = re.split(r"^## +(.+)$", text, flags=re.MULTILINE)
    found = []
    for asked, body in zip(parts[::2], parts[1::2], strict=True):
        options = _OPTION.findall(body)
        right = [i for i, (mark, _said) in enumerate(options) if mark == "x"]
        if len(right) == 1:
            said = tuple(said.strip() for _mark, said in options)
            reason = " ".join(_QUOTED.findall(body)).strip()
            found.append(Question(asked.strip(), said, right[0], reason))
    return found
