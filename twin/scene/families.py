"""Which silhouette a tool gets: its family, by what the engineer called it."""

from __future__ import annotations

import re
from typing import NamedTuple


class Family(NamedTuple):
    """A shape family.

    size:  width along the aisle or the flow, depth, height [m]
    words: beginnings of words in a toolgroup's name or area that mean this family
    """

    size: tuple[float, float, float]
    words: tuple[str, ...]


FAMILIES: dict[str, Family] = {
    # Order matters: the first family one of whose words is met wins, so "litho_met" is metrology.
    "metrology": Family((2.0, 2.8, 2.2), ("met", "reg", "cdsem", "cd-sem", "overlay", "defect")),
    "track": Family((2.6, 5.6, 2.5), ("track", "coat", "develop", "resist")),
    "litho": Family((3.0, 7.4, 3.1), ("litho", "photo", "scan", "stepper", "expos")),
    "wet": Family((2.8, 5.2, 2.3), ("wet", "clean", "we", "rinse", "strip", "plating")),
    "etch": Family((3.2, 4.8, 2.4), ("etch", "dry", "de", "rie", "ash")),
    "furnace": Family((2.2, 4.4, 4.2), ("diff", "furnace", "oxid", "anneal", "lpcvd")),
    "implant": Family((4.0, 7.0, 2.8), ("impl", "ion")),
    "cmp": Family((3.0, 5.0, 2.4), ("cmp", "planar", "polish", "grind")),
    "deposition": Family(
        (3.6, 5.2, 2.5),
        ("tf", "thin", "depo", "cvd", "pvd", "diel", "sputter", "epi", "metal", "film", "ald"),
    ),
    "inspection": Family((5.0, 6.0, 3.4), ("insp", "gauge", "audit", "measure", "vision", "test", "check")),
    "framing": Family((7.5, 7.0, 4.6), ("fram", "gantry", "body_in", "marriage")),
    "weld": Family((7.0, 7.0, 3.2), ("weld", "spot", "respot", "robot", "roof", "floor", "side", "geo", "under")),
    "closures": Family((6.5, 6.4, 3.0), ("clos", "door", "hood", "hang", "trim", "fit")),
    "manual": Family((6.0, 5.6, 2.6), ("repair", "rework", "manual", "hand", "bench")),
    "oven": Family((9.0, 5.0, 3.2), ("oven", "bake", "cure", "dry", "cool", "heat")),
    "paint": Family((9.0, 5.6, 3.6), ("paint", "spray", "seal", "primer", "prime", "phosph", "coating")),
    "press": Family((6.0, 5.4, 6.0), ("press", "stamp", "forge", "blank")),
    "machine": Family((4.2, 3.8, 2.9), ("mill", "turn", "lathe", "cnc", "bore", "drill", "hone", "machin", "hob")),
    "pack": Family((4.6, 4.0, 2.4), ("pack", "pallet", "ship", "load", "unload", "stack")),
    "conveyor": Family((9.0, 2.6, 1.0), ("convey", "belt", "roller", "skid")),
    "station": Family((4.4, 4.0, 2.6), ()),
}
"""Every family with its size when a scene document gives none."""

LINE_FAMILIES = frozenset(
    {
        "inspection",
        "framing",
        "weld",
        "closures",
        "manual",
        "oven",
        "paint",
        "press",
        "machine",
        "pack",
        "conveyor",
        "station",
    }
)
"""Families a flow line runs through; the others face an aisle."""


def family_of(toolgroup: str, area: str | None, kind: str) -> str:
    """The family that a toolgroup's name tells, or else its area's, or else a plain station.

    kind: "fab" or "line"; a flow line prefers its own families ("dry" is an oven there, an etcher in a fab).
    """
    for name in (toolgroup, area or ""):
        words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
        own = [f for f in FAMILIES if (f in LINE_FAMILIES) == (kind == "line")]
        for family in own + [f for f in FAMILIES if f not in own]:
            if any(_means(word, start) for word in words for start in FAMILIES[family].words):
                return family
    return "station"


def _means(word: str, start: str) -> bool:
    """Two letters must be the whole word ("de", "tf"), more may begin it ("diff" in "diffusion")."""
    return word == start if len(start) <= 2 else word.startswith(start)
