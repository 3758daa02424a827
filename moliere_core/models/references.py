"""Model references: what `petit`, `grand@12`, `run:ID` or `kn-3` name, and how it is opened."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.errors import ModelError, RunError
from moliere_core.models.networks import SCORE_CHUNK as SCORE_CHUNK
from moliere_core.models.networks import NetworkModel as NetworkModel
from moliere_core.models.networks import RecurrentModel as RecurrentModel
from moliere_core.models.networks import surprisal_bits as surprisal_bits
from moliere_core.models.ngrams import NGramModel
from moliere_core.models.protocol import CharModel
from moliere_core.networks.loading import MixedFilesError, load_network
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import CONFIG, VOCABULARY, Run, Snapshot, run_path

SHIPPED = ("petit", "grand", "petit-rnn", "petit-gpt")
MINI, HUB = "mini-gpt", "hf:"  # references of models of tokens, see `pretrained`
# Files that the hub's tools write into the folder of a model of tokens, beside `config.json`.
HUB_FILES = (
    "model.safetensors",
    "pytorch_model.bin",
    "adapter_config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
_OF_A_FOLDER = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx")
EXPERIMENTS = ASSETS / "experiments"  # a folder a plan, in it a run a variant
NGRAMS = ASSETS / "ngrams" / "kn-8.safetensors"  # holds the lower orders too
NGRAM_ORDERS = range(1, 9)


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be named: what a list shows before anything is loaded."""

    name: str
    kind: str  # of its cell, see `ModelConfig`; "ngram", or "gpt" of a pretrained one
    parameters: int  # of n-grams: the stored contexts and n-grams
    available: bool
    epochs: tuple[int, ...] = ()
    experiment: bool = False  # one of many runs that only the Experiments page compares
    imported_from: str = ""  # the file that a run was imported from


_REFERENCE = re.compile(r"(?P<name>.+?)(@(?P<snapshot>\d+|step-\d+))?", re.DOTALL)


def open_run(reference: str) -> tuple[Run, str | None]:
    """The run that a reference names, and the name of its snapshot where it gives one.

    `petit`, `grand`, `exp-PLAN-RUN`, `run:ID` or the path of a run's folder, with `@EPOCH` or
    `@step-UPDATES`.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ModelError("the name of the model is empty: choose petit or grand")
    name, snapshot = match["name"], match["snapshot"]
    if _ngram_order(name):
        raise _without_cells(name)
    if name in SHIPPED:
        return Run.open(ASSETS / name), snapshot
    if experiment := _experiment_folder(name):
        return Run.open(experiment), snapshot
    if name.startswith("run:"):
        return Run.open(run_path(name.removeprefix("run:"))), snapshot
    try:
        folder, file = Path(name).is_dir(), Path(name).is_file()
        files = {path.name for path in Path(name).iterdir()} if folder else set()
    except (OSError, ValueError):  # too long for a path, or not to be read
        folder = file = False
    if folder:
        if files & {*HUB_FILES} and VOCABULARY not in files:
            raise _of_tokens(name)
        if CONFIG not in files and (inside := _models_inside(Path(name))):
            raise ModelError(
                "{name} is not a model, but holds some: choose one of them, such as {inside}",
                name=name,
                inside=inside[-1],
            )
        return Run.open(Path(name)), snapshot
    if file and Path(name).suffix.lower() in _OF_A_FOLDER:
        raise ModelError(
            "{name} is a file of a model: choose the folder that it is in, as save_pretrained "
            "wrote it",
            name=name,
        )
    if file:
        raise ModelError(
            "{name} is a file, and a model is a run's folder: bring in the .zip of a run with "
            "`moliere models import FILE`, a .keras file on the Training page",
            name=name,
        )
    raise unknown_model(name)


def names_tokens(reference: str) -> bool:
    """Whether a reference, and no path of a folder, names a model of tokens."""
    return reference == MINI or reference.startswith(HUB)


def unknown_model(name: str) -> ModelError:
    """The error of a name that is no model's, or a model of tokens'."""
    if names_tokens(name):
        return _of_tokens(name)
    return ModelError(
        "there is no model {name!r}: choose {shipped}, {mini}, kn-1 to kn-8, hf:NAME, run:ID, or "
        "a run's folder",
        name=name,
        shipped=", ".join(SHIPPED),
        mini=MINI,
    )


def _models_inside(folder: Path) -> list[Path]:
    """The folders in a folder that hold the weights of a model, as training leaves checkpoints."""
    found = (path for path in folder.iterdir() if not path.name.startswith(".") and path.is_dir())
    inside = [path for path in found if any((path / name).is_file() for name in HUB_FILES[:3])]
    return sorted(inside, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _of_tokens(name: str) -> ModelError:
    return ModelError(
        "{name} writes tokens, and a model of characters is wanted here: choose {shipped} or "
        "run:ID (the Bridge page takes both)",
        name=name,
        shipped=", ".join(SHIPPED),
    )


def load_model(reference: str) -> CharModel:
    """Open a model by its reference; the last epoch unless the reference names a snapshot."""
    if order := _ngram_order(reference):
        return NGramModel.load(NGRAMS, order)
    return load_network_model(reference)


def load_network_model(reference: str) -> NetworkModel:
    """Open a model that is a network, recurrent or a transformer; ModelError for any other."""
    run, snapshot = open_run(reference)
    return snapshot_model(run, run.snapshot(snapshot), reference)


def load_recurrent(reference: str) -> RecurrentModel:
    """Open a model that has cells to look into; ModelError for any other."""
    return recurrent(load_network_model(reference))


def recurrent(model: NetworkModel) -> RecurrentModel:
    """The same model, known to have cells to look into; ModelError for a transformer."""
    if not isinstance(model, RecurrentModel):
        raise _without_cells(model.reference)
    return model


def snapshot_model(run: Run, snapshot: Snapshot, reference: str = "") -> NetworkModel:
    """A run as it was at a snapshot; its name is the snapshot's where there is no other."""
    name = reference or snapshot.name
    try:
        network = load_network(snapshot.path, run.config.model)
    except MixedFilesError as error:
        raise ModelError(
            "{reference} has weights of another architecture than its settings: "
            "the files of two models were mixed, fetch or train it again",
            reference=name,
        ) from error
    return NetworkModel.of(name, network, run.vocabulary)


def _without_cells(reference: str) -> ModelError:
    return ModelError(
        "{reference} has no cells to look into: choose petit, grand or a run", reference=reference
    )


def list_models() -> list[ModelEntry]:
    """The shipped models, the experiments' runs, then the stored runs, newest first."""
    shipped = [_shipped_entry(name) for name in SHIPPED]
    stored = [
        ModelEntry(
            f"run:{found.name}",
            found.config.model.cell,
            found.config.model.parameter_count(found.symbols),
            found.has_weights,
            found.epochs,
            imported_from=found.imported_from,
        )
        for found in stored_runs()
    ]
    return [*shipped, *_ngram_entries(), *_experiment_entries(), *stored]


_EXPERIMENT = re.compile(r"exp-(?P<plan>[a-z_]+)-(?P<run>[a-z0-9-]+)")


def _experiment_folder(reference: str) -> Path | None:
    """The folder of "exp-PLAN-RUN"; None for any other reference, and where nothing is there."""
    match = _EXPERIMENT.fullmatch(reference)
    folder = EXPERIMENTS / match["plan"] / match["run"] if match else None
    return folder if folder and folder.is_dir() else None


@cache
def _experiment_entries() -> tuple[ModelEntry, ...]:
    """The runs of the experiments, which never change."""
    entries = []
    for path in sorted(EXPERIMENTS.glob("*/*/")):
        with contextlib.suppress(RunError):
            entry = _entry(f"exp-{path.parent.name}-{path.name}", Run.open(path))
            entries.append(replace(entry, experiment=True))
    return tuple(entries)


def _ngram_order(reference: str) -> int:
    """The n of "kn-n", where n-grams of that length are shipped; 0 for any other reference."""
    order = reference.removeprefix("kn-")
    return int(order) if order != reference and order in map(str, NGRAM_ORDERS) else 0


@cache
def _ngram_entries() -> tuple[ModelEntry, ...]:
    """Sizes of the shipped n-grams: reading them takes 50 ms, and they never change."""
    largest = NGramModel.load(NGRAMS)
    sizes = [largest.truncated(order).parameters for order in NGRAM_ORDERS]
    return tuple(
        ModelEntry(f"kn-{order}", "ngram", size, available=True)
        for order, size in zip(NGRAM_ORDERS, sizes, strict=True)
    )


def _shipped_entry(name: str) -> ModelEntry:
    try:
        return _entry(name, Run.open(ASSETS / name))
    except RunError:  # an incomplete copy of the application: the other models still work
        return ModelEntry(
            name, "transformer" if name.endswith("gpt") else "lstm", 0, available=False
        )


def _entry(name: str, run: Run) -> ModelEntry:
    epochs = tuple(s.epoch for s in run.snapshots if s.epoch is not None)
    size = run.config.model.parameter_count(len(run.vocabulary))
    return ModelEntry(name, run.config.model.cell, size, bool(run.snapshots), epochs)
