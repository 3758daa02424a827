"""Train the shipped model `mini-gpt`, a small GPT-2, with torch, in bfloat16, on a GPU or a CPU.

    python -m tools.train_tokenizer moliere_core/assets/mini-gpt
    MOLIERE_CORPUS=moliere.csv python -m tools.train_gpt FOLDER

    MOLIERE_CORPUS=moliere.csv python -m tools.train_gpt FOLDER --passes 16 --from ASSETS/mini-gpt

FOLDER keeps a checkpoint a pass: the same command goes on from it. As its card says it, in two
descents, the first with the steps of its final decay; `--passes N` makes another, with a plateau
and a straight decay over the last passes, and `--from` begins with the weights and the history of a
model that this script has written. At the end FOLDER/mini-gpt holds the model in Hugging Face's own
format, its history and `card.json`, the figures that the application lists.

The corpus is small for a transformer, 571,000 tokens: dropout, a strong weight decay and an average
of the weights keep it from reciting. A longer training (30 passes and more) may want more dropout
and BPE-dropout (Provilkov et al., arXiv 1910.13267), which cuts the plays into other tokens at each
pass, until the final decay comes back to the tokenizer's own cutting, the one that is measured.
Matrices are updated by Muon (Jordan et al., 2024), the rest by AdamW.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # leave the cores to whoever else works
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel

from moliere_core.config import RunConfig
from moliere_core.corpus import Corpus, load_corpus
from tools.schedule import MINI_GPT, MINI_GPT_CONTINUED, Schedule, Shares, plateau_then_decay
from tools.trainer import Trainer

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
ASSETS = Path(__file__).parent.parent / "moliere_core" / "assets" / "mini-gpt"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
CONTINUED_DROPOUT = 0.2  # of the second descent: eleven passes more recite more
DECAY_PASSES = 5  # the last passes, in which the learning rate falls in a straight line
SCORED_AT_ONCE = 8  # windows


@dataclass(frozen=True)
class Settings:
    """All that a repetition needs, beside the corpus and the tokenizer."""

    layers: int = 4
    width: int = 192
    heads: int = 3
    context: int = 256  # tokens
    batch: int = 12  # windows of `context` tokens
    dropout: float = 0.15  # of the embedding and of what each block adds
    bpe_dropout: float = 0.0  # share of the merges left out, at the plateau
    learning_rate: float = MINI_GPT.learning_rate
    weight_decay: float = 0.3
    weight_averaging: float = MINI_GPT.weight_averaging
    warm_up: int = MINI_GPT.warm_up  # updates
    seed: int = 1

    def schedule(self, shares: Shares) -> Schedule:
        """Of the learning rate, which takes these shares of the highest, pass after pass."""
        return Schedule(
            shares,
            self.learning_rate,
            MINI_GPT.last_share,
            self.warm_up,
            self.weight_averaging,
        )


def bits_per_char(
    model: GPT2LMHeadModel, ids: list[int], first: int, chars: int, context: int, half: bool = False
) -> float:
    """Bits per character of the text whose canonical tokens are `ids`: an upper bound.

    Every window begins with `first`, the line break, as every model's context does; windows
    advance by half their length, and each token is scored once, in the first window that has it.

    Args:
        model: in evaluation mode.
        ids: the text's tokens.
        first: the token that stands before it.
        chars: code points of the text.
        context: tokens a window, at most what the model was trained on.
        half: multiply in bfloat16, for the figures along the training.
    """
    nats = 0.0
    with torch.inference_mode():
        for windows, scored in _windows(ids, first, context):
            windows, scored = windows.to(model.device), scored.to(model.device)
            with torch.autocast(model.device.type, torch.bfloat16, enabled=half):
                logits = model(input_ids=windows[:, :-1]).logits
            losses = functional.cross_entropy(
                logits.float().transpose(1, 2), windows[:, 1:].clamp(min=0), reduction="none"
            )
            nats += float((losses.double() * scored[:, 1:]).sum())
    return nats / (chars * math.log(2))


def _windows(
    ids: list[int], first: int, context: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of windows, first token included, and which of their tokens they score."""
    step = context // 2
    tokens = torch.tensor(ids)
    rows, marks = [], []
    for start in range(0, max(1, len(ids) - step), step):
        window = tokens[start : start + context]
        mark = torch.ones(len(window), dtype=torch.bool)
        if start:
            mark[:step] = False
        padding = context - len(window)
        rows.append(functional.pad(window, (1, padding), value=first))
        marks.append(functional.pad(mark, (1, padding)))
    for at in range(0, len(rows), SCORED_AT_ONCE):
        yield (
            torch.stack(rows[at : at + SCORED_AT_ONCE]),
            torch.stack(marks[at : at + SCORED_AT_ONCE]),
        )


class GPTTrainer(Trainer):
    """The model, its tokenizer and the plays."""

    unit = "tokens"

    def __init__(self, folder: Path, corpus: Corpus, settings: Settings, shares: Shares) -> None:
        self.settings = settings
        self.tokenizer = Tokenizer.from_file(str(ASSETS / "tokenizer.json"))
        self.line_break: int = self.tokenizer.token_to_id("Ċ")  # type: ignore[assignment]  # of the byte 10, always there
        config = RunConfig()
        train = corpus.without(config.validation)
        self.plays = [train.select([play]).text() + "\n" for play in train.plays]
        self.train_chars = len(train.text())
        held_out = corpus.select(config.validation)
        self.validation = {"both": held_out.text()}
        self.validation |= {play: held_out.select([play]).text() for play in held_out.plays}
        torch.manual_seed(settings.seed)
        self.model = new_model(settings, self.tokenizer.get_vocab_size())
        super().__init__(
            folder,
            dict(self.model.named_parameters()),
            optimizers(self.model, settings),
            settings.schedule(shares),
            settings.seed,
        )

    def take_up(self, stored: Path) -> None:
        """Begin with the weights and the history of a model's folder: its moments are gone."""
        model = GPT2LMHeadModel.from_pretrained(stored, local_files_only=True, dtype=torch.float32)
        self.set_weights(dict(model.named_parameters()))
        self.averages = {name: w.detach().clone() for name, w in self.weights.items()}
        lines = (stored / "history.jsonl").read_text(encoding="utf-8").splitlines()
        self.history = [json.loads(line) for line in lines]
        self.update, self.seconds = self.history[-1]["updates"], self.history[-1]["seconds"]
        self.first_pass, self.first_update = len(self.history), self.update

    @property
    def batch_predictions(self) -> int:
        return self.settings.batch * self.settings.context

    def batches(self, done: int) -> list[torch.Tensor]:
        """One pass: plays in a new order, cut anew, read from a new place; (batch, context + 1)."""
        self.model.train()
        tokenizer = self.tokenizer
        tokenizer.model.dropout = (
            self.settings.bpe_dropout * self.schedule.share(done - self.first_pass) or None
        )
        ids: list[int] = []
        for i in self.rng.permutation(len(self.plays)):
            ids += tokenizer.encode(self.plays[i]).ids
        tokenizer.model.dropout = None
        length, batch = self.settings.context, self.settings.batch
        stream = np.roll(np.array(ids), -int(self.rng.integers(len(ids))))
        starts = np.arange(0, len(stream) - length, length)
        starts = self.rng.permutation(starts)[: len(starts) // batch * batch]
        windows = torch.from_numpy(np.stack([stream[at : at + length + 1] for at in starts]))
        return list(windows.to(DEVICE).split(batch))

    def loss(self, batch: torch.Tensor) -> torch.Tensor:
        with torch.autocast(DEVICE.type, torch.bfloat16):
            logits = self.model(input_ids=batch[:, :-1]).logits
        return functional.cross_entropy(
            logits.float().reshape(-1, logits.shape[-1]), batch[:, 1:].reshape(-1)
        )

    def averaged(self) -> GPT2LMHeadModel:
        model = new_model(self.settings, self.tokenizer.get_vocab_size())
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(self.averages[name])
        return model.eval()

    def validation_bits(self) -> float:
        return self.bits(self.averaged(), "both", half=True)

    def bits(self, model: GPT2LMHeadModel, play: str, half: bool = False) -> float:
        text = self.validation[play]
        ids = self.tokenizer.encode(text).ids
        return bits_per_char(
            model, ids, self.line_break, len(text), self.settings.context, half=half
        )

    def write_model(self) -> Path:
        """The averaged weights in half precision, measured as they are stored; and their record."""
        path = self.folder / "mini-gpt"
        model = self.averaged()
        model.config.activation_function = "gelu_new"  # the same function, GPT-2's name for it
        model.config.use_cache = True
        model.half().cpu().save_pretrained(path)
        for name in TOKENIZER_FILES:
            shutil.copyfile(ASSETS / name, path / name)
        stored = GPT2LMHeadModel.from_pretrained(path, local_files_only=True, dtype=torch.float32)
        bits = {play: self.bits(stored.eval(), play) for play in self.validation}
        with (path / "history.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in self.history)
        card = {
            "name": "mini-gpt",
            "parameters": sum(w.numel() for w in stored.parameters()),
            "layers": self.settings.layers,
            "context": self.settings.context,
            "vocab_size": self.tokenizer.get_vocab_size(),
            "bits_per_char": bits.pop("both"),
            "upper_bound": True,
            "bits_per_char_by_play": bits,
            "train_chars": self.train_chars,
            "train_plays": len(self.plays),
            "passes": len(self.history),
            "seconds": round(self.seconds),
            "settings": {**asdict(self.settings), "shares": self.schedule.shares},
        }
        (path / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        return path


def new_model(settings: Settings, vocab_size: int) -> GPT2LMHeadModel:
    config = GPT2Config(
        vocab_size=vocab_size,
        n_positions=settings.context,
        n_embd=settings.width,
        n_layer=settings.layers,
        n_head=settings.heads,
        resid_pdrop=settings.dropout,
        embd_pdrop=settings.dropout,
        attn_pdrop=0.0,  # with it the attention kernel of the CPU is left for a slower one
        activation_function="gelu_pytorch_tanh",
        bos_token_id=0,
        eos_token_id=0,
        use_cache=False,
    )
    model: GPT2LMHeadModel = GPT2LMHeadModel(config)
    return model.to(DEVICE)


def optimizers(model: GPT2LMHeadModel, settings: Settings) -> list[torch.optim.Optimizer]:
    """Muon for the blocks' matrices; AdamW for the embeddings, the scales and the biases."""
    matrices, embeddings, vectors = [], [], []
    for name, parameter in model.named_parameters():
        if parameter.ndim < 2:
            vectors.append(parameter)
        elif ".h." in name:
            matrices.append(parameter)
        else:
            embeddings.append(parameter)
    return [
        torch.optim.Muon(
            matrices,
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            [
                {"params": embeddings, "weight_decay": settings.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
        ),
    ]


def shipped(folder: Path, corpus: Corpus, settings: Settings) -> Path:
    """The two descents of the shipped model."""
    first = GPTTrainer(folder / "first", corpus, settings, MINI_GPT.shares)
    first.train()
    more = replace(settings, dropout=CONTINUED_DROPOUT)
    second = GPTTrainer(folder, corpus, more, MINI_GPT_CONTINUED.shares)
    second.take_up(first.write_model())
    second.train()
    return second.write_model()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passes", type=int, help="by default as the card says")
    parser.add_argument("--from", dest="stored", type=Path, help="folder of a model to go on from")
    for field, default in asdict(Settings()).items():
        parser.add_argument(f"--{field.replace('_', '-')}", type=type(default), default=default)
    args = vars(parser.parse_args())
    folder, passes, stored = args.pop("folder"), args.pop("passes"), args.pop("stored")
    if stored and passes is None:
        parser.error("--from needs --passes")
    if passes is None:
        print(shipped(folder, load_corpus(), Settings(**args)))
        return
    shares = plateau_then_decay(passes, DECAY_PASSES)
    trainer = GPTTrainer(folder, load_corpus(), Settings(**args), shares)
    if stored:
        trainer.take_up(stored)
    trainer.train()
    print(trainer.write_model())


if __name__ == "__main__":
    main()
