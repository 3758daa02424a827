"""Small tokenizers of every kind that spells with bytes, trained on a few sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

END = "</s>"
SENTENCES = (
    "Ah ! voilà mon frère, qui s'en va voir la ville.",
    "Voyez-vous, Madame, c'est l'homme que j'ai vu ; il est né en 1622.\n",
    "Ah ! vois-tu, il l'a dit  deux fois, et 1623 fois en 16.\n\n  Et voilà.",
    "voile voilà vois voilier ville villes vil : la vie, la voix, le voile !",
)
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_DIGITS_FROM_THE_RIGHT = r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))"
_GPT4 = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"
    r"|\s*[\r\n]|\s+(?!\S)|\s+"
)


def _trained(tokenizer: Tokenizer, trainer: Any) -> Tokenizer:
    tokenizer.train_from_iterator(list(SENTENCES) * 3, trainer)
    return tokenizer


def _bpe(size: int, letters: list[str] | None = None) -> Any:
    return trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END],
        initial_alphabet=letters or [],
        show_progress=False,
    )


def byte_level(cut: Any = None, prefix: bool = False, regex: bool = True) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    last = pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=regex)
    tokenizer.pre_tokenizer = last if cut is None else pre_tokenizers.Sequence([cut, last])
    tokenizer.decoder = decoders.ByteLevel()
    return _trained(tokenizer, _bpe(380, pre_tokenizers.ByteLevel.alphabet()))


def split_on(pattern: str) -> Any:
    return pre_tokenizers.Split(Regex(pattern), "isolated")


def with_bytes(tokenizer: Tokenizer) -> Tokenizer:
    """The same with a token for each byte, which spells what no other token does."""
    document = json.loads(tokenizer.to_str())
    model, names = document["model"], [f"<0x{byte:02X}>" for byte in range(256)]
    if model["type"] == "BPE":
        model["vocab"] |= {name: len(model["vocab"]) + i for i, name in enumerate(names)}
    else:
        model["vocab"] += [[name, -20.0] for name in names]
    model["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(document))


def metaspace(scheme: str, split: bool = True) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=split)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme=scheme)
    return with_bytes(_trained(tokenizer, _bpe(200)))


def sentencepiece(prepend: bool) -> Tokenizer:
    """As Gemma's, or with the space before every text as Llama 2's."""
    tokenizer = Tokenizer(models.BPE(fuse_unk=True))
    spaces = normalizers.Replace(" ", SPACE)
    tokenizer.normalizer = spaces
    if prepend:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), spaces])
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    steps = [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(steps + [decoders.Strip(" ", 1, 0)] * prepend)
    tokenizer = with_bytes(_trained(tokenizer, _bpe(300)))
    tokenizer.add_tokens([AddedToken("\n\n", normalized=False)])
    if prepend:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{END} $A", special_tokens=[(END, 0)]
        )
    return tokenizer


def unigram(fallback: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=110, special_tokens=[END, "<unk>"], unk_token="<unk>", show_progress=False
    )
    _trained(tokenizer, trainer)
    return with_bytes(tokenizer) if fallback else tokenizer


def raw() -> Tokenizer:
    """Letters as they are, joined across spaces."""
    return _trained(Tokenizer(models.BPE()), _bpe(160))


def letters() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    trainer = trainers.WordLevelTrainer(special_tokens=[END, "<unk>"], show_progress=False)
    return _trained(tokenizer, trainer)


def composed() -> Tokenizer:
    tokenizer = byte_level()
    tokenizer.normalizer = normalizers.NFC()
    return tokenizer


def runs_of_spaces() -> Tokenizer:
    tokenizer = byte_level()
    tokenizer.add_tokens([AddedToken(" " * n, normalized=False) for n in (2, 3, 4)])
    return tokenizer


KINDS: dict[str, Callable[[], Tokenizer]] = {
    "byte-level": byte_level,
    "byte-level, space added": lambda: byte_level(prefix=True),
    "byte-level, digits apart": lambda: byte_level(pre_tokenizers.Digits(individual_digits=True)),
    "byte-level, digits by three": lambda: byte_level(split_on(_GPT4), regex=False),
    "byte-level, digits from the right": lambda: byte_level(split_on(_DIGITS_FROM_THE_RIGHT)),
    "byte-level, one piece": lambda: byte_level(regex=False),
    "byte-level, runs of spaces": runs_of_spaces,
    "byte-level, NFC": composed,
    "metaspace, always": lambda: metaspace("always"),
    "metaspace, first": lambda: metaspace("first"),
    "metaspace, never": lambda: metaspace("never"),
    "metaspace, one piece": lambda: metaspace("first", split=False),
    "as Gemma": lambda: sentencepiece(prepend=False),
    "as Llama 2": lambda: sentencepiece(prepend=True),
    "unigram": lambda: unigram(fallback=False),
    "unigram, bytes": lambda: unigram(fallback=True),
    "letters joined across spaces": raw,
    "letters": letters,
}
