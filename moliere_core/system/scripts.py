"""JavaScript modules as one text, where a browser has no place to fetch them from."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import \{[^}]*\} from \"(\.[^\"]+)\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.MULTILINE)


def bundled(module: Path) -> str:
    """An ECMAScript module and all that it imports by a relative path, as one module.

    Each module stands in front of those that import it, once; what it exports keeps its name, so
    that two modules of a bundle never define the same one.
    """
    found: dict[Path, str] = {}

    def add(path: Path) -> None:
        if path in found:
            return
        source = path.read_text(encoding="utf-8")
        for imported in _IMPORT.findall(source):
            add((path.parent / imported).resolve())
        code = _IMPORT.sub("", source)
        found[path] = code if path == module else _EXPORT.sub("", code)

    module = module.resolve()
    add(module)
    return "\n".join(found.values())
