"""Causal networks of torch and transformers, which are imported here alone, in the worker.

A network is loaded from its folder on disk, never from the hub. GPT-2 and its like do not come
here: NumPy reads them (`network.PlainNetwork`).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.cache_utils import DynamicCache, DynamicLayer

from moliere_core.errors import ModelError
from moliere_core.networks.arrays import Array
from moliere_core.pretrained.folders import configuration, context_length
from moliere_core.pretrained.network import Past
from moliere_core.system.machine import threads


class TorchNetwork:
    """Any causal network that transformers knows; see `Network`.

    Args:
        reference: for messages.
        folder: where its files are.
        dtype: "float32" or "bfloat16".

    Raises:
        ModelError: its files cannot be read, are not whole, or are of another kind.
    """

    def __init__(self, reference: str, folder: Path, dtype: str) -> None:
        torch.set_num_threads(threads())
        try:
            config = AutoConfig.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,  # or it asks on standard input
            )
            self._network, report = AutoModelForCausalLM.from_pretrained(
                folder,
                config=config,
                local_files_only=True,
                trust_remote_code=False,
                dtype=getattr(torch, dtype),
                output_loading_info=True,
            )
        except MemoryError:
            raise
        except Exception as error:  # of a dozen kinds
            raise _unreadable(error, reference, configuration(folder)) from error
        if report["missing_keys"] or report.get("mismatched_keys"):
            raise ModelError(
                "the weights of {reference} are not whole ({count} tensors are missing): fetch it "
                "again, or choose another model",
                reference=reference,
                count=len(report["missing_keys"]) + len(report.get("mismatched_keys", ())),
            )
        self._network.eval()
        # What transformers calls the keys and values of a past; another name before 5.24.
        takes = inspect.signature(self._network.forward).parameters
        self._past_name = "cache" if "cache" in takes else "past_key_values"
        self.vocab_size = int(self._network.get_input_embeddings().num_embeddings)
        self.context_length = context_length(config.to_dict())
        self.parameters = int(self._network.num_parameters())

    def forward(
        self, rows: Sequence[Sequence[int]], past: Past, keep: int = 1
    ) -> tuple[Array, Past]:
        """See `Network`; only contexts that grow by appending can be taken up again."""
        with torch.inference_mode():
            output = self._network(
                input_ids=torch.tensor([list(ids) for ids in rows]),
                **{self._past_name: _cache(past)},
                use_cache=True,
                logits_to_keep=keep,
            )
        logits = output.logits[:, -keep:].float().numpy()
        layers = getattr(getattr(output, self._past_name, None), "layers", [])
        if not layers or any(type(layer) is not DynamicLayer for layer in layers):
            return logits, ()
        return logits, [(layer.keys, layer.values) for layer in layers]

    def stacked(self, pasts: Sequence[Past]) -> Past:
        """See `Network`."""
        if len(pasts) == 1:
            return pasts[0]
        layers = zip(*pasts, strict=True)
        return [
            (torch.cat([k for k, _ in layer]), torch.cat([v for _, v in layer])) for layer in layers
        ]

    def attention(self, ids: Sequence[int]) -> Array:
        """See `Network`."""
        usual = self._network.config._attn_implementation
        self._network.set_attn_implementation("eager")  # the others do not keep their weights
        try:
            with torch.inference_mode():
                output = self._network(
                    input_ids=torch.tensor([list(ids)]), output_attentions=True, use_cache=False
                )
        finally:
            self._network.set_attn_implementation(usual)
        return np.stack([weights[0].float().numpy() for weights in output.attentions])


def _cache(past: Past) -> DynamicCache:
    """A cache of transformers over these tensors, which are not copied."""
    cache = DynamicCache()
    for keys, values in past:
        layer = DynamicLayer()
        layer.lazy_initialization(keys, values)
        layer.keys, layer.values = keys, values
        cache.layers.append(layer)
    return cache


def _unreadable(error: Exception, reference: str, said: Mapping[str, Any]) -> Exception:
    """What to say where loading fails."""
    text = " ".join(str(error).split())
    if isinstance(error, RuntimeError) and "alloc" in text.lower():
        return error
    if isinstance(error, ValueError) and "configuration class" in text.lower():
        return ModelError(
            "{reference} does not write from left to right ({kind}): choose a causal model, such "
            "as hf:gpt2",
            reference=reference,
            kind=type(error).__name__,
        )
    unknown = "does not recognize this architecture" in text
    if "trust_remote_code" in text or (unknown and said.get("auto_map")):
        return ModelError(
            "{reference} comes with code of its own, which is not run here: choose a model of an "
            "architecture that transformers knows",
            reference=reference,
        )
    if unknown:
        return ModelError(
            "{reference} is of an architecture ({kind}) that the transformers of this machine do "
            "not know: choose another model, or a later version of transformers",
            reference=reference,
            kind=str(said.get("model_type", "?"))[:80],
        )
    return ModelError(
        "the files of {reference} cannot be read ({reason}): fetch it again, or choose another "
        "model",
        reference=reference,
        reason=text[:200],
    )
