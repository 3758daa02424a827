"""A stored run of a transformer in Hugging Face's own format: it opens as any GPT-2 does.

    model = GPT2LMHeadModel.from_pretrained(folder, local_files_only=True)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)

Its tokens are the characters of the run's alphabet, and one for those outside it; the file
`tokenizer.json` is one of the library `tokenizers`. The weights have Hugging Face's names in the
run already. Neither is needed to write them.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from safetensors.numpy import save

from moliere_core.config import ModelConfig
from moliere_core.errors import ModelError
from moliere_core.networks.loading import load_weights
from moliere_core.runs.run import Run
from moliere_core.text.vocabulary import UNKNOWN, Vocabulary

UNKNOWN_TOKEN = "<unk>"
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"


def to_gpt2(run: Run, snapshot: str | int | None = None) -> bytes:
    """A `.zip` of the files of `gpt2_files`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in gpt2_files(run, snapshot).items():
            file.writestr(name, content)
    return archive.getvalue()


def gpt2_files(run: Run, snapshot: str | int | None = None) -> dict[str, bytes]:
    """The files of a folder of Hugging Face's, by name.

    Args:
        run: of a transformer, as far as it is trained.
        snapshot: which weights, see `Run.snapshot`; by default the last.

    Raises:
        ModelError: its network is recurrent, or its weights cannot be read.
        RunError: it has no such snapshot.
    """
    config = run.config.model
    if not config.is_transformer:
        raise ModelError(
            "{run_id} is no transformer, and Hugging Face's format has none of its kind: write "
            "a .keras file",
            run_id=run.id,
        )
    weights = load_weights(run.snapshot(snapshot).path)
    named = {f"transformer.{name}": array for name, array in weights.items()}
    return {
        CONFIG: _json(gpt2_config(config, len(run.vocabulary))),
        WEIGHTS: save(named, {"format": "pt"}),
        TOKENIZER: _json(character_tokenizer(run.vocabulary)),
        TOKENIZER_CONFIG: _json(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "unk_token": UNKNOWN_TOKEN,
                "model_max_length": config.context,
                "clean_up_tokenization_spaces": False,
            }
        ),
    }


def gpt2_config(config: ModelConfig, symbols: int) -> dict[str, Any]:
    """What `GPT2Config` is made of."""
    return {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "n_embd": config.units,
        "n_head": config.heads,
        "n_layer": config.layers,
        "n_positions": config.context,
        "vocab_size": symbols,
        "embd_pdrop": config.dropout,
        "resid_pdrop": config.dropout,
        "attn_pdrop": 0.0,
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": None,
    }


def character_tokenizer(vocabulary: Vocabulary) -> dict[str, Any]:
    """A `tokenizer.json` that cuts a text into its characters."""
    known = {char: number for number, char in enumerate(vocabulary.chars, UNKNOWN + 1)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"Regex": "[\\s\\S]"},
            "behavior": "Isolated",
            "invert": False,
        },
        "post_processor": None,
        "decoder": {"type": "Fuse"},
        "model": {
            "type": "WordLevel",
            "vocab": {UNKNOWN_TOKEN: UNKNOWN, **known},
            "unk_token": UNKNOWN_TOKEN,
        },
    }


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
