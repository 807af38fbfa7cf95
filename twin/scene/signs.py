"""Signs in the scene: areas, stations, queue figures, and the bottleneck's call-out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.scene.labels import Label, place
from twin.scene.lettering import pixel
from twin.scene.overlay import ACCENT, GREY, INK, PAPER, Overlay
from twin.scene.panel import EDGE, head_height, longest_queues, lots_text, most_loaded
from twin.scene.picture import Picture
from twin.scene.plan import Plan, Rect, Sign, overlap
from twin.scene.solids import Floats
from twin.scene.towers import Towers
from twin.scene.view import View

QUEUES_SHOWN = 6
CALL_OUT_UP = 92.0
"""Middle of the call-out above its tools [px at 1080 lines]."""
FAR = 26.0
"""Distance from its place beyond which a label gets a line to it [px at 1080 lines]."""
MUST_SHOW, MANY = 40, 150
"""Stations up to which every sign is shown; of more, those that find room; of many, those the panel lists."""


@dataclass(frozen=True)
class Placed:
    """A label with its rectangle [px] and the point of the scene it belongs to [m] (3,)."""

    label: Label
    rect: Rect
    point: Floats
    accent: bool = False


def layout_signs(
    plan: Plan, picture: Picture, towers: Towers, view: View, bottleneck: int | None, panel: Rect | None
) -> list[Placed]:
    """Every label that found a place: the bottleneck's call-out first, then signs, queue and loop figures."""
    px = pixel(view.size)
    wanted: list[tuple[Label, Floats, bool]] = []
    if bottleneck is not None:
        wanted.append((*_call_out(plan, picture, towers, view, bottleneck), True))
    told = {g for g, _ in most_loaded(plan, picture)} | set(longest_queues(towers))
    for sign in plan.signs:
        if len(plan.signs) > MANY and told.isdisjoint(sign.groups):
            continue
        if sign.groups == (bottleneck,):
            continue  # the call-out says it all
        wanted.append((*_sign(plan, picture, sign, view), False))
    if bottleneck is not None:
        signs = [label for label, _, _ in wanted[1:]]
        wanted[0] = (_clear_of(wanted[0][0], signs), *wanted[0][1:])
    wanted += [(*figure, False) for figure in _queue_figures(plan, towers, view, bottleneck)]
    wanted += [(*figure, False) for figure in _loop_figures(plan, view)]
    taken = [panel] if panel else []
    if plan.kind == "fab":
        taken += _tower_rects(towers, view)
    frame = (
        0.4 * EDGE * px,
        12 * px,
        view.size[0] - 0.4 * EDGE * px,
        view.size[1] - head_height(picture) * px,
    )
    rects = place([label for label, _, _ in wanted], taken, frame)
    return [
        Placed(label, rect, point, accent)
        for (label, point, accent), rect in zip(wanted, rects, strict=True)
        if rect is not None
    ]


def _sign(plan: Plan, picture: Picture, sign: Sign, view: View) -> tuple[Label, Floats]:
    """An area's or a station's name, hung on the side of its anchor that the sign asks for."""
    px = pixel(view.size)
    anchors = np.array(sign.anchors)
    spots = [(float(x), float(y)) for x, y in view.project(anchors)[:, :2]]
    lines = _sign_lines(plan, picture, sign.text, sign.groups, px)
    label = Label(lines, tuple(spots), must=plan.kind == "fab" or len(plan.signs) <= MUST_SHOW)
    wide, high = label.extent
    spots[0] = (
        spots[0][0] + sign.side[0] * (0.5 * wide + 5 * px),
        spots[0][1] + sign.side[1] * (0.5 * high + 5 * px),
    )
    return replace(label, spots=tuple(spots)), anchors[0]


def _clear_of(call_out: Label, signs: list[Label]) -> Label:
    """The call-out, its spots that cover the fewest signs first."""

    def covered(spot: tuple[float, float]) -> int:
        mine = call_out.rect(spot)
        return sum(overlap(mine, sign.rect(sign.spots[0])) for sign in signs)

    return replace(call_out, spots=tuple(sorted(call_out.spots, key=covered)))


def _queue_figures(plan: Plan, towers: Towers, view: View, bottleneck: int | None) -> list[tuple[Label, Floats]]:
    """Lots on top of the tallest towers of a fab; a flow line is small enough to count blocks."""
    if plan.kind != "fab":
        return []
    px = pixel(view.size)
    heights = towers.heights()
    found = []
    for g in _tallest(towers):
        if g == bottleneck:
            continue
        top = np.array([*towers.place(g), heights[g]])
        x, y = view.project(top)[0, :2]
        shifts = ((0, 16), (46, 4), (-46, 4), (0, 30))
        spots = tuple((x + dx * px, y + dy * px) for dx, dy in shifts)
        line = (lots_text(float(towers.lots[g])), 16 * px, True)
        found.append((Label((line,), spots, pad=(5 * px, 2 * px)), top))
    return found


def _loop_figures(plan: Plan, view: View) -> list[tuple[Label, Floats]]:
    """The share of lots sent back, at the top of each arc."""
    px = pixel(view.size)
    found = []
    for loop in plan.loops:
        top = loop.top()
        x, y = view.project(top)[0, :2]
        if loop.share > 0.995:  # the only way on from there
            continue
        line = (f"{100 * loop.share:.3g} %", 16 * px, True)
        found.append((Label((line,), ((x, y), (x, y + 24 * px)), pad=(5 * px, 2 * px)), top))
    return found


def _tallest(towers: Towers) -> list[int]:
    """Toolgroups whose towers get a figure."""
    return [int(g) for g in np.argsort(-towers.lots)[:QUEUES_SHOWN] if towers.lots[g] > 0.5]


def _tower_rects(towers: Towers, view: View) -> list[Rect]:
    """Where the tallest towers show [px]: labels keep off them."""
    heights = towers.heights()
    rects = []
    for g in _tallest(towers):
        x, y = towers.place(g)
        points = [[x + dx, y, z] for dx in (-towers.side, towers.side) for z in (0.0, heights[g])]
        seen = view.project(np.array(points))[:, :2]
        (x0, y0), (x1, y1) = seen.min(axis=0), seen.max(axis=0)
        rects.append((float(x0), float(y0), float(x1), float(y1)))
    return rects


def _sign_lines(
    plan: Plan, picture: Picture, text: str, groups: tuple[int, ...], px: float
) -> tuple[tuple[str, float, bool], ...]:
    """A name, and below it what stands there and how busy it is."""
    tools = sum(plan.groups[g].tools for g in groups)
    facts = [f"{tools:,} tools"] if plan.kind == "fab" and tools > 1 else []
    if plan.kind == "line" and tools > 1:
        facts.append(f"{tools} x")
    share = picture.busy(np.isin(plan.group, groups))
    if share is not None:
        facts.append(f"{100 * share:.0f} %")
    if len(plan.signs) > MUST_SHOW:
        return ((text, 17 * px, True),)
    name = (text, 19 * px, True)
    return (name, (" · ".join(facts), 16 * px, False)) if facts else (name,)


def _call_out(plan: Plan, picture: Picture, towers: Towers, view: View, group: int) -> tuple[Label, Floats]:
    """The bottleneck's label, above its largest cluster."""
    px = pixel(view.size)
    rect = max(plan.runs(group), key=lambda r: (r[2] - r[0]) * (r[3] - r[1]))
    top = np.array([(rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2, plan.groups[group].size[2] + 0.6])
    x, y = view.project(top)[0, :2]
    facts = []
    share = picture.busy(plan.group == group)
    if share is not None:
        facts.append(f"{100 * share:.1f} % utilised")
    facts.append(f"{lots_text(float(towers.lots[group]))} waiting")
    lines = (
        (f"Bottleneck: {plan.groups[group].title}", 21 * px, True),
        (" · ".join(facts), 18 * px, False),
    )
    spots = tuple((x + dx * px, y + dy * px) for dy in (CALL_OUT_UP, 130, 60, 170) for dx in (0, 70, -70, 140, -140))
    return Label(lines, spots, must=True, pad=(14.0 * px, 9.0 * px)), top


def call_out_top(plan: Plan, picture: Picture, towers: Towers, view: View, bottleneck: int | None) -> float:
    """Where the call-out would reach up to, above its tools [px]."""
    if bottleneck is None:
        return 0.0
    label, _ = _call_out(plan, picture, towers, view, bottleneck)
    return label.rect(label.spots[0])[3]


def add_signs(
    overlay: Overlay,
    plan: Plan,
    picture: Picture,
    towers: Towers,
    view: View,
    bottleneck: int | None,
    panel: Rect | None,
) -> None:
    """Draws the labels that found a place."""
    px = pixel(view.size)
    found = layout_signs(plan, picture, towers, view, bottleneck, panel)
    for placed in sorted(found, key=lambda p: p.accent):  # the call-out on top
        label, rect, accent = placed.label, placed.rect, placed.accent
        x, y = view.project(placed.point)[0, :2]
        anchor = (placed.point, (float(x), float(y)))
        if accent:
            _leader(overlay, rect, anchor, 9.0 * px, ACCENT)
        elif _gap(rect, anchor[1]) > FAR * px:
            _leader(overlay, rect, anchor, 1.6 * px, GREY)
        overlay.box(rect, ACCENT if accent else PAPER, opacity=1.0 if accent else 0.84, radius=7 * px, anchor=anchor)
        y = rect[3] - label.pad[1]
        for line, (text, size, bold) in enumerate(label.lines):
            y -= 1.28 * size
            colour = PAPER if accent else (INK if line == 0 else GREY)
            middle = (rect[0] + rect[2]) / 2
            overlay.text(text, (middle, y + 0.3 * size), size, colour, bold=bold, align="centre", anchor=anchor)


def _gap(rect: Rect, place: tuple[float, float]) -> float:
    """How far a pixel lies outside a rectangle [px]."""
    across = max(rect[0] - place[0], place[0] - rect[2], 0.0)
    upright = max(rect[1] - place[1], place[1] - rect[3], 0.0)
    return float(np.hypot(across, upright))


def _leader(
    overlay: Overlay,
    rect: Rect,
    anchor: tuple[Floats, tuple[float, float]],
    half: float,
    colour: tuple[float, float, float],
) -> None:
    """A wedge from a label to what it speaks of; `half` its width at the label [px]."""
    x, y = anchor[1]
    inset = 0.12 * (rect[2] - rect[0])
    middle = min(max(x, rect[0] + inset), rect[2] - inset)
    edge = rect[1] if y < rect[1] else rect[3]
    wedge = np.array([[middle - half, edge], [x, y], [middle + half, edge]])
    overlay.shape(wedge - wedge[0], (wedge[0, 0], wedge[0, 1]), colour, anchor=anchor)
