"""Write a trained model as a page to take home, in Keras' format, or in Hugging Face's."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from moliere_core.errors import RunError

NAME = "export"
KERAS, PAGE = ".keras", ".html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", metavar="M", help="petit, run:ID, a run's folder; @EPOCH")
    parser.add_argument(
        "out",
        nargs="?",
        type=Path,
        metavar="OUT",
        help="a file.html, which writes in any browser, without a network; a file.keras, which "
        "Keras opens; or a folder to make, which transformers opens: of a model whose cell is "
        "transformer",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="the same as OUT, for a page")
    parser.add_argument("--prompt", default="", help="that a page opens with")
    parser.add_argument("--temperature", type=float, default=1.0, help="the same (1)")
    parser.add_argument("--top-k", type=int, default=0, help="the same (0: all characters)")
    parser.add_argument("--top-p", type=float, default=1.0, help="the same (1: all characters)")
    parser.add_argument("--seed", type=int, default=0, help="the same (0)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Write it, and say where."""
    from moliere_core.config import SamplingConfig
    from moliere_core.exchange.gpt2_export import gpt2_files
    from moliere_core.exchange.html_export import to_html
    from moliere_core.exchange.keras_export import to_keras
    from moliere_core.models.references import open_run

    found, snapshot = open_run(args.model)
    out: Path | None = args.html or args.out
    if out is None:
        raise RunError("nothing says where to write: name a file.html, a file.keras or a folder")
    if out.suffix == PAGE or args.html:
        sampling = SamplingConfig(args.temperature, args.top_k, args.top_p)
        page = to_html(found, snapshot, args.model, args.prompt, sampling, args.seed)
        files, form = {out: page}, "html"
    elif out.suffix == KERAS:
        files, form = {out: to_keras(found, snapshot)}, "keras"
    else:
        contents = gpt2_files(found, snapshot)
        files, form = {out / name: content for name, content in contents.items()}, "gpt2"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if form == "gpt2":
            out.mkdir(exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as error:
        raise RunError(
            "{path} cannot be written ({reason}): choose another place",
            path=out,
            reason=error.strerror,
        ) from error
    return {"model": args.model, "out": str(out), "format": form}


def render(result: dict[str, Any]) -> str:
    """Where it is, and how it is opened."""
    opened = {
        "html": "{out}: any browser opens it, without a network",
        "keras": 'keras.models.load_model("{out}")',
        "gpt2": 'GPT2LMHeadModel.from_pretrained("{out}", local_files_only=True)',
    }[result["format"]]
    return opened.format(out=result["out"])
