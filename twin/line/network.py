"""The network of ways between stations: nodes, edges, shortest paths."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from .dimensions import quantity_of
from .document import Document
from .faults import Fault, Loc, did_you_mean, show
from .units import Name

if TYPE_CHECKING:
    from .line import Line
    from .routes import Step

FARTHEST = 1e6  # [m]
Metres = Annotated[float, *quantity_of("m", -FARTHEST, FARTHEST)]


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"needs true or false, not {show(value)}")
    return value


class Edge(Document):
    """A way between two nodes. Length [m]."""

    from_: Name = Field(alias="from", description="Node at one end.", examples=["a"])
    to: Name = Field(description="Node at the other end.", examples=["b"])
    one_way: Annotated[bool, BeforeValidator(_flag)] = Field(
        default=False, description="Only from the first node to the second; false: both ways.", examples=[True]
    )
    length: Annotated[float, *quantity_of("m", 0.0, FARTHEST)] | None = Field(
        default=None, description="Left out: the straight line between the nodes.", examples=["12 m"]
    )

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            if len(value) != 2:
                raise ValueError(f"an edge joins two nodes, and {show(list(value))} has {len(value)}; write [a, b]")
            return {"from": value[0], "to": value[1]}
        return value


class Network(Document):
    """Ways on which lots and vehicles move, and where the toolgroups lie on them. Coordinates and lengths [m].

    The way between two stations is the shortest. Who meets on it is no part of the model: nobody waits on a way, and
    edges carry as many as come.
    """

    nodes: dict[Name, tuple[Metres, Metres]] = Field(
        description="Points by name, each with its two coordinates.", examples=[{"a": ["0 m", "0 m"]}]
    )
    edges: tuple[Edge, ...] = Field(
        description="Ways between nodes: [a, b], or {from: a, to: b, one_way: true, length: 12 m}.",
        examples=[[["a", "b"], {"from": "b", "to": "c", "one_way": True, "length": "12 m"}]],
    )
    stations: dict[Name, Name] = Field(
        description="The node at which each toolgroup lies.", examples=[{"weld": "a", "paint": "b"}]
    )

    def distances(self, start: str) -> dict[str, float]:
        """Length of the shortest way from a node to each that can be reached [m].

        E. W. Dijkstra, A note on two problems in connexion with graphs, Numer. Math. 1 (1959) 269.
        """
        ways: dict[str, list[tuple[str, float]]] = {}
        for edge in self.edges:
            if edge.from_ in self.nodes and edge.to in self.nodes:
                straight = math.dist(self.nodes[edge.from_], self.nodes[edge.to])
                length = straight if edge.length is None else edge.length
                ways.setdefault(edge.from_, []).append((edge.to, length))
                if not edge.one_way:
                    ways.setdefault(edge.to, []).append((edge.from_, length))
        found: dict[str, float] = {}
        ahead = [(0.0, start)]
        while ahead:
            distance, node = heapq.heappop(ahead)
            if node not in found:
                found[node] = distance
                for other, length in ways.get(node, ()):
                    heapq.heappush(ahead, (distance + length, other))
        return found


def distance_between(line: Line) -> Callable[[str, str], float]:
    """What tells the shortest way between two nodes of the line's network [m]; infinite where none leads there."""
    known: dict[str, dict[str, float]] = {}
    network = line.network

    def distance(start: str, end: str) -> float:
        if network is None:
            return math.inf
        if start not in known:
            known[start] = network.distances(start)
        return known[start].get(end, math.inf)

    return distance


def move_time(line: Line) -> Callable[[str, str], float]:
    """What tells the mean time that transport takes between two toolgroups [s]; vehicles: loaded, with their handling.

    The wait for a vehicle or a member of a crew, and the vehicle's empty way, are no part of it.
    """
    transport, network = line.transport, line.network
    distance = distance_between(line)

    def seconds(start: str, end: str) -> float:
        groups = line.toolgroups
        if transport is None or not (groups[start].transport and groups[end].transport):
            return 0.0
        if transport.time is not None:
            return transport.time.mean
        nodes = {} if network is None else network.stations
        here, there = nodes.get(start), nodes.get(end)
        if here is None or there is None:
            return math.inf
        if here == there:
            return 0.0
        fleet = line.fleet
        speed = transport.speed if fleet is None else fleet.speed
        return distance(here, there) / (speed or math.inf) + (0.0 if fleet is None else fleet.load + fleet.unload)

    return seconds


def network_faults(line: Line) -> Iterator[Fault]:
    """Names that lead nowhere, toolgroups without a node, and the first station that cannot be reached."""
    network = line.network
    told = list(_names(line, network)) if network is not None else []
    yield from told
    yield from (fleets := list(_fleets(line)))
    if line.transport is None or line.transport.time is not None or told or fleets:
        return
    word = "speed" if line.transport.speed is not None else "vehicles"
    if network is None:
        what = "distances are unknown; write a network: {nodes, edges, stations}, or transport: {time: 2 min}"
        yield Fault(("transport", word), what, needs=(("network",),))
        return
    used = {step.toolgroup: None for steps in line.routes.values() for step in steps}
    carried = [name for name in used if line.toolgroups[name].transport]
    lost = [name for name in carried if name not in network.stations]
    for name in lost:
        what = f"toolgroup {show(name)} has no node; write '{name}: NODE', or 'transport: none' on the toolgroup"
        yield Fault(("network", "stations"), what, needs=(("toolgroups", name), ("network", "stations", name)))
    if not lost:
        yield from _cut_off(line, network, carried)


def _names(line: Line, network: Network) -> Iterator[Fault]:
    """Nodes and toolgroups that a network names and nobody knows."""
    ends: list[tuple[Loc, str]] = [(("network", "edges", i, key), node) for i, edge in enumerate(network.edges)
            for key, node in (("from", edge.from_), ("to", edge.to))]  # fmt: skip
    for name, node in network.stations.items():
        ends.append((("network", "stations", name), node))
        if name not in line.toolgroups:
            what = f"the line has no toolgroup {show(name)}; {did_you_mean(name, line.toolgroups)}"
            yield Fault(("network", "stations", name), what, "key")
    for fleet, vehicles in line.vehicles.items():
        if vehicles.starts is not None:
            ends.append((("vehicles", fleet, "starts"), vehicles.starts))
    for at, node in ends:
        if node not in network.nodes:
            what = f"the network has no node {show(node)}; {did_you_mean(node, network.nodes)}"
            yield Fault(at, what, needs=(("network", "nodes"),))


def _fleets(line: Line) -> Iterator[Fault]:
    """Vehicles that the transport names and the line lacks, and vehicles that nothing names."""
    named = line.transport.vehicles if line.transport else None
    if named is not None and named not in line.vehicles:
        cure = did_you_mean(named, line.vehicles, f"write 'vehicles: {{{named}: {{count: 2, speed: 1 m/s}}}}'")
        what = f"the line has no vehicles {show(named)}; {cure}"
        yield Fault(("transport", "vehicles"), what, needs=(("vehicles",),))
    elif named is None and line.vehicles:
        name = next(iter(line.vehicles))
        what = f"nothing is carried by {show(name)}; write 'transport: {{vehicles: {name}}}', or leave the vehicles out"
        yield Fault(("vehicles",), what, "key", needs=(("transport",),))


def _cut_off(line: Line, network: Network, carried: list[str]) -> Iterator[Fault]:
    """The first two stations without a way between them that lots, or empty vehicles, go."""
    distance = distance_between(line)
    for start, end in _moves(line, carried):
        here, there = network.stations[start], network.stations[end]
        if math.isinf(distance(here, there)):
            what = (
                f"no way leads from {show(start)} at node {show(here)} to {show(end)} at node {show(there)}; "
                f"write an edge, such as [{here}, {there}], or turn one that is one_way"
            )
            yield Fault(("network", "edges"), what, needs=(("network", "stations"), ("routes",)))
            return
    fleet = line.fleet
    if fleet is not None and fleet.starts is not None:
        for name in carried:
            there = network.stations[name]
            if math.isinf(distance(fleet.starts, there)):
                start = f"node {show(fleet.starts)}, where vehicles start,"
                what = f"no way leads from {start} to {show(name)} at node {show(there)}; write an edge between them"
                yield Fault(("network", "edges"), what, needs=(("network", "stations"), ("vehicles",)))
                return


def _moves(line: Line, carried: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of toolgroups between which there must be a way: for vehicles all, else those that the routes lead between.

    Where lots of a route may be sent back, every pair of its toolgroups counts.
    """
    if line.fleet is not None:
        yield from ((a, b) for a in carried for b in carried)
        return
    for steps in line.routes.values():
        if any(_sends(step) for step in steps):
            own = [name for name in carried if name in {step.toolgroup for step in steps}]
            yield from ((a, b) for a in own for b in own)
        yield from ((a, b) for a, b in _next(steps) if a in carried and b in carried)


def _sends(step: Step) -> bool:
    """Whether a lot may go elsewhere from a step than to the next one."""
    breaches = any(limit.breach is not None for limit in step.queue_limit)
    return bool(step.rework or step.branch or breaches or step.measure or step.process)


def _next(steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """Toolgroups of consecutive steps, those between that a lot may pass by left out too."""
    sure = [0, *(i for i, step in enumerate(steps) if i > 0 and step.sample == 1), len(steps) - 1]
    for first, last in pairwise(sure):
        reached = [step.toolgroup for step in steps[first : last + 1]]
        yield from ((a, b) for i, a in enumerate(reached) for b in reached[i + 1 :])
