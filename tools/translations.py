"""Bring the gettext catalogues up to date after a label or a sentence of an error has changed.

    python -m tools.translations

New messages are added without a translation and those that nothing says any more are dropped; what
is left to translate is listed.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TRANSLATIONS = ROOT / "dashboard" / "translations"
ERRORS = (
    "BallotError",
    "ClosedError",
    "ConfigError",
    "CorpusError",
    "DamagedError",
    "FullError",
    "MistypedError",
    "MixedFilesError",
    "ModelError",
    "RunError",
    "TrainingError",
    "Unreadable",
    "check_range",
)
# Domain, the language it is translated into, where its messages stand, and what names them.
CATALOGUES = (
    ("dashboard", "en", ("dashboard", "pages"), ()),
    ("errors", "fr", ("moliere_core",), ERRORS),
)


def said(folders: tuple[str, ...], keywords: tuple[str, ...]) -> Catalog:
    """All that the code of these folders says."""
    template = Catalog()
    known = {**DEFAULT_KEYWORDS, **dict.fromkeys(keywords)}
    for folder in folders:
        found = extract_from_dir(str(ROOT / folder), [("**.py", "python")], keywords=known)
        for _, _, message, _, _ in found:
            template.add(message)
    return template


def update(domain: str, language: str, template: Catalog) -> list[str]:
    """Rewrite a catalogue; what of it has no translation."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, language)
    stamp = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.creation_date = stamp  # a new date at each run is a conflict at each merge
    with path.open("wb") as file:
        write_po(
            file, catalogue, no_location=True, sort_output=True, ignore_obsolete=True, width=76
        )
    return [str(m.id) for m in catalogue if m.id and (not m.string or not all(m.string))]


def main() -> None:
    for domain, language, folders, keywords in CATALOGUES:
        for missing in update(domain, language, said(folders, keywords)):
            print(f"{language}/LC_MESSAGES/{domain}.po has no translation of {missing!r}")


if __name__ == "__main__":
    main()
