"""The exact cases as line documents: each family of `exact_cases.csv` in the words an engineer would use."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from twin.line import Line

UNIT_S = 10.0
"""Seconds a time unit of the cases: 10,000 ticks, so that rounding to ticks is far below the statistics."""
Params = dict[str, Any]


def time(units: float) -> str:
    """So many time units, as a document writes them."""
    return f"{units * UNIT_S:.12g} s"


def exponential(rate: float) -> dict[str, str]:
    return {"exponential": time(1 / rate)}


def law(text: str, mean: float) -> Any:
    """A law as the cases name it, of this mean."""
    if text == "deterministic":
        return time(mean)
    if text == "exponential":
        return {"exponential": time(mean)}
    if found := re.fullmatch(r"Erlang-(\d+)", text):
        return {"erlang": {"mean": time(mean), "k": int(found[1])}}
    if found := re.fullmatch(r"uniform\(([\d.]+),\s*([\d.]+)\)", text):
        return {"uniform": [time(float(found[1])), time(float(found[2]))]}
    if found := re.fullmatch(r"lognormal cs2=([\d.]+)", text):
        return {"lognormal": [time(mean), time(mean * float(found[1]) ** 0.5)]}
    raise ValueError(f"unknown law {text!r}")


def line(toolgroups: Params, products: Params, routes: Params) -> Line:
    return Line(twin=1, line="exact_case", about="A case with a known answer.", toolgroups=toolgroups,
                products=products, routes=routes)  # fmt: skip


def _names(count: int) -> list[str]:
    return [f"m{i + 1}" for i in range(count)]


def tandem(p: Params) -> Line:
    """Machines in a row, the first never starved; blocking after service."""
    if p.get("blocking", "BAS") != "BAS":
        raise ValueError(f"unknown blocking {p['blocking']!r}")
    mu, names = p["mu"], _names(len(p["mu"]))
    phases, tools = p.get("phases", [1] * len(mu)), p.get("c", [1] * len(mu))
    groups: Params = {}
    for i, name in enumerate(names):
        groups[name] = {"tools": tools[i], "rule": ["fifo"]}
        if i:
            groups[name]["buffer"] = p["buf"][i - 1]
        if p.get("up", [0] * len(mu))[i]:
            clock = {"ODF": "operating", "TDF": "calendar"}[p["mode"]]
            groups[name]["failures"] = [
                {"mtbf": exponential(p["up"][i]), "mttr": exponential(p["rep"][i]), "clock": clock}
            ]
    steps = [
        {
            "step": f"s{i + 1}",
            "toolgroup": name,
            "time": law("exponential" if k == 1 else f"Erlang-{k}", 1 / rate),
        }
        for i, (name, rate, k) in enumerate(zip(names, mu, phases, strict=True))
    ]
    return line(groups, {"part": {"route": "main", "release": "saturated"}}, {"main": steps})


def deterministic_line(p: Params) -> Line:
    groups = {
        n: {"tools": 1} | ({"buffer": p["buf"][i - 1]} if i else {})
        for i, n in enumerate(_names(len(p["cycle"])))
    }
    steps = [
        {"step": f"s_{n}", "toolgroup": n, "time": time(c)} for n, c in zip(groups, p["cycle"], strict=True)
    ]
    return line(groups, {"part": {"route": "main", "release": "saturated"}}, {"main": steps})


def bernoulli_line(p: Params) -> Line:
    """Slotted: a machine that is up in a slot takes its part out of the buffer at the slot's start.

    The part frees its place there at once, which the machine before it sees in the same slot, and has one reserved in
    the next buffer: places count what PSE calls the occupancy of a buffer.
    """
    slot = time(1)
    groups: Params = {}
    for i, (name, up) in enumerate(zip(_names(len(p["p"])), p["p"], strict=True)):
        groups[name] = {"tools": 1, "blocking": "before", "failures": [{"bernoulli": up, "slot": slot}]}
        if i:
            groups[name]["buffer"] = p["buf"][i - 1]
    steps = [{"step": f"s_{name}", "toolgroup": name, "time": slot} for name in groups]
    return line(groups, {"part": {"route": "main", "release": "saturated"}}, {"main": steps})


def gershwin_deterministic(p: Params) -> Line:
    """Two machines that work in slots; N counts the place on the second one, which holds its part while it works."""
    slot = time(1)

    def machine(fail: float, repair: float) -> Params:
        laws = {
            key: {"geometric": {"mean": time(1 / rate), "slot": slot}}
            for key, rate in (("mtbf", fail), ("mttr", repair))
        }
        return {"tools": 1, "blocking": "before", "failures": [laws | {"clock": "operating"}]}

    groups = {"m1": machine(p["p1"], p["r1"]), "m2": machine(p["p2"], p["r2"]) | {"buffer": p["N"] - 1}}
    steps = [{"step": f"s_{name}", "toolgroup": name, "time": slot} for name in groups]
    return line(groups, {"part": {"route": "main", "release": "saturated"}}, {"main": steps})


def _queue(every: Any, service: Any, tools: int = 1) -> Line:
    return line(
        {"m1": {"tools": tools, "rule": ["fifo"]}},
        {"part": {"route": "main", "release": {"every": every}}},
        {"main": [{"step": "s1", "toolgroup": "m1", "time": service}]},
    )


def mmc(p: Params) -> Line:
    return _queue(exponential(p["lam"]), exponential(p["mu"]), p["c"])


def mmck(p: Params) -> Line:
    """At most K in the system, those in service among them; who comes when it is full is lost."""
    queue = {"tools": p["c"], "buffer": p["K"] - p["c"], "rule": ["fifo"]}
    release = {"every": exponential(p["lam"]), "full": "lose"}
    steps = [{"step": "s1", "toolgroup": "m1", "time": exponential(p["mu"])}]
    return line({"m1": queue}, {"part": {"route": "main", "release": release}}, {"main": steps})


def mg1(p: Params) -> Line:
    return _queue(exponential(p["lam"]), law(p["law"], p["mean"]))


def gim1(p: Params) -> Line:
    return _queue(law(p["interarrival"], 1 / p["lam"]), exponential(p["mu"]))


def priority_np(p: Params) -> Line:
    """Class 1 goes first; nobody is interrupted."""
    classes = range(len(p["lam"]))
    products = {
        f"class{k + 1}": {
            "route": f"r{k + 1}",
            "priority": 90 - 10 * k,
            "release": {"every": exponential(p["lam"][k])},
        }
        for k in classes
    }
    routes = {
        f"r{k + 1}": [{"step": "s1", "toolgroup": "m1", "time": exponential(p["mu"][k])}] for k in classes
    }
    return line({"m1": {"tools": 1, "rule": ["priority", "fifo"]}}, products, routes)


def closed_network(p: Params) -> Line:
    """A fixed number of lots go round; a visit ratio below 1 is a sampled step, above 1 several visits."""
    groups: Params = {
        n: {"tools": c or "unlimited", "rule": ["fifo"]}
        for n, c in zip(_names(len(p["mu"])), p["servers"], strict=True)
    }
    steps = []
    for name, mu, visits in zip(groups, p["mu"], p["visits"], strict=True):
        left, k = float(visits), 0
        while left > 1e-12:
            step = {"step": f"s_{name}_{k}", "toolgroup": name, "time": exponential(mu)}
            if left < 1:
                step["sample"] = left
            steps.append(step)
            left, k = left - 1, k + 1
    return line(groups, {"part": {"route": "main", "release": {"wip": p["jobs"]}}}, {"main": steps})


def jackson(p: Params) -> Line:
    """Arrivals anywhere, probabilistic arcs anywhere: a product for each entrance, arcs for every probability."""
    names = _names(len(p["mu"]))
    groups = {n: {"tools": c, "rule": ["fifo"]} for n, c in zip(names, p["c"], strict=True)}
    products: Params = {}
    routes: Params = {}
    for entrance, rate in enumerate(p["gamma"]):
        if not rate:
            continue
        order = [entrance, *(i for i in range(len(names)) if i != entrance)]
        steps = []
        for place, i in enumerate(order):
            arcs = [(order.index(j), q) for j, q in enumerate(p["P"][i]) if q]
            left = 1 - sum(q for _, q in arcs)
            step: Params = {"step": names[i], "toolgroup": names[i], "time": exponential(p["mu"][i])}
            back = [{"probability": q, "to": names[order[to]]} for to, q in arcs if to <= place]
            onward = [{"probability": q, "to": names[order[to]]} for to, q in arcs if to > place]
            if left > 1e-12:
                onward.append({"probability": left, "to": "end"})
            step |= ({"rework": back} if back else {}) | ({"branch": onward} if onward else {})
            steps.append(step)
        products[f"from_{names[entrance]}"] = {
            "route": f"r{entrance}",
            "release": {"every": exponential(rate)},
        }
        routes[f"r{entrance}"] = _reached(steps)
    return line(groups, products, routes)


def _reached(steps: list[Params]) -> list[Params]:
    """The steps that can be reached from the first."""
    arcs = {s["step"]: [a["to"] for a in (*s.get("rework", ()), *s.get("branch", ()))] for s in steps}
    seen: list[str] = []
    todo = [steps[0]["step"]]
    while todo:
        name = todo.pop()
        if name not in seen and name != "end":
            seen.append(name)
            todo += arcs[name]
    return [s for s in steps if s["step"] in seen]


def bulk_service(p: Params) -> Line:
    """One tool takes min to max waiting parts at once."""
    return line(
        {"m1": {"tools": 1, "rule": ["fifo"]}},
        {"part": {"route": "main", "release": {"every": exponential(p["lam"])}}},
        {"main": [{"step": "s1", "toolgroup": "m1", "time": exponential(p["mu"]), "per": "batch",
                   "batch": {"min": p["min_batch"], "max": p["max_batch"]}}]},
    )  # fmt: skip


def assembly(p: Params) -> Line:
    """A and B make parts into stores of their own, C takes one of each at once."""
    groups: Params = {"c": {"tools": 1}}
    products: Params = {"whole": {"route": "c", "release": "saturated"}}
    joined = {"step": "s_c", "toolgroup": "c", "time": exponential(p["mu_c"]), "joins": ["part_a", "part_b"]}
    routes: Params = {"c": [joined]}
    for name in ("a", "b"):
        groups |= {name: {"tools": 1}, f"store_{name}": {"tools": "store", "buffer": p[f"buf_{name}"]}}
        products[f"part_{name}"] = {"route": name, "release": "saturated"}
        made = {"step": f"s_{name}", "toolgroup": name, "time": exponential(p[f"mu_{name}"])}
        routes[name] = [made, {"step": f"w_{name}", "toolgroup": f"store_{name}"}]
    return line(groups, products, routes)


FAMILIES: dict[str, Callable[[Params], Line]] = {
    "tandem_exp": tandem,
    "tandem_erlang": tandem,
    "tandem_parallel": tandem,
    "tandem_failures": tandem,
    "mmc": mmc,
    "mmck": mmck,
    "mg1": mg1,
    "gim1": gim1,
    "priority_np": priority_np,
    "closed_network": closed_network,
    "jackson": jackson,
    "bulk_service": bulk_service,
    "bernoulli_line": bernoulli_line,
    "gershwin_deterministic2": gershwin_deterministic,
    "deterministic_line": deterministic_line,
    "assembly": assembly,
}
