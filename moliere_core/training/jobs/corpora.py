"""Corpora kept by digest, so that a job finds the very text that it was asked to learn.

`MOLIERE_HOME/corpora/<digest>.json.gz`: an uploaded file has no path, an address may change or
fall silent, and a worker of the cluster shares no disk with the server. JSON keeps every string as
it is, line breaks included, which CSV does not promise.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from moliere_core.corpus import COLUMNS, Corpus
from moliere_core.errors import CorpusError
from moliere_core.system.storage import home, write_atomically

_KEPT = ("play_name", "speaker", "cue")  # what is learned, and what the digest is made of
_DIGEST = re.compile("[0-9a-f]{64}")


def folder() -> Path:
    """Where they are kept."""
    return home() / "corpora"


def path_of(digest: str) -> Path:
    """The file of the corpus with that digest, there or not; CorpusError if it is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise CorpusError(
            "{digest!r} is not the digest of a corpus: prepare the training again", digest=digest
        )
    return folder() / f"{digest}.json.gz"


def to_bytes(corpus: Corpus) -> bytes:
    """A corpus as compressed JSON: its source, and a list a column."""
    columns = {name: corpus.frame[name].tolist() for name in _KEPT}
    document = {"source": corpus.source, "columns": columns}
    return gzip.compress(json.dumps(document).encode(), compresslevel=6, mtime=0)


def from_bytes(data: bytes, digest: str) -> Corpus:
    """The inverse of `to_bytes`; CorpusError unless it is the corpus with that digest."""
    import pandas as pd

    try:
        document = json.loads(gzip.decompress(data))
        frame = pd.DataFrame(document["columns"], columns=list(_KEPT), dtype=str)
        frame = frame.reindex(columns=list(COLUMNS), fill_value="")
        corpus = Corpus(frame, str(document["source"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            "the stored corpus cannot be read ({error}): prepare the training again", error=error
        ) from error
    if corpus.digest != digest:
        raise CorpusError("the stored corpus is not the one asked for: prepare the training again")
    return corpus


def keep(corpus: Corpus) -> None:
    """Store a corpus, unless it is there."""
    path = path_of(corpus.digest)
    if not path.is_file():
        write_atomically(path, to_bytes(corpus))


def read(digest: str) -> bytes:
    """The stored file of a corpus; CorpusError if there is none."""
    try:
        return path_of(digest).read_bytes()
    except OSError as error:
        raise CorpusError("the corpus is no longer stored: prepare the training again") from error


def load(digest: str) -> Corpus:
    """The stored corpus with that digest; CorpusError if there is none, or if it is damaged."""
    return from_bytes(read(digest), digest)
