"""Signs in the scene: areas, stations, queue figures, and the bottleneck's call-out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.scene.ground import frame_corners, ground_of, seen_rects
from twin.scene.labels import Label, place
from twin.scene.lettering import pixel
from twin.scene.overlay import ACCENT, GREY, INK, PAPER, Overlay
from twin.scene.panel import EDGE, head_height, longest_queues, lots_text, most_loaded
from twin.scene.picture import Picture
from twin.scene.plan import Plan, Rect, Sign
from twin.scene.solids import Floats
from twin.scene.towers import Towers
from twin.scene.view import View

QUEUES_SHOWN = 6
CALL_OUT_AWAY = 30.0
"""Length of the call-out's pointer where there is room [px at 1080 lines]."""
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
    ground = ground_of(plan, towers, view, bottleneck)
    rects = place([label for label, _, _ in wanted], taken, frame, ground, view.size)
    return [
        Placed(label, rect, points[int(label.pointer(np.array([rect]))[0][0])], accent)
        for (label, points, accent), rect in zip(wanted, rects, strict=True)
        if rect is not None
    ]


def _sign(plan: Plan, picture: Picture, sign: Sign, view: View) -> tuple[Label, Floats]:
    """An area's or a station's name, hung on the side of its anchor that the sign asks for."""
    px = pixel(view.size)
    anchors = np.array(sign.anchors)
    tips = tuple((float(x), float(y)) for x, y in view.project(anchors)[:, :2])
    lines = _sign_lines(plan, picture, sign.text, sign.groups, px)
    must = plan.kind == "fab" or len(plan.signs) <= MUST_SHOW
    label = Label(lines, tips, must=must, tips=tips, own=sign.groups)
    wide, high = label.extent
    hung = (
        tips[0][0] + sign.side[0] * (0.5 * wide + 5 * px),
        tips[0][1] + sign.side[1] * (0.5 * high + 5 * px),
    )
    return replace(label, spots=(hung, *tips[1:2])), anchors


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
        found.append((Label((line,), spots, pad=(5 * px, 2 * px), tips=((x, y),)), top[None]))
    return found


def _loop_figures(plan: Plan, view: View) -> list[tuple[Label, Floats]]:
    """The share of lots sent back, at the top of each arc."""
    px = pixel(view.size)
    found = []
    for loop in plan.loops:
        top = loop.top()
        x, y = view.project(top)[0, :2]
        if loop.share is None or loop.share > 0.995:  # known of a run only; the only way on from there
            continue
        line = (f"{100 * loop.share:.2g} %", 16 * px, True)
        spots = ((x, y), (x, y + 24 * px))
        found.append((Label((line,), spots, pad=(5 * px, 2 * px), tips=((x, y),)), top[None]))
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
    """The bottleneck's label, on any side of its largest cluster."""
    px = pixel(view.size)
    run = max(plan.runs(group), key=lambda r: (r[2] - r[0]) * (r[3] - r[1]))
    x0, y0, x1, y1 = run
    x, y, high = (x0 + x1) / 2, (y0 + y1) / 2, plan.groups[group].size[2]
    points = np.array(
        [[x, y1, high + 0.5], [x, y, high], [x, y0, 0.3 * high], [x0, y, 0.5 * high], [x1, y, 0.5 * high]]
    )
    facts = []
    share = picture.busy(plan.group == group)
    if share is not None:
        facts.append(f"{100 * share:.1f} % utilised")
    facts.append(f"{lots_text(float(towers.lots[group]))} waiting")
    lines = (
        (f"Bottleneck: {plan.groups[group].title}", 21 * px, True),
        (" · ".join(facts), 18 * px, False),
    )
    reach = CALL_OUT_AWAY * px
    tips = tuple((float(tx), float(ty)) for tx, ty in view.project(points)[:, :2])
    label = Label(lines, tips, must=True, pad=(14.0 * px, 9.0 * px), tips=tips, reach=reach, own=(group,))
    wide, high = label.extent
    left, low, right, top = seen_rects(view, frame_corners(plan, group, run))[0]
    away = 0.5 * reach  # from the frame, which it must not cover
    spots = (
        (tips[0][0], max(float(top) + away, tips[0][1] + reach) + high / 2),
        (tips[2][0], min(float(low) - away, tips[2][1] - reach) - high / 2),
        (min(float(left) - away, tips[3][0] - reach) - wide / 2, tips[3][1]),
        (max(float(right) + away, tips[4][0] + reach) + wide / 2, tips[4][1]),
    )
    return replace(label, spots=spots), points


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
        elif label.pointer(np.array([rect]))[1][0] > FAR * px:
            _leader(overlay, rect, anchor, 1.6 * px, GREY)
        overlay.box(rect, ACCENT if accent else PAPER, opacity=1.0 if accent else 0.84, radius=7 * px, anchor=anchor)
        y = rect[3] - label.pad[1]
        for line, (text, size, bold) in enumerate(label.lines):
            y -= 1.28 * size
            colour = PAPER if accent else (INK if line == 0 else GREY)
            middle = (rect[0] + rect[2]) / 2
            overlay.text(text, (middle, y + 0.3 * size), size, colour, bold=bold, align="centre", anchor=anchor)


def _leader(
    overlay: Overlay,
    rect: Rect,
    anchor: tuple[Floats, tuple[float, float]],
    half: float,
    colour: tuple[float, float, float],
) -> None:
    """A wedge from a label to what it speaks of; `half` its width at the label [px]."""
    place = np.array(anchor[1])
    low, high = np.array(rect[:2]), np.array(rect[2:])
    gap = np.maximum(low - place, place - high)
    side = int(gap.argmax())  # leaves across the edge that faces its end
    inset = np.minimum(3.0 * half, 0.3 * (high - low))
    foot = np.clip(place, low + inset, high - inset)
    foot[side] = low[side] if place[side] < low[side] else high[side]
    spread = np.zeros(2)
    spread[1 - side] = min(half, 0.4 * (high - low)[1 - side])
    wedge = np.array([foot - spread, place, foot + spread])
    overlay.shape(wedge - wedge[0], (wedge[0, 0], wedge[0, 1]), colour, anchor=anchor)
