"""A line's mix as one flat table: its head, its order, its rules (`twin.arrays.mix_fields`)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.keys import stream_key
from twin.arrays.laws import LawTable
from twin.arrays.mix_fields import (
    EN_PRODUCT,
    ENTRY_FIELDS,
    MIX_CONSTANTS,
    MX_DRAWN,
    MX_ENTRIES,
    MX_ENTRY,
    MX_KEY,
    MX_KIND,
    MX_LAW,
    MX_LEADER,
    MX_LIMIT,
    MX_RULE,
    MX_RULES,
    MX_START,
    MX_WIP,
    RU_COUNTS,
    RU_STATE,
    RULE_FIELDS,
)
from twin.line import Line

Ints = NDArray[np.int64]
KINDS = {"every": f.RELEASE_EVERY, "wip": f.RELEASE_WIP, "saturated": f.RELEASE_SATURATED}


def mix_table(line: Line, laws: LawTable, ticks: Callable[[float | None], int]) -> Ints:
    """The mix as a flat table, products, laws and rules as indices; empty for a line without   (entry,)."""
    mix = line.mix
    if mix is None:
        return np.zeros(0, dtype=np.int64)
    index = {name: k for k, name in enumerate(line.products)}
    if mix.random:
        below = [round(part * 2**32) for part in accumulate(mix.random.values())]
        below[-1] = 1 << 32  # whatever was rounded
        entries = [(index[name], limit) for name, limit in zip(mix.random, below, strict=True)]
    else:
        entries = [(index[name], 0) for name in mix.cycle]
    head = np.zeros(MIX_CONSTANTS, dtype=np.int64)
    head[MX_KIND], head[MX_LAW] = KINDS[mix.kind], f.NONE if mix.every is None else laws.add(mix.every)
    head[MX_START], head[MX_WIP], head[MX_KEY] = ticks(mix.start), mix.wip or 0, stream_key("mix", "")
    head[MX_LIMIT] = len(mix.orders) if mix.orders else f.NEVER
    head[MX_ENTRIES], head[MX_ENTRY], head[MX_DRAWN] = len(entries), MIX_CONSTANTS, bool(mix.random)
    head[MX_RULES], head[MX_RULE] = len(mix.sequence_rules), MIX_CONSTANTS + ENTRY_FIELDS * len(entries)
    head[MX_LEADER] = next(k for k, product in enumerate(line.products.values()) if product.release.kind == "mix")
    rules = [
        [rule.at_most, rule.in_, k, *(name in rule.of for name in line.products)]
        for k, rule in enumerate(mix.sequence_rules)
    ]
    parts = [head, np.array(entries, dtype=np.int64).ravel(), np.array(rules, dtype=np.int64).ravel()]
    return np.concatenate(parts)


def placed_mix(mix: Ints, at: int, products: int, laws: int, product: int, rule: int) -> Ints:
    """The table with indices turned into places.

    at:       where it begins in the line's memory;  products: how many the line has;  laws: where the laws begin there
    product:  where the products begin in a world's memory;  rule: where its rules do
    """
    if not mix.size:
        return mix
    placed = mix.copy()
    entry, rules = int(mix[MX_ENTRY]), int(mix[MX_RULE])
    if mix[MX_LAW] != f.NONE:
        placed[MX_LAW] = laws + mix[MX_LAW] * f.LAW_CONSTANTS
    placed[MX_ENTRY], placed[MX_RULE] = at + entry, at + rules
    placed[MX_LEADER] = product + mix[MX_LEADER] * f.PRODUCT_FIELDS
    entries = placed[entry:rules].reshape(-1, ENTRY_FIELDS)
    entries[:, EN_PRODUCT] = product + entries[:, EN_PRODUCT] * f.PRODUCT_FIELDS
    found = placed[rules:].reshape(-1, RU_COUNTS + products)
    found[:, RU_STATE] = rule + found[:, RU_STATE] * RULE_FIELDS
    return placed


def rule_count(mix: Ints) -> int:
    """Sequence rules of a mix."""
    return int(mix[MX_RULES]) if mix.size else 0
