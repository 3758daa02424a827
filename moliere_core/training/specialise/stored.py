"""Models that were specialised on this machine: folders in Hugging Face's own format.

`hf:local/NAME` names one; every page opens it as any other GPT-2, and so does `transformers`. What
it was made of, and how both texts fared on the way, is in its `specialised.json`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from moliere_core.corpus.names import slug
from moliere_core.errors import ModelError
from moliere_core.models.references import HUB
from moliere_core.networks.arrays import Weights
from moliere_core.pretrained.folders import LOCAL, local_folder
from moliere_core.runs.ownership import Owner, may_change, read_owner, write_owner
from moliere_core.system.records import DamagedError
from moliere_core.system.storage import make_folder, settle
from moliere_core.training.specialise.loop import Point, Settings

RECORD, OWNER = "specialised.json", "owner.json"
COPIED = (
    "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json",
    "special_tokens_map.json", "generation_config.json",
)  # fmt: skip
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, DamagedError)


@dataclass(frozen=True)
class Record:
    """What a specialised model was made of.

    Attributes:
        base: the reference of the model that it was.
        text: what people call the text that it learned.
        chars: that it read.
        settings: how.
        old_kind: of the old text, see `memory.OldText`; "" for none.
        points: both texts along the training.
    """

    base: str
    text: str
    chars: int
    settings: Settings
    old_kind: str
    points: tuple[Point, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """From what `asdict` makes; KeyError, TypeError or MoliereError where it is damaged."""
        return cls(
            str(data["base"]),
            str(data["text"]),
            int(data["chars"]),
            Settings(**data["settings"]),
            str(data["old_kind"]),
            tuple(Point(**point) for point in data["points"]),
        )


@dataclass(frozen=True)
class Specialised:
    """A model that was specialised here.

    Attributes:
        reference: `hf:local/NAME`.
        record: what it was made of.
        made_at: seconds since 1970.
    """

    reference: str
    record: Record
    made_at: float


def name_of(base: str, text: str, read: str, settings: Settings) -> str:
    """The name of a model: the same for the same request, so that it is made once.

    Args:
        base: the reference of the model that it was.
        text: what people call the text.
        read: the text itself.
        settings: how.
    """
    asked = json.dumps([base, read, asdict(settings)], ensure_ascii=False)
    mark = hashlib.sha256(asked.encode()).hexdigest()[:6]
    words = [slug(base.removeprefix(HUB).rpartition("/")[2])[:24], slug(text)[:24], mark]
    return "-".join(word for word in words if word)


def reference_of(name: str) -> str:
    """How a model of that name is named everywhere."""
    return HUB + LOCAL + name


def name_in(reference: str) -> str:
    """The name in such a reference."""
    return reference.removeprefix(HUB + LOCAL)


def is_there(name: str) -> bool:
    """Whether that model has been made."""
    return (local_folder(name) / RECORD).is_file()


def models() -> list[Specialised]:
    """Those that can be read, the newest first."""
    found = []
    for path in local_folder("").glob(f"*/{RECORD}"):
        with contextlib.suppress(*_UNREADABLE):
            record = Record.from_json(json.loads(path.read_text(encoding="utf-8")))
            made = path.stat().st_mtime
            found.append(Specialised(reference_of(path.parent.name), record, made))
    return sorted(found, key=lambda model: -model.made_at)


def save(
    name: str,
    base: Path,
    weights: Weights,
    record: Record,
    owner: Owner | None = None,
) -> Path:
    """Write a model's folder, whole or not at all.

    Args:
        name: of the model.
        base: the folder of the model that it was: its tokenizer, and its configuration.
        weights: of the network, under Hugging Face's names without their prefix.
        record: what it was made of.
        owner: who asked for it.

    Raises:
        ModelError: it cannot be written.
    """
    folder = local_folder(name)
    try:
        make_folder(folder.parent)
        temporary = Path(mkdtemp(dir=folder.parent, prefix=".making-"))
        try:
            _write(temporary, base, weights, record)
            if owner is not None:
                write_owner(temporary / OWNER, owner)
            settle(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        if is_there(name):  # another process has just made it
            return folder
        raise ModelError(
            "the specialised model cannot be written ({reason}): free some space on the disk",
            reason=error.strerror or error,
        ) from error
    return folder


def _write(folder: Path, base: Path, weights: Weights, record: Record) -> None:
    for name in COPIED:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config["tie_word_embeddings"] = "lm_head.weight" not in weights
    config.pop("torch_dtype", None)
    config["dtype"] = "float16"
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    named = {
        name if name.startswith("lm_head") else f"transformer.{name}": w.astype(np.float16)
        for name, w in weights.items()
    }
    save_file(named, folder / "model.safetensors", {"format": "pt"})
    told = json.dumps(asdict(record), ensure_ascii=False, indent=1)
    (folder / RECORD).write_text(told, encoding="utf-8")


def delete(name: str, token: str | None = None) -> None:
    """Delete a model; ModelError where `token` is not its owner's."""
    folder = local_folder(name)
    if not may_change(read_owner(folder / OWNER), token):
        raise ModelError("this model was made by somebody else: they can delete it, or the teacher")
    shutil.rmtree(folder, ignore_errors=True)


def last_measured(points: Sequence[Point]) -> Point | None:
    """The last point at which the texts were scored."""
    return next((p for p in reversed(points) if p.new is not None or p.old is not None), None)
