"""Where corpora come from: the embedded plays, a CSV file or address, a plain text file."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import requests
from urllib3.exceptions import HTTPError

from moliere_core.corpus.corpus import COLUMNS, Corpus
from moliere_core.errors import CorpusError
from moliere_core.normalise import normalise

EMBEDDED = "embedded"
EMBEDDED_PATH = Path(__file__).parent.parent / "assets" / "corpus" / "pastiches.csv"
MAX_BYTES = 50_000_000  # all of Molière is 3.5 MB
TIMEOUT_SECONDS = (2, 20)  # to connect, to read


def load_corpus(source: str | Path | None = None) -> Corpus:
    """Read a corpus.

    Args:
        source: "embedded", the path or the http(s) address of a CSV with at least the columns
            `play_name` and `cue`, or of a plain text, which becomes one play of one cue. None
            stands for the file that `MOLIERE_CORPUS` names, or else the embedded plays.

    Raises:
        CorpusError: nothing there, too large, not text, empty, or a column is missing.
    """
    if source is None:
        source = os.environ.get("MOLIERE_CORPUS") or EMBEDDED
    source = str(source)
    if source == EMBEDDED:
        return _parse(EMBEDDED_PATH.read_bytes(), EMBEDDED, EMBEDDED_PATH.name)
    if source.lower().startswith(("http://", "https://")):
        return _parse(_download(source), source, Path(urlsplit(source).path).name)
    return _parse(_read(Path(source)), source, Path(source).name)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise CorpusError("there is no file {path}: give the path of a CSV or text file", path=path)
    if path.stat().st_size > MAX_BYTES:
        raise _too_large(str(path))
    return path.read_bytes()


def _download(url: str) -> bytes:
    data = bytearray()
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT_SECONDS) as response:
            response.raise_for_status()
            for chunk in response.iter_content(65_536):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise _too_large(url)
    except (requests.RequestException, HTTPError, ValueError) as error:  # a malformed host too
        status = getattr(getattr(error, "response", None), "status_code", None)
        raise CorpusError(
            "{url} cannot be read ({reason}): "
            "check the address and the network, or use the embedded corpus",
            url=url,
            reason=f"HTTP {status}" if status else type(error).__name__,
        ) from error
    return bytes(data)


def _too_large(name: str) -> CorpusError:
    return CorpusError(
        "{name} is larger than {megabytes} MB: keep fewer plays in the file",
        name=name,
        megabytes=MAX_BYTES // 1_000_000,
    )


def _parse(data: bytes, source: str, name: str) -> Corpus:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError("{name} is not UTF-8 text: save it again as UTF-8", name=name) from error
    if "\0" in text:
        raise CorpusError(
            "{name} is a binary file, not text: give a CSV or a plain text file", name=name
        )
    text = normalise(text)
    if not text.strip():
        raise CorpusError("{name} is empty: give a file with at least one cue", name=name)
    if text.lstrip().startswith("<?xml") or name.lower().endswith(".xml"):
        raise CorpusError(
            "{name} is an XML file, which is not read yet: give a CSV or a plain text file",
            name=name,
        )
    if name.lower().endswith(".csv") or _has_csv_header(text):
        return Corpus(_csv_frame(text, name), source)
    return Corpus(_table({"play_name": [_slug(name)], "cue": [text]}), source)


def _has_csv_header(text: str) -> bool:
    """Whether the first line names both columns: a CSV under another name, as exports have."""
    names = re.split(r"[,;\t]", text.partition("\n")[0].lower())
    return {"play_name", "cue"} <= {name.strip(" \"'") for name in names}


def _csv_frame(text: str, name: str) -> pd.DataFrame:
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows wider than the header
            frame = pd.read_csv(
                io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, index_col=False
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        raise CorpusError(
            "{name} is not a well-formed CSV file: {error}", name=name, error=error
        ) from error
    frame.columns = frame.columns.str.strip().str.lower()
    frame = frame.loc[:, ~frame.columns.duplicated()]
    for column in ("play_name", "cue"):
        if column not in frame.columns:
            found = ", ".join(map(str, frame.columns[:8]))
            raise CorpusError(
                "{name} has no column {column!r} (it has {found}): rename or add it",
                name=name,
                column=column,
                found=found,
            )
    frame = frame[frame["cue"].str.strip() != ""].copy()
    if frame.empty:
        raise CorpusError("{name} has no cue: its column 'cue' is empty", name=name)
    frame["play_name"] = frame["play_name"].str.strip()
    return _table({column: frame[column] for column in COLUMNS if column in frame.columns})


def _table(columns: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(columns).reset_index(drop=True)
    return frame.reindex(columns=list(COLUMNS), fill_value="")


def _slug(name: str) -> str:
    """A file's name as a play's slug: "Le Tartuffe.txt" gives "le-tartuffe"."""
    plain = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "texte"
