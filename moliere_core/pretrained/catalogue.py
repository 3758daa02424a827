"""Which pretrained models can be named, which are on this machine, and what each one is.

`mini-gpt` is shipped in Hugging Face's own format; `hf:NAME` is a model of the hub, looked for in
the hub's usual cache on this machine (`HF_HUB_CACHE`, or `hub` in `HF_HOME`) and nowhere else;
`hf:local/NAME` is one that was specialised here (`training.specialise`), in `MOLIERE_HOME`; the
command line also names a folder by its path. Whatever can be wrong with a model is looked for here
(by `folders`), before a framework takes seconds to load.
"""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from moliere_core.assets import ASSETS
from moliere_core.errors import ModelError
from moliere_core.models.references import HUB, MINI, ModelEntry, names_tokens
from moliere_core.networks.transformer import TransformerConfig
from moliere_core.pretrained import folders, weights
from moliere_core.pretrained.folders import configuration, context_length, hub_cache, size
from moliere_core.system.machine import free_megabytes, installed

WORTH_FETCHING = ASSETS / "hub" / "models.toml"
CONTEXT = 512  # tokens read at most while writing: beyond, a class waits too long
FRAMEWORKS = ("torch", "transformers")  # for whatever NumPy does not run here
OVERHEAD = 1.2  # memory a model takes while it is used, over that of its weights

_WEIGHTS = {Path(name).suffix for name in weights.SINGLE}
_BUFFERS = re.compile(r"\.attn\.(masked_)?bias$|inv_freq$")  # stored with weights, not trained


class Presence(StrEnum):
    """Whether a model is on this machine."""

    READY = "ready"
    PARTIAL = "partial"  # its download was interrupted, or damaged
    ABSENT = "absent"
    UNUSABLE = "unusable"  # of a kind that is not read here: fetching it again changes nothing


@dataclass(frozen=True)
class Suggestion:
    """A model of the hub that is worth fetching for this course.

    Attributes:
        name: on the hub.
        languages: that it was trained on, as ISO 639 has them; "mul" for many.
        parameters: trained numbers, as its authors tell them.
        licence: of its weights.
        tried: whether it has run here.
        shows: what a class sees with it, by the interface's language.
        offered: whether it can be fetched everywhere, a public server included.
        gated: whether its licence has to be accepted on the hub first.
        gpt2: the configuration of a GPT-2, known before it is here; empty of others.
    """

    name: str
    languages: tuple[str, ...]
    parameters: int
    licence: str
    tried: bool
    shows: Mapping[str, str]
    offered: bool = False
    gated: bool = False
    gpt2: Mapping[str, int] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Its reference, `hf:NAME`."""
        return HUB + self.name


@cache
def suggestions() -> tuple[Suggestion, ...]:
    """The models worth fetching, in the order of `models.toml`."""
    listed = tomllib.loads(WORTH_FETCHING.read_text(encoding="utf-8"))["model"]
    return tuple(Suggestion(**{**m, "languages": tuple(m["languages"])}) for m in listed)


# What can be fetched everywhere; any other causal model can be named on a machine of one's own.
OFFERED = tuple(found.reference for found in suggestions() if found.offered)


@dataclass(frozen=True)
class Card:
    """What a model is, before anything is loaded.

    Attributes:
        reference: `mini-gpt`, `hf:NAME`, or the path of a folder that was opened.
        presence: whether it is on this machine.
        architecture: as its configuration has it, such as "gpt2"; "" where unknown.
        parameters: trained numbers; 0 where unknown.
        vocab_size: tokens; 0 where unknown.
        context_length: tokens that it was trained to read at once; 0 where unknown.
        context_used: of these, what is read while it writes here.
        layers: blocks; 0 where unknown.
        megabytes: of memory, about, while it is used in full precision.
        stored_megabytes: on disk.
    """

    reference: str
    presence: Presence
    architecture: str
    parameters: int
    vocab_size: int
    context_length: int
    context_used: int
    layers: int
    megabytes: int
    stored_megabytes: int


_opened: dict[str, Path] = {}  # folders of this machine's own, by the paths that name them


def open_folder(path: str) -> bool:
    """Whether a folder holds a model as `save_pretrained` leaves it; its path is a reference then.

    Only the command line calls this: no address of the dashboard can open a folder.
    """
    folder = Path(path)
    try:
        found = folders.model_folder(folder)
    except (OSError, ValueError):  # too long for a path, or none
        return False
    if found is not None:
        _opened[path] = found
    return found is not None


def is_pretrained(reference: str) -> bool:
    """Whether a reference names a model of this package, there or not."""
    return names_tokens(reference) or reference in _opened


def hub_name(reference: str) -> str:
    """The name on the hub; ModelError if it is not one."""
    name = reference.removeprefix(HUB)
    if name == reference or not folders.is_name(name):
        raise ModelError(
            "{reference!r} is not the name of a model: write hf:NAME or hf:OWNER/NAME, as on the "
            "hub's page",
            reference=reference,
        )
    return name


def folder(reference: str) -> Path | None:
    """The folder of a model's files, complete or not; None if there is none."""
    if reference in _opened:
        return _opened[reference]
    if reference == MINI:
        path = ASSETS / MINI
        return path if path.is_dir() else None
    return folders.snapshot_of(hub_name(reference))


def presence(reference: str) -> Presence:
    """Whether a model is on this machine."""
    path = folder(reference)
    if path is None:
        return Presence.ABSENT
    if folders.folder_refusal(reference, path) is not None:
        return Presence.UNUSABLE
    try:
        _check_whole(reference, path)
    except ModelError:
        return Presence.PARTIAL
    return Presence.READY


def card(reference: str) -> Card:
    """What a model is; of one that is not here, what `models.toml` tells of it."""
    path = folder(reference)
    state = presence(reference)
    config = {} if path is None else configuration(path)
    known = next((found.gpt2 for found in suggestions() if found.reference == reference), {})
    if known and not config:
        config = {"model_type": "gpt2", **known}
    here = path if state is Presence.READY else None
    shapes = {} if here is None else _read_shapes(here, reference)
    vocab, context = size(config, "vocab_size"), _positions(shapes) or context_length(config)
    parameters = _gpt2_parameters(config, context) or _count(shapes)
    if here is not None:
        stored = sum(file.stat().st_size for file in weights.weight_files(here))
    else:
        stored = parameters * 4
    return Card(
        reference=reference,
        presence=state,
        architecture=config.get("model_type", ""),
        parameters=parameters,
        vocab_size=vocab,
        context_length=context,
        context_used=min(context, CONTEXT),
        layers=size(config, "n_layer", "num_hidden_layers"),
        megabytes=round(parameters * 4 * OVERHEAD / 1e6),
        stored_megabytes=round(stored / 1e6),
    )


def entries() -> list[ModelEntry]:
    """`mini-gpt`, those specialised here, those offered, then the others of the hub's cache."""
    own = folders.local_folder("")
    names = [path.name for path in sorted(own.iterdir())] if own.is_dir() else []
    made = [HUB + folders.LOCAL + name for name in names if not name.startswith(".")]
    listed = {reference: folder(reference) for reference in (MINI, *made, *OFFERED)}
    cache = hub_cache()
    for path in sorted(cache.glob("models--*")) if cache.is_dir() else []:
        name = path.name.removeprefix("models--").replace("--", "/")
        reference = HUB + name
        if not folders.is_name(name):
            continue
        found = folder(reference)  # of a model that was renamed, the one that is listed
        if found is not None and found not in listed.values() and _sound(reference, found):
            listed[reference] = found
    return [_entry(reference) for reference in listed]


def needs_torch(path: Path) -> bool:
    """Whether the model of a folder is of an architecture that NumPy does not run here."""
    return TransformerConfig.of(configuration(path)) is None


def has_frameworks() -> bool:
    """Whether what runs other architectures than NumPy's is installed; nothing is imported."""
    return installed(*FRAMEWORKS)


def runs_here(path: Path) -> bool:
    """Whether what runs the model of a folder is installed."""
    return not needs_torch(path) or has_frameworks()


def usable(reference: str) -> bool:
    """Whether a model is on this machine, whole, with what runs it."""
    try:
        path = folder(reference)
    except ModelError:  # the name of none
        return False
    return path is not None and _sound(reference, path) and runs_here(path)


def check(reference: str) -> Path:
    """The folder of a model that can be used; ModelError says what is wrong, and what to do."""
    path = folder(reference)
    if path is None:
        if reference == MINI:
            raise ModelError(
                "mini-gpt is not in this copy of the application: take the whole repository, or "
                "choose another model"
            )
        raise ModelError(
            "{reference} is not on this machine: fetch it with its button, or with "
            "moliere models fetch {name}",
            reference=reference,
            name=reference.removeprefix(HUB),
        )
    _check_files(reference, path)
    if not runs_here(path):
        raise ModelError(
            "{reference} is of an architecture ({kind}) that torch and transformers run, and they "
            "are not installed on this machine: choose mini-gpt or another model, such as hf:gpt2; "
            "the README tells how to add them",
            reference=reference,
            kind=configuration(path).get("model_type", "?"),
        )
    return path


def identity(path: Path) -> str:
    """What tells the model of a folder from all others, and from itself once a file is another.

    Nothing is read: of each file that makes the model, where it lies in the end (the hub's cache
    names that after its content), when it was written, and how long it is.
    """
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()):
        if (file.name in folders.TEXTS or file.suffix in _WEIGHTS) and file.is_file():
            found = file.stat()
            digest.update(f"{file.resolve()} {found.st_mtime_ns} {found.st_size}\n".encode())
    return digest.hexdigest()[:12]


def precision(reference: str, spare: int = 0) -> str:
    """Either "float32", or "bfloat16" where memory allows no more; ModelError where not even that.

    NumPy has no bfloat16: a model that it runs takes float32.

    Args:
        reference: of the model.
        spare: megabytes that can be freed for it.
    """
    parameters, free = card(reference).parameters, free_megabytes()
    if free is None:
        return "float32" if parameters < 1_000_000_000 else "bfloat16"
    path = folder(reference)
    sizes = {"float32": 4, "bfloat16": 2}
    if path is not None and not needs_torch(path):
        del sizes["bfloat16"]
    for name, width in sizes.items():
        if parameters * width * OVERHEAD / 1e6 <= free + spare:
            return name
    raise too_large(reference, free + spare)


def too_large(reference: str, free: int | None = None) -> ModelError:
    """The error of a model that needs more memory than there is."""
    path = folder(reference)
    least = 4 if path is not None and not needs_torch(path) else 2  # bytes a number
    needed = round(card(reference).parameters * least * OVERHEAD / 1e6)
    return ModelError(
        "{reference} needs at least {needed} MB of memory and {free} MB are free: close other "
        "programs, or choose a smaller model",
        reference=reference,
        needed=needed,
        free=(free_megabytes() or 0) if free is None else free,
    )


def _entry(reference: str) -> ModelEntry:
    return ModelEntry(reference, "gpt", card(reference).parameters, available=usable(reference))


def _sound(reference: str, path: Path) -> bool:
    """Whether the files of a model are whole, and of a kind that is read here."""
    try:
        _check_files(reference, path)
    except ModelError:
        return False
    return True


def _check_files(reference: str, path: Path) -> None:
    """ModelError where the files of a model are of another kind, missing or damaged."""
    refused = folders.folder_refusal(reference, path)
    if refused is not None:
        raise refused
    _check_whole(reference, path)


def _check_whole(reference: str, path: Path) -> None:
    """ModelError where a file is missing or damaged, so that fetching it again may help."""
    lacking = folders.missing_file(path)
    if lacking:
        raise weights.incomplete(reference, lacking)
    folders.check_configuration(reference, path)
    _shapes(path, reference, _stamp(path))


def _gpt2_parameters(config: Mapping[str, Any], context: int) -> int:
    """Parameters of a GPT-2, whose output matrix is its embedding; 0 for others."""
    if config.get("model_type") != "gpt2" or config.get("tie_word_embeddings") is False:
        return 0
    d, layers = size(config, "n_embd"), size(config, "n_layer")
    inner = size(config, "n_inner") or 4 * d
    block = 4 * d * d + 2 * d * inner + 9 * d + inner  # matrices, biases, two layer norms
    return (size(config, "vocab_size") + context) * d + layers * block + 2 * d


Shapes = Mapping[str, tuple[int, ...]]  # of tensors, by their names


def _count(shapes: Shapes) -> int:
    """Numbers in a folder's weights."""
    return sum(math.prod(s) for name, s in shapes.items() if not _BUFFERS.search(name))


def _positions(shapes: Shapes) -> int:
    """Places in a text for which weights have a row; 0 where they have no such table.

    A model reads so many, whatever its configuration says.
    """
    return next((s[0] for name, s in shapes.items() if name.endswith("wpe.weight") and s), 0)


def _read_shapes(path: Path, reference: str) -> Shapes:
    """The shapes of a folder's weights; none where they cannot be read any longer."""
    try:
        return _shapes(path, reference, _stamp(path))
    except ModelError:
        return {}


Stamp = tuple[tuple[str, int, int], ...]  # names, times and sizes of files


def _stamp(path: Path) -> Stamp:
    """Names, times and sizes of a folder's weights: they change when the weights do."""
    found = ((file.name, file.stat()) for file in weights.weight_files(path) if file.is_file())
    return tuple((name, info.st_mtime_ns, info.st_size) for name, info in found)


@lru_cache(maxsize=32)
def _shapes(path: Path, reference: str, _stamp: Stamp) -> Shapes:
    """The shapes of a folder's weights, read once; ModelError where they cannot be."""
    return weights.shapes(path, reference)
