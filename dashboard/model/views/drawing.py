"""The network drawn layer under layer, with shapes, an example and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard.model import results
from dashboard.model.controls import Settings
from dashboard.shared import i18n, naming
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core.networks.architecture import LayerPlan, layer_plans
from moliere_core.networks.arrays import Array, softmax
from moliere_core.text.signs import visible

_ARCHITECTURE = Component(__file__, "architecture")  # layers with shapes, examples, parameters
READ = 12  # characters of the corpus that the example has read


def show(settings: Settings) -> None:
    """The drawing."""
    with st.spinner(_("Les poids de départ sont tirés au sort…")):
        data = payload(settings)
    _ARCHITECTURE(data, "model.drawing")
    st.caption(
        _(
            "L’exemple est calculé : un réseau de ces tailles, jamais entraîné, a lu {chars} "
            "caractères du corpus. Orange, un nombre positif ; bleu, un négatif ; chaque bande a "
            "son échelle."
        ).format(chars=READ)
    )


def payload(settings: Settings) -> dict[str, Any]:
    """What components/architecture.js needs."""
    model, symbols = settings.model, settings.symbols
    batch, length = settings.training.batch_size, settings.training.seq_length
    network = results.untrained(model, symbols)
    text, ids = settings.material.text[:READ], settings.material.ids[:READ]
    examples, logits = results.outputs(network, ids)
    plans = layer_plans(model, symbols)
    total = model.parameter_count(symbols)
    shape = f"({batch}, {length}, {{}})"
    seen = "".join(map(visible, text[-4:]))
    rows = [
        _row(
            "input",
            _("Entrée"),
            _("des caractères, en entiers"),
            f"({batch}, {length})",
            text=f"…{seen} → {ids[-1]}",
        )
    ]
    for plan, values in zip(plans, examples, strict=True):
        if plan.kind in ("dense", "block") and plan.number == 1 and model.dropout:
            note = _("cache {share}, en apprenant").format(share=i18n.percent(model.dropout))
            rows.append(_row("dropout", "Dropout", note, shape.format(model.units)))
        rows.append(
            _row(
                "recurrent" if plan.recurrent or plan.kind == "block" else plan.kind,
                naming.layer(plan, model.layers),
                _note(plan),
                shape.format(plan.outputs),
                values=_scaled(values),
                plan=plan,
                share=plan.parameters / total,
            )
        )
    if model.is_transformer:
        note = _("la table du plongement, relue")
        rows.append(_row("dense", _("Sortie"), note, shape.format(symbols), values=_scaled(logits)))
    probs = softmax(logits)
    bars = {
        "bars": (probs / probs.max()).round(4).tolist(),
        "chance": float(1 / symbols / probs.max()),
    }
    note = _("tirets : 1/{symbols} chacun").format(symbols=symbols)
    rows.append(_row("softmax", "Softmax", note, shape.format(symbols)) | bars)
    return {
        "rows": rows,
        "total": _("{count} paramètres").format(count=i18n.number(total)),
        "labels": {
            "layer": _("couche"),
            "shape": _("forme de ce qui en sort"),
            "example": _("exemple"),
            "values": _("les premiers nombres qui sortent de la couche, en couleurs"),
            "bars": _("les probabilités de tous les symboles, presque égales"),
        },
    }


def _row(
    kind: str,
    title: str,
    note: str,
    shape: str,
    text: str = "",
    values: list[float] | None = None,
    plan: LayerPlan | None = None,
    share: float = 0.0,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": title,
        "note": note,
        "shape": shape,
        "text": text,
        "values": values,
        "bars": None,
        "chance": 0.0,
        "count": i18n.number(plan.parameters) if plan else "0",
        "sum": naming.product(plan) if plan else "",
        "share": share,
    }


def _note(plan: LayerPlan) -> str:
    if plan.kind == "embedding":
        return _("une ligne par symbole")
    if plan.kind == "dense":
        return _("un score par symbole")
    return {
        "rnn": _("sans porte, un état transmis"),
        "lstm": _("trois portes, un état transmis"),
        "gru": _("deux portes, un état transmis"),
        "positions": _("une ligne par place, ajoutée"),
        "block": _("attention, puis calcul"),
        "norm": _("à la même échelle"),
    }[plan.kind]


def _scaled(values: Array) -> list[float]:
    """Shares of the largest, from -1 to 1."""
    peak = float(np.abs(values).max()) or 1.0
    return [round(float(v) / peak, 3) for v in values]
