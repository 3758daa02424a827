"""Train the byte-level BPE tokenizer of `mini-gpt` on the training plays, in GPT-2's own format.

    MOLIERE_CORPUS=moliere.csv python -m tools.train_tokenizer FOLDER

The pre-tokenizer, the byte alphabet and the name of the end of text are GPT-2's; only the merges
are learned here, so that a class can compare the two on one sentence. It takes three seconds and
gives the same file every time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from moliere_core.config import RunConfig
from moliere_core.corpus import load_corpus

VOCAB_SIZE = 2048  # 256 bytes, 1,791 merges, the end of text
END_OF_TEXT = "<|endoftext|>"


def train_tokenizer(texts: list[str]) -> Tokenizer:
    """A byte-level BPE of `VOCAB_SIZE` tokens; END_OF_TEXT is token 0."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[END_OF_TEXT],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def tokenizer_config(context_length: int) -> dict[str, object]:
    """What Hugging Face's loaders want to know beside the tokenizer itself."""
    return {
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": False,
        "bos_token": END_OF_TEXT,
        "eos_token": END_OF_TEXT,
        "unk_token": END_OF_TEXT,
        "model_max_length": context_length,
        "clean_up_tokenization_spaces": False,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--context", type=int, default=256)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus().without(RunConfig().validation)
    texts = [corpus.select([play]).text() for play in corpus.plays]
    train_tokenizer(texts).save(str(args.folder / "tokenizer.json"))
    config = json.dumps(tokenizer_config(args.context), indent=2)
    (args.folder / "tokenizer_config.json").write_text(config + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
