"""Who speaks under a label of the column `speaker`."""

from __future__ import annotations

import re
from collections.abc import Collection

_JOINT = re.compile(r" et |,", re.IGNORECASE)
_EVERYBODY = re.compile(r"(les )?(tous|toutes|ensemble|(deux|trois|quatre) .*ensemble)\b", re.I)


def voices(label: str, cast: Collection[str]) -> list[str]:
    """The characters behind a label.

    Args:
        label: as the corpus has it.
        cast: all labels of the play.

    Returns:
        The label itself; the characters of "Clitandre et Acaste", where each is also a label;
        nobody for "Tous" and the like, which name no one in particular.
    """
    if not label or _EVERYBODY.match(label):
        return []
    known = {name.casefold(): name for name in cast}
    names = map(str.strip, _JOINT.split(" ".join(label.split())))
    parts = [known.get(name.casefold(), "") for name in names]
    return list(dict.fromkeys(parts)) if len(parts) > 1 and all(parts) else [label]
