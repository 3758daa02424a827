"""Where each symbol of a text looks: a text whose symbols are asked, and heads to choose among."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.shared import components, state
from dashboard.shared.components import Component
from moliere_core.networks.arrays import Array

_COMPONENT = Component(__file__, "attention")
SIDE = 48  # pixels of a thumbnail at most
SMALL_SIDE, MANY = 32, 64  # of each where there are so many heads


@dataclass(frozen=True)
class Look:
    """One way in which the symbols of a text look at those before them.

    Attributes:
        label: what it is called; "" where there is but one.
        weights: shape (time, time), rows that sum to 1, 0 ahead of each place.
    """

    label: str
    weights: Array


@dataclass(frozen=True)
class Thumbnails:
    """The heads of a network, to choose one.

    Attributes:
        weights: of all heads, shape (layers, heads, time, time).
        names: what stands under each, by layer and head; "" for nothing.
        titles: what is said of each, by layer and head.
        chosen: layer and head, from 0.
    """

    weights: Array
    names: Sequence[Sequence[str]]
    titles: Sequence[Sequence[str]]
    chosen: tuple[int, int]


def show(
    key: str,
    pieces: Sequence[str],
    looks: Sequence[Look],
    hint: str,
    choose: str = "",
    asked: int | None = None,
    thumbnails: Thumbnails | None = None,
    layer: str = "",
    heard: Callable[[], None] | None = None,
) -> None:
    """Draw a text, of which one symbol is asked where it looks.

    Args:
        key: of the widget.
        pieces: the symbols of the text.
        looks: the ways to look, the first of which is shown first.
        hint: what a click does.
        choose: what the looks are, before their labels.
        asked: number of the symbol that is asked; None for the last, or what was clicked.
        thumbnails: of the heads, beside the text.
        layer: what a layer is called, with {number}, in front of its thumbnails.
        heard: called when a symbol or a head was clicked, see `clicked`; None: nobody listens.
    """
    grid = None
    if thumbnails is not None:
        layers, heads = thumbnails.weights.shape[:2]
        side = SIDE if layers * heads <= MANY else SMALL_SIDE
        grid = {
            "chosen": list(thumbnails.chosen),
            "rows": [
                {
                    "label": layer.format(number=row + 1),
                    "cells": [
                        {
                            "image": _image(thumbnails.weights[row, head], side),
                            "name": thumbnails.names[row][head],
                            "title": thumbnails.titles[row][head],
                        }
                        for head in range(heads)
                    ],
                }
                for row in range(layers)
            ],
        }
    data = {
        "pieces": list(pieces),
        "looks": [{"label": look.label, "rows": _rows(look.weights)} for look in looks],
        "asked": asked,
        "grid": grid,
        "listens": heard is not None,
        "locale": state.language(),
        "labels": {"choose": choose, "hint": hint},
    }
    _COMPONENT(data, key, **({} if heard is None else {"look": heard}))


def clicked(key: str) -> tuple[int, int, int] | None:
    """Inside `heard`: the symbol that is asked, and the head's layer and number, from 0."""
    told = components.told(key, "look")
    if not isinstance(told, dict):
        return None
    found = [components.whole(told.get(n), 0, 10_000) for n in ("at", "layer", "head")]
    at, layer, head = found
    return None if at is None or layer is None or head is None else (at, layer, head)


def _rows(weights: Array) -> list[list[float]]:
    """Each row as far as its place: nothing lies ahead."""
    return [
        row[: place + 1] for place, row in enumerate(np.round(weights.astype(float), 4).tolist())
    ]


def thumbnail(weights: Array, side: int = SIDE) -> NDArray[np.uint8]:
    """What a head looks at, small, shape (side or less, side or less), from 0 to 255.

    Each pixel is the most of what it stands for; the root makes weak looks visible.
    """
    step = -(-len(weights) // side)  # rounded up
    starts = np.arange(0, len(weights), step)
    most = np.maximum.reduceat(np.maximum.reduceat(weights, starts, axis=0), starts, axis=1)
    return np.rint(255 * np.sqrt(most / max(float(most.max()), 1e-6))).astype(np.uint8)


def _image(weights: Array, side: int) -> str:
    """A thumbnail as the address of a picture that is more or less transparent (PNG, colour 4)."""
    shades = thumbnail(weights, side)
    height, width = shades.shape
    pixels = np.stack([np.zeros_like(shades), shades], axis=-1).reshape(height, -1)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 4, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()
