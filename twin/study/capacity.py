"""Offered load of every toolgroup from the document alone: no simulation, no waiting, no luck.

What a toolgroup has to do is linear in the release rates: rate x expected visits x (load + process +
unload). What it can do is what failures and maintenance leave. Both in closed form. Setup times depend
on the order in which lots come and are not counted; blocking and starving need a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays.routing import lot_tool_time, visits
from twin.line import Line, Product, Toolgroup, read
from twin.line.mix import every_of, kind_of
from twin.study.capacity_calendars import Opening, calendar_notes, opening
from twin.study.capacity_extras import auxiliary_table, chamber_share, only_of_a_run, qualified_load
from twin.study.capacity_parts import made_to_need, part_needs
from twin.study.capacity_slots import lost_slots
from twin.study.growth import factors

if TYPE_CHECKING:
    import pandas as pd

DAY_S = 86_400.0
PARTS = ("process", "load", "unload")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Capacity:
    """What `capacity` found.

    toolgroups: one row each; shares of calendar time over the group's tools, 0 to 1:
                tools, visits_per_day, busy_tools (mean tools kept busy), process, load, unload,
                offered (their sum, batches full), offered_min_batches, setups (True: setup time comes on
                top), pm, down, availability (1 - pm - down), of_available (offered / availability),
                tools_needed (for of_available <= the stated load); nan for unlimited groups
    products:   rate [lot/d], units [per lot], and how the rate was found
    bottleneck: the toolgroup with the largest load of its available time, None without a limited group
    load:       the stated load
    notes:      what the figures rest on
    crews:      one row each: members, busy_members (mean members at work) and those by task, of_time (their share of
                the members), setups (True: setups come on top), members_needed (for of_time <= the stated load)
    auxiliaries: one row each: count, busy (mean number in use), offered (their quotient)
    carriers:   likewise, busy those on a round without waiting
    before:     the same at the present release rates, where others were asked for

    Where only some tools may run a step, `of_available` is that of the most loaded tool under the best split.
    """

    model: str
    toolgroups: pd.DataFrame
    products: pd.DataFrame
    bottleneck: str | None
    load: float
    notes: tuple[str, ...]
    crews: pd.DataFrame
    auxiliaries: pd.DataFrame
    carriers: pd.DataFrame
    before: Capacity | None = None

    @property
    def lacking(self) -> pd.DataFrame:
        """Toolgroups that need more tools than they have, see `growth_report.lacking`."""
        from twin.study.growth_report import lacking

        return lacking(self)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, texts and None for JSON; rates in lot/d, loads as shares."""
        plain: dict[str, Any] = {
            "model": self.model,
            "load": self.load,
            "bottleneck": self.bottleneck,
            "products": {str(name): _plain(row) for name, row in self.products.iterrows()},
            "toolgroups": {str(name): _plain(row) for name, row in self.toolgroups.iterrows()},
            **({"crews": _rows(self.crews)} if len(self.crews) else {}),
            **({"auxiliaries": _rows(self.auxiliaries)} if len(self.auxiliaries) else {}),
            **({"carriers": _rows(self.carriers)} if len(self.carriers) else {}),
            "notes": list(self.notes),
        }
        if self.before is not None:
            plain["lacking"] = {str(name): _plain(row) for name, row in self.lacking.iterrows()}
            plain["before"] = self.before.to_json()
        return plain

    def __str__(self) -> str:
        from twin.study.growth_report import report

        return "\n".join(_report(self) if self.before is None else report(self, self.before))


def capacity(
    line: Line | str | Path, load: float = 0.85, *, starts: float | str = 1.0,
    mix: Mapping[str, float | str] | None = None,
) -> Capacity:  # fmt: skip
    """Offered load of each toolgroup, and the tools it needs to stay at `load` of its available time.

    load:   share of available time, 0 to 1
    starts: factor on the releases of all products, 1.1 or "110 %"; of those released as the line takes them, on what
            the bottleneck allows today
    mix:    further factors, by product

    With one of the two the result has also what is so `before`, and which tools are `lacking`.
    raises ValueError for a load, LineError for a factor that makes no sense or a product that is not made
    """
    import pandas as pd

    from twin.study import capacity_carriers, capacity_crews, capacity_vehicles

    if not 0 < load <= 1:
        raise ValueError(f"load is a share above 0 and up to 1, not {load}; write 0.85 for 85 %")
    document = line if isinstance(line, Line) else read(line)
    names = list(document.products)
    work = _Work(document)
    rates, how, notes = _rates(document, work)
    by = factors(document, starts, mix)
    before = None if all(value == 1.0 for value in by.values()) else capacity(document, load)
    if before is not None:
        rates = rates * np.array([by[name] for name in names])
        notes = [f"before: {note}" for note in notes]
    units = np.array([_units(product) for product in document.products.values()])
    groups = pd.DataFrame(
        {
            name: _figures(document.toolgroups[name], work.of(g), rates, load, opening(document, name))
            | _qualified(document, name, work.of(g), rates, units)
            for g, name in enumerate(work.groups)
            if not document.toolgroups[name].is_store
        }
    ).T.infer_objects()
    groups.index.name = "toolgroup"
    products = pd.DataFrame(
        {
            "rate": rates * DAY_S,
            "units": units,
            "how": how if before is None else [f"{by[name]:g} times" for name in names],
        },
        index=pd.Index(names, name="product"),
    )
    limited = groups["of_available"].dropna()
    bottleneck = str(limited.idxmax()) if len(limited) and limited.max() > 0 else None
    setups = [str(name) for name, has in groups["setups"].items() if has]
    if setups:
        notes.append(f"setup times come on top (they depend on the order of lots): {', '.join(setups)}")
    if any(step.batch for route in document.routes.values() for step in route):
        notes.append("offered load is at full batches; 'min batches' at the smallest allowed")
    crews = capacity_crews.figures(document, groups, rates, load)
    notes += [*capacity_crews.notes(crews, groups), *only_of_a_run(document), *calendar_notes(document)]
    model = line if isinstance(line, str) else document.line
    auxiliaries, carriers = auxiliary_table(document, rates, units), capacity_carriers.table(document, rates, units)
    notes += [*capacity_carriers.notes(carriers, groups), *capacity_vehicles.notes(document, rates)]
    return Capacity(model, groups, products, bottleneck, load, tuple(notes), crews, auxiliaries, carriers, before)


def _qualified(line: Line, name: str, share: _Share, rates: Floats, units: Floats) -> dict[str, float]:
    """`of_available` of a toolgroup some of whose steps only some tools may run."""
    load = qualified_load(line, name, rates, units)
    if load is None:
        return {}
    up = _figures(line.toolgroups[name], share, rates, 1.0, opening(line, name))["availability"]
    return {"of_available": load / up if up else math.inf}


@dataclass(frozen=True)
class _Share:
    """What one toolgroup does for a lot of each product   (product,).

    parts: tool time at full batches, by process, load, unload [s]; least: at the smallest batches, in all [s]
    times: visits; units: units that pass, each visit counted
    """

    parts: Floats
    least: Floats
    times: Floats
    units: Floats


class _Work:
    """What every toolgroup does for one lot of every product."""

    def __init__(self, line: Line) -> None:
        self.groups = list(line.toolgroups)
        shape = (len(self.groups), len(line.products))
        self.parts, self.least = np.zeros((*shape, len(PARTS))), np.zeros(shape)
        self.times, self.units = np.zeros(shape), np.zeros(shape)
        place = {name: g for g, name in enumerate(self.groups)}
        routes = {name: visits(line, name) for name in line.routes}
        for p, product in enumerate(line.products.values()):
            units = _units(product)
            for step, times in zip(line.routes[product.route], routes[product.route], strict=True):
                g, group = place[step.toolgroup], line.toolgroups[step.toolgroup]
                self.parts[g, p] += times * np.array(lot_tool_time(step, group, units, full=True))
                self.least[g, p] += times * sum(lot_tool_time(step, group, units, full=False))
                self.times[g, p] += times
                self.units[g, p] += times * units

    def of(self, g: int) -> _Share:
        """The share of toolgroup number `g`."""
        return _Share(self.parts[g], self.least[g], self.times[g], self.units[g])


def _units(product: Product) -> float:
    """Mean units of a lot."""
    sizes = [start.units or product.lot_size for start in product.release.schedule]
    return math.fsum(sizes) / len(sizes) if sizes else float(product.lot_size)


def _rates(line: Line, work: _Work) -> tuple[Floats, list[str], list[str]]:
    """Release rate of each product [lot/s], how it was found, and notes."""
    rates, how, pulled = np.zeros(len(line.products)), [], []
    needed = made_to_need(line)
    for p, (name, product) in enumerate(line.products.items()):
        release, every = product.release, every_of(line, name)
        if every is not None:
            rates[p] = 1 / every
            how.append("1 / mean interval" if release.kind == "every" else "share of the mix / mean interval")
        elif release.kind == "schedule":
            starts = [start.time for start in release.schedule]
            span = max(starts, default=0.0) - min(starts, default=0.0)
            rates[p] = (len(starts) - 1) / span if span else 0.0
            how.append("starts over their span")
        else:
            pulled.append(p)
            how.append("as many as others need" if p in needed else "the most the bottleneck allows")
    losing = [name for name, product in line.products.items() if product.release.full == "lose"]
    what = "offered load is that of all lots that come, those lost at a full line too: "
    return rates, how, [*_pull(line, work, rates, pulled), *([what + ", ".join(losing)] if losing else [])]


def _pull(line: Line, work: _Work, rates: Floats, pulled: list[int]) -> list[str]:
    """Fill in the rates of products released as fast as the line takes them; what that rests on, as notes.

    They share what the first toolgroup without time to spare allows: in proportion to their WIP, or
    equally where one of them is always ready.
    """
    needed = made_to_need(line)
    needs = part_needs(line) if needed else np.zeros((len(rates), len(rates)))
    rates[needed] = (rates @ needs)[needed]
    pulled = [p for p in pulled if p not in needed]
    names = list(line.products)
    told = [f"as many as others take in or let go: {', '.join(names[p] for p in needed)}"] if needed else []
    if not pulled:
        return told
    products = [list(line.products.values())[p] for p in pulled]
    limited = all(product.release.wip for product in products)
    weights = np.array([float(product.release.wip or 1) if limited else 1.0 for product in products])
    if line.mix is not None:
        weights *= [line.mix.shares.get(name, 1.0) for k, name in enumerate(line.products) if k in pulled]
    together = [*pulled, *needed]
    all_weights = np.concatenate([weights, weights @ needs[np.ix_(pulled, needed)]])
    rates[together] += all_weights * _most(line, work, rates, together, all_weights)
    among = (", in proportion to their WIP" if limited else ", equally") if len(pulled) > 1 else ""
    among = ", in the shares of the mix" if line.mix is not None else among
    notes = [*told, f"as much as the bottleneck allows{among}: {', '.join(names[p] for p in pulled)}"]
    if any(kind_of(line, product) == "wip" for product in products):
        notes.append("a fixed WIP stays below that rate, the more so the smaller it is")
    return notes


def _most(line: Line, work: _Work, rates: Floats, pulled: list[int], weights: Floats) -> float:
    """The rate for each unit of weight at which the first group, crew or carrier has no time left [lot/s]."""
    from twin.study import capacity_carriers, capacity_crews

    rate = math.inf
    units = np.array([_units(product) for product in line.products.values()])
    for free, need in [*capacity_crews.limits(line, work), *capacity_carriers.limits(line, units)]:
        pull = float(need[pulled] @ weights)
        if pull > 0:
            rate = min(rate, max(0.0, free - float(need @ rates)) / pull)
    for g, name in enumerate(work.groups):
        group = line.toolgroups[name]
        if group.tools is None:
            continue
        need = np.array([_need(group, work.of(g), p) for p in range(len(rates))]) / group.tools
        pull = float(need[pulled] @ weights)
        if pull > 0:
            rate = min(rate, max(0.0, opening(line, name).left(_calendar_pm(group)) - float(need @ rates)) / pull)
    return rate if math.isfinite(rate) else 0.0


def _need(group: Toolgroup, share: _Share, p: int) -> float:
    """What a lot of product `p` takes of a group that never idles: work, repair, maintenance [tool s]."""
    repair = _ratio(group, "operating") + _ratio(group, "calendar")
    by_passing = share.units[p] * _unit_pm(group) + share.times[p] * lost_slots(group)
    return float(share.parts[p].sum() / chamber_share(group) * (1 + repair) + by_passing)


def _ratio(group: Toolgroup, clock: str) -> float:
    """Repair time of tools for each unit of time on a clock."""
    clocks = [f for f in group.failures if f.of == "tool" and f.bernoulli is None]
    of_tools = [f for f in clocks if f.clock == clock and f.mtbf.mean]
    return math.fsum(f.mttr.mean / f.mtbf.mean for f in of_tools)


def _calendar_pm(group: Toolgroup) -> float:
    """Share of calendar time in maintenance by time."""
    return math.fsum(pm.takes.mean / pm.every for pm in group.pm if pm.every)


def _unit_pm(group: Toolgroup) -> float:
    """Maintenance by units, for each unit that passes [s]."""
    return math.fsum(pm.takes.mean / pm.every_units for pm in group.pm if pm.every_units)


def _figures(group: Toolgroup, share: _Share, rates: Floats, load: float, open_: Opening) -> dict[str, Any]:
    """One row of the table of toolgroups."""
    parts = rates @ share.parts  # [tools], by part
    busy, least, passing = float(parts.sum()), float(rates @ share.least), float(rates @ share.units)
    row: dict[str, Any] = {
        "tools": math.nan if group.tools is None else group.tools,
        "visits_per_day": float(rates @ share.times) * DAY_S,
        "busy_tools": busy,
    }
    tools = math.nan if group.tools is None else float(group.tools)
    row |= {part: float(time) / tools for part, time in zip(PARTS, parts, strict=True)}
    offered = busy / tools
    by_time, by_units, always = _calendar_pm(group), passing * _unit_pm(group), _ratio(group, "calendar")
    running, left = _ratio(group, "operating") * busy / chamber_share(group), open_.left(by_time)
    running += float(rates @ share.times) * lost_slots(group)
    chambers = chamber_share(group)
    whole = max(0.0, left - (by_units + running) / tools) / (1 + always)
    up = whole * chambers
    needed = (busy / chambers * (1 + always) / load + by_units + running) / left if left > 0 else math.inf
    return row | {
        "offered": offered,
        "offered_min_batches": least / tools,
        "setups": bool(group.setups and group.setups.changes),
        "pm": by_time + by_units / tools,
        "down": always * whole + running / tools + whole - up,
        "availability": up if group.tools else math.nan,
        "of_available": (offered / up if up else math.inf) if group.tools else math.nan,
        "tools_needed": max(1, math.ceil(needed - 1e-9)) if group.tools and needed < math.inf else math.nan,
    }


def _plain(row: pd.Series[Any]) -> dict[str, Any]:
    """A row as plain Python values, None where there is no figure."""
    values = {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }


def _rows(table: pd.DataFrame) -> dict[str, Any]:
    return {str(name): _plain(row) for name, row in table.iterrows()}


def _report(found: Capacity) -> Iterator[str]:
    """The figures as text, most loaded toolgroup first."""
    yield f"{found.model}: offered load from the document alone, no simulation"
    yield ""
    for name, product in found.products.iterrows():
        yield f"  {name}: {product['rate']:.4g} lot/d of {product['units']:g} ({product['how']})"
    groups = found.toolgroups.sort_values("of_available", ascending=False, na_position="last")
    width = max([len("toolgroup"), *(len(str(name)) for name in groups.index)])
    yield ""
    yield f"{'':{width}}  {'':>5} {'':>8}  {' % of calendar time ':-^42}  {'% of':>9}  {'tools at':>8}"
    yield (
        f"{'toolgroup':{width}}  {'tools':>5} {'visits/d':>8}  {'process':>7} {'handling':>8} {'offered':>7}"
        f" {'min batch':>9} {'avail.':>7}  {'available':>9}  {found.load:>7.0%}"
    )
    for name, row in groups.iterrows():
        if math.isnan(row["tools"]):
            inside = f"{row['busy_tools']:.1f} lots inside on average"
            yield f"{name:{width}}  {'any':>5} {row['visits_per_day']:8.1f}  {inside}"
            continue
        least = (
            f"{100 * row['offered_min_batches']:9.2f}"
            if row["offered_min_batches"] > row["offered"] + 1e-9
            else " " * 9
        )
        mark = " + setups" if row["setups"] else ""
        yield (
            f"{name:{width}}  {row['tools']:5.0f} {row['visits_per_day']:8.1f}  {100 * row['process']:7.2f}"
            f" {100 * (row['load'] + row['unload']):8.2f} {100 * row['offered']:7.2f} {least}"
            f" {100 * row['availability']:7.2f}  {100 * row['of_available']:9.2f}"
            f"  {row['tools_needed']:8.0f}{mark}"
        )
    if len(found.crews):
        from twin.study.capacity_crews import report

        yield from report(found)
    for name, row in found.auxiliaries.iterrows():
        yield f"  auxiliary {name}: {row['busy']:.3g} of {row['count']:.0f} in use, {100 * row['offered']:.1f} %"
    for name, row in found.carriers.iterrows():
        on_a_round = f"{row['busy']:.3g} of {row['count']:.0f} on a round, no waiting"
        yield f"  carrier {name}: {on_a_round}, {100 * row['offered']:.1f} %"
    yield ""
    if found.bottleneck:
        share = float(found.toolgroups["of_available"].max())
        yield f"bottleneck: {found.bottleneck}, {100 * share:.1f} % of its available time"
    yield from found.notes
