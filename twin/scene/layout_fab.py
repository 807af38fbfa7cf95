"""A fab: rows of tools along bay aisles, the bays on both sides of a central spine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.scene.plan import Group, Patch, Plan, Sign

AISLE_M = 4.6
SPINE_M = 9.0
CHASE_M = 1.4
MOST_SPREAD = 0.6
"""Widest extra gap between tools, in tool widths."""
TOOL_GAP_M = 0.35
GROUP_GAP_M = 0.9
AREA_GAP_M = 3.0
MARGIN_M = (1.6, 5.0)
"""Floor around the tools: least and most [m]."""
END_M = 0.8
"""How far within a row's end a line to it stops [m]."""
YELLOW_FAMILIES = {"litho", "track"}


@dataclass
class Row:
    """Tools side by side, from the spine outwards: (group, tools) in order, or (-1, 0) between two areas."""

    runs: list[tuple[int, int]]
    length: float

    def areas(self, groups: tuple[Group, ...]) -> list[str]:
        """Areas in the row, from the spine outwards."""
        return list(dict.fromkeys(groups[g].area for g, _ in self.runs if g >= 0))

    def depth(self, groups: tuple[Group, ...]) -> float:
        """Of its deepest tool [m]."""
        return max(groups[g].size[1] for g, _ in self.runs if g >= 0)


def plan_fab(groups: tuple[Group, ...], chosen: list[int], shape: float) -> Plan:
    """Bays and aisles for the groups chosen, in that order of their areas.

    shape: the width over the depth that fills the picture best
    """
    areas: dict[str, list[int]] = {}
    for i in chosen:
        areas.setdefault(groups[i].area, []).append(i)
    total = sum(_frontage(groups, members) for members in areas.values())
    longest = max(groups[i].size[0] for i in chosen)
    best, best_cost = None, np.inf
    for rows in range(1, 81):
        limit = max(total / rows, longest)
        packed = _pack(groups, areas, limit)
        for sides in (1, 2):
            halves = _halves(groups, packed, sides)
            width = max(_width(groups, half) for half in halves)
            deep = sum(max((row.length for row in half), default=0.0) for half in halves) + SPINE_M * (sides - 1)
            # The smaller rectangle of the right shape around the plan shows the tools larger.
            cost = max(width, shape * deep)
            if cost < best_cost - 1e-9:
                best, best_cost = halves, cost
    assert best is not None
    return _place(groups, best)


def _frontage(groups: tuple[Group, ...], members: list[int]) -> float:
    """Length of aisle that the groups' tools need [m]."""
    return sum(groups[g].tools * (groups[g].size[0] + TOOL_GAP_M) + GROUP_GAP_M for g in members)


def _pack(groups: tuple[Group, ...], areas: dict[str, list[int]], limit: float) -> list[list[Row]]:
    """Rows of about `limit` [m], a list for each area; a small area may share the row of the one before."""
    packed: list[list[Row]] = []
    for members in areas.values():
        need = _frontage(groups, members)
        count = max(1, int(np.ceil(need / limit - 0.02)))
        rows = _fill(groups, members, need / count)
        room = packed and len(packed[-1]) == 1 and len(rows) == 1
        if room and packed[-1][0].length + AREA_GAP_M + rows[0].length <= limit:
            last = packed[-1][0]
            last.runs += [(-1, 0), *rows[0].runs]
            last.length += AREA_GAP_M + rows[0].length
        else:
            packed.append(rows)
    return packed


def _fill(groups: tuple[Group, ...], members: list[int], target: float) -> list[Row]:
    """One area's tools over rows of about `target` [m] each: a tool goes where its middle falls."""
    rows: list[Row] = []
    done = 0.0
    for g in members:
        step = groups[g].size[0] + TOOL_GAP_M
        for _ in range(groups[g].tools):
            place = min(int((done + step / 2) / target), len(rows))
            if place == len(rows):
                rows.append(Row([], 0.0))
            row = rows[-1]
            if row.runs and row.runs[-1][0] == g:
                row.runs[-1] = (g, row.runs[-1][1] + 1)
            else:
                row.length += GROUP_GAP_M if row.runs else 0.0
                row.runs.append((g, 1))
            row.length += step
            done += step
        done += GROUP_GAP_M
    return rows


def _halves(groups: tuple[Group, ...], packed: list[list[Row]], sides: int) -> list[list[Row]]:
    """Rows on either side of the spine, about equally wide, whole areas together where that is possible."""
    every = [row for rows in packed for row in rows]
    if sides == 1:
        return [every]
    weights = [sum(row.depth(groups) + AISLE_M / 2 for row in rows) for rows in packed]
    half = sum(weights) / 2
    off, chosen = np.inf, np.zeros(len(packed), dtype=bool)
    if 1 < len(packed) <= 14:
        subsets = (np.arange(1, 2 ** len(packed) - 1)[:, None] >> np.arange(len(packed))) & 1
        gaps = np.abs(subsets @ np.array(weights) - half)
        off, chosen = float(gaps.min()), subsets[int(gaps.argmin())] == 1
    if off > 0.1 * half:  # one area outweighs the rest, or there are too many: cut the sequence in two
        # Whole bays of two rows on each side; the second half runs back, so neighbours stay neighbours.
        cut = 2 * round(len(every) / 4) or (len(every) + 1) // 2
        return [every[:cut], every[cut:][::-1]]
    first = [row for i, rows in enumerate(packed) if chosen[i] for row in rows]
    second = [row for i, rows in enumerate(packed) if not chosen[i] for row in rows]
    return [first, second]


def _bays(half: list[Row]) -> list[list[Row]]:
    """Rows two by two around an aisle."""
    return [half[i : i + 2] for i in range(0, len(half), 2)]


def _width(groups: tuple[Group, ...], half: list[Row]) -> float:
    """Of all bays side by side [m]."""
    bays = _bays(half)
    return sum(sum(r.depth(groups) for r in bay) + AISLE_M for bay in bays) + CHASE_M * max(len(bays) - 1, 0)


class _Yard:
    """Collects what is placed."""

    def __init__(self, groups: tuple[Group, ...], spine: float) -> None:
        self.groups = groups
        self.spine = spine
        self.tools: list[tuple[int, float, float, float]] = []
        self.patches: list[Patch] = []
        self.wip = np.full((len(groups), 2), np.nan)
        self.most = np.zeros(len(groups), dtype=int)
        self.spots: dict[tuple[str, int], list[tuple[float, float, float]]] = {}

    def row(self, row: Row, front: float, faces: int, start: float, side: int, reach: float) -> None:
        """Tools along y from `start`, outwards to `side` (+1 or -1), fronts at x = front, facing +x or -x.

        reach: the length every row is spread to, so that the building comes out square [m]
        """
        count = sum(n for _, n in row.runs)
        spread = min((reach - row.length) / count, MOST_SPREAD * max(self.groups[g].size[0] for g, _ in row.runs))
        y = start
        for g, count in row.runs:
            if g < 0:
                y += side * (AREA_GAP_M - GROUP_GAP_M)
                continue
            group = self.groups[g]
            step = group.size[0] + TOOL_GAP_M + spread
            x = front - faces * group.size[1] / 2
            for i in range(count):
                self.tools.append((g, x, y + side * (i + 0.5) * step, faces * np.pi / 2))
            end = y + side * count * step
            if count > self.most[g]:
                self.most[g] = count
                self.wip[g] = front + faces * 1.05, (y + end) / 2
            self.spots.setdefault((group.area, side), []).append((x, y, end))
            y = end + side * GROUP_GAP_M


def _place(groups: tuple[Group, ...], halves: list[list[Row]]) -> Plan:
    """Coordinates for packed rows: the spine along x, the first half beyond it, the second before it."""
    spine = SPINE_M / 2 if len(halves) == 2 else 0.0
    yard = _Yard(groups, spine)
    broadest = max(_width(groups, half) for half in halves)
    for half, side in zip(halves, (1, -1), strict=False):
        # The narrower half takes wider chases, so that both reach the same walls.
        bays = _bays(half)
        slack = broadest - _width(groups, half)
        chase = CHASE_M + min(slack / max(len(bays) - 1, 1), 2.0 * CHASE_M)
        x = -(_width(groups, half) + (chase - CHASE_M) * (len(bays) - 1)) / 2
        reach = max(row.length for row in half)
        for bay in bays:
            left = bay[0].depth(groups)
            yard.row(bay[0], x + left, 1, side * spine, side, reach)
            if len(bay) == 2:
                yard.row(bay[1], x + left + AISLE_M, -1, side * spine, side, reach)
            yellow = any(groups[g].family in YELLOW_FAMILIES for row in bay for g, _ in row.runs if g >= 0)
            low, high = sorted((side * spine, side * (spine + reach)))
            yard.patches.append(Patch("yellow" if yellow else "aisle", (x + left, low, x + left + AISLE_M, high)))
            x += sum(row.depth(groups) for row in bay) + AISLE_M + chase
    if spine:
        edge = broadest / 2 + 0.5 * MARGIN_M[1]
        yard.patches.append(Patch("spine", (-edge, -spine + 0.8, edge, spine - 0.8)))
    yard.tools.sort(key=lambda tool: tool[0])
    columns = np.array(yard.tools, dtype=float)
    plan = Plan(
        kind="fab",
        groups=groups,
        centre=columns[:, 1:3],
        turn=columns[:, 3],
        group=columns[:, 0].astype(np.int64),
        wip_at=yard.wip,
        floor=(0.0, 0.0, 0.0, 0.0),
        patches=tuple(yard.patches),
    )
    x0, y0, x1, y1 = plan.bounds()
    margin = float(np.clip(0.08 * max(x1 - x0, y1 - y0), *MARGIN_M))
    floor = (x0 - margin, y0 - margin, x1 + margin, y1 + margin)
    return replace(plan, floor=floor, signs=_signs(yard))


def _signs(yard: _Yard) -> tuple[Sign, ...]:
    """A sign for each area on each side: at an end of its rows that is free, or behind its backs.

    Its other anchors are the ends of all its rows: from further away, a line to one of them.
    """
    every = [(x, side, max(start, end, key=abs)) for (_, side), rows in yard.spots.items() for x, start, end in rows]
    walls = min(tool[1] for tool in yard.tools), max(tool[1] for tool in yard.tools)
    signs = []
    for (area, side), spots in yard.spots.items():
        members = tuple(sorted({tool[0] for tool in yard.tools if yard.groups[tool[0]].area == area}))
        text = area.replace("_", " ")
        deep, high = (max(yard.groups[g].size[k] for g in members) for k in (1, 2))
        x = float(np.mean([x for x, _, _ in spots]))
        middle = float(np.mean([(start + end) / 2 for _, start, end in spots]))
        ends = tuple((x, y + s * side * END_M, high) for x, start, end in spots for y, s in ((end, -1), (start, 1)))
        near = [x for x, start, _ in spots if start == 0.0]
        free = [
            (x, end)
            for x, _, end in spots
            if not any(abs(x - x2) < 1.0 and side == side2 and abs(end2) > abs(end) + 1.0 for x2, side2, end2 in every)
        ]
        wall = next((i for i, wall in enumerate(walls) if abs(x - wall) < 1.0 and len(spots) == 1), None)
        if near and not yard.spine:
            signs.append(Sign(text, ((float(np.mean(near)), 0.0, 0.0), *ends), members, (0, -1)))
        elif free:
            outer = max((end for _, end in free), key=abs)
            first = (float(np.mean([x for x, _ in free])), outer, high if side > 0 else 0.0)
            signs.append(Sign(text, (first, *ends), members, (0, side)))
        elif wall is not None:
            out = 2 * wall - 1
            signs.append(Sign(text, ((x + out * (deep / 2 + 0.4), middle, 0.0), *ends), members, (out, 0)))
        else:
            signs.append(Sign(text, ends, members, (0, side)))
    return tuple(signs)
