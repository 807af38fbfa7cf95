"""Any line, written back in the document's words, reads as the same line."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.line import RULES, Line
from twin.line.windows import crossing
from twin.line.yaml_reader import load

MOST = {"ms": 1000, "s": 1000, "min": 60, "h": 48, "d": 30}
units = st.sampled_from(sorted(MOST))
times = st.builds(lambda part, unit: f"{part * MOST[unit]:.6g} {unit}", st.floats(0.01, 1), units)
several = st.lists(times, min_size=3, max_size=3)
names = st.one_of(st.text("abcXYZ_-. äß", min_size=1, max_size=6).map(str.strip), st.integers(0, 99))
shares = st.one_of(st.floats(0.01, 0.4), st.integers(1, 40).map(lambda n: f"{n} %"))


def by_seconds(values: list[str]) -> list[str]:
    factor = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}
    return sorted(values, key=lambda value: float(value.split()[0]) * factor[value.split()[1]])


ends, clocks = st.sampled_from(["stop", "repeat"]), st.sampled_from(["operating", "calendar"])
laws: st.SearchStrategy[Any] = st.one_of(
    times,
    st.builds(lambda t: {"exponential": t}, times),
    st.builds(lambda t: {"uniform": by_seconds(t)[:2]}, several),
    st.builds(lambda t: {"triangular": by_seconds(t)}, several),
    st.builds(lambda kind, m: {kind: [m, m]}, st.sampled_from(["normal", "lognormal", "gamma"]), times),
    st.builds(lambda t, k: {"erlang": {"mean": t, "k": k}}, times, st.integers(1, 9)),
    st.builds(lambda t: {"geometric": {"mean": f"{t + 3} s", "slot": "3 s"}}, st.integers(0, 99)),
    st.builds(lambda t, k: {"weibull": [t, k]}, times, st.floats(0.5, 5)),
    st.builds(lambda t: {"empirical": {"values": t}}, several),
    st.builds(
        lambda t, end: {"trace": {"values": t, "end": end}}, several, st.sampled_from(["stop", "repeat"])
    ),
)


def maybe(**words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=words)


counts = st.just("9 units")
toolgroups = maybe(
    tools=st.one_of(st.integers(1, 50)),
    buffer=st.one_of(st.integers(0, 50), st.just("unlimited")),
    rule=st.lists(st.sampled_from(RULES), min_size=1, max_size=4, unique=True),
    load=times,
    unload=times,
    area=names.filter(bool),
    failures=st.lists(
        st.one_of(
            st.fixed_dictionaries({"mtbf": laws, "mttr": laws, "clock": clocks}),
            st.fixed_dictionaries({"availability": st.floats(0.1, 0.99), "mttr": times}),
        ),
        max_size=2,
    ),
    pm=st.lists(
        st.one_of(
            st.fixed_dictionaries({"every": st.just("1000 d"), "takes": laws}, optional={"first": times}),
            st.fixed_dictionaries({"every": st.just("75 units"), "takes": laws}, optional={"first": counts}),
        ),
        max_size=2,
    ),
    transport=st.just("none"),
    crew=maybe(repair=st.sampled_from(["porter", 7]), pm=st.just("porter")),
    atcs=maybe(k1=st.floats(0.01, 9), k2=st.integers(1, 9), due=st.sampled_from(["step", "lot"])),
)
factors = st.one_of(
    st.floats(0, 9),
    st.integers(0, 9).map(lambda low: {"uniform": [low, low + 1.5]}),
    st.builds(lambda mean, k: {"erlang": {"mean": mean, "k": k}}, st.floats(0.5, 9), st.integers(1, 9)),
    st.floats(0.5, 9).map(lambda mean: {"exponential": mean}),
)
dues = st.one_of(
    times, laws.filter(lambda law: "trace" not in law), st.builds(lambda factor: {"flow_factor": factor}, factors)
)
weights = st.one_of(st.integers(1, 1000), st.integers(1, 9).map(lambda low: {"uniform": [low, low + 4]}))
batches = st.fixed_dictionaries(
    {"max": st.just(90)}, optional={"min": st.one_of(st.integers(1, 3), st.integers(1, 3).map(lambda n: f"{n} %"))}
)
rows = st.fixed_dictionaries(
    {"time": times}, optional={"units": st.integers(1, 9), "priority": st.integers(-5, 30), "due": times}
)
releases = st.one_of(
    st.builds(lambda every, start: {"every": every, "start": start}, laws, times),
    st.builds(lambda n: {"wip": n}, st.integers(1, 50)),
    st.builds(lambda listed: {"schedule": listed}, st.lists(rows, min_size=1, max_size=3)),
)


adders = st.floats(0, 10).map(lambda number: f"{number!r} /cm2")
processes = st.one_of(
    st.fixed_dictionaries({"law": st.just("particles"), "adders": adders}, optional={"ageing": shares}),
    st.just({"law": "spot_weld", "welds": 14, "growth": "350 nm", "rejects_to": "step_0"}),
)
sides = st.floats(1, 20).map(lambda number: f"{number!r} mm")
dies = st.fixed_dictionaries(
    {"width": sides, "height": sides},
    optional={"clustering": st.sampled_from([0.5, 3, "none"]), "edge": st.just("2 mm")},
)


def steps_of(names_of_steps: list[str], groups: list[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """The steps of a route."""
    arc = {"probability": shares}
    optional = {
        "per": st.sampled_from(["lot", "unit"]),
        "setup": st.sampled_from(["A", "B", 3]),
        "cascade": st.fixed_dictionaries({"every": times}, optional={"inside": st.integers(1, 9)}),
        "sample": shares,
        "rework": st.fixed_dictionaries(arc | {"to": st.sampled_from(names_of_steps)}),
        "branch": st.lists(st.fixed_dictionaries(arc | {"to": st.just("end")}), max_size=1),
        "process": processes,
    }
    last = names_of_steps[-1]
    window = {"queue_limit": st.just({"until": last, "limit": "3 h"})}
    return st.tuples(
        *(
            st.fixed_dictionaries(
                {"step": st.just(step), "toolgroup": st.sampled_from(groups), "time": laws},
                optional=optional | (window if step != last else {}),
            )
            for step in names_of_steps
        )
    ).map(lambda steps: [_without_crossing(step, i, steps) for i, step in enumerate(steps)])


def _without_crossing(step: dict[str, Any], opens: int, steps: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """A step without its window where a way back of the route leaves that while it is open."""
    places = {other["step"]: i for i, other in enumerate(steps)}
    loops = [(i, other["rework"]["to"]) for i, other in enumerate(steps) if "rework" in other]
    loops += [(i, other["process"].get("rejects_to", "end")) for i, other in enumerate(steps) if "process" in other]
    back = [(at, places[to]) for at, to in loops if places.get(to, at + 1) <= at]
    if any(crossing(opens, len(steps) - 1, at, to) == "out" for at, to in back):
        return {key: words for key, words in step.items() if key != "queue_limit"}
    return step


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that are sound by construction."""
    groups = draw(st.dictionaries(names.filter(bool), toolgroups, min_size=1, max_size=4))
    routes = {}
    for route in draw(st.lists(st.sampled_from(["main", 7, "r.2"]), min_size=1, max_size=2, unique=True)):
        routes[route] = draw(steps_of([f"step_{i}" for i in range(draw(st.integers(1, 4)))], list(groups)))
    product = st.fixed_dictionaries(
        {"route": st.sampled_from(list(routes)), "release": releases},
        optional={"lot_size": st.integers(1, 30), "due": dues, "priority": st.integers(-5, 30), "die": dies,
                  "weight": weights},
    )  # fmt: skip
    products = draw(st.dictionaries(st.sampled_from(["p", "q", 8]), product, min_size=1, max_size=3))
    first = next(iter(products))
    lots = [{"lot": f"L{i}", "product": first, "step": "step_0"} for i in range(draw(st.integers(0, 3)))]
    top = maybe(
        about=st.text("abc: #'\"\n"),
        transport=st.builds(lambda law, crew: {"time": law} | crew, laws, maybe(crew=st.sampled_from(["porter", 7]))),
        run=st.just({"horizon": "9 d", "seed": 4}),
        tick=st.sampled_from(["1 ms", "2 ms"]),
    )
    parts = {"toolgroups": groups, "routes": routes, "products": products, "wip": lots}
    parts["crews"] = {"porter": draw(st.integers(1, 9)), 7: {"count": 2}}
    return {"line": draw(names.filter(bool)), **parts, **draw(top)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_a_line_reads_back_equal(document: dict[str, Any]) -> None:
    line = Line.from_document(document)
    written = line.to_document()
    assert Line.from_document(written) == line
    assert Line.from_document(json.loads(json.dumps(written))) == line
    assert Line.from_document(load(yaml.safe_dump(written, sort_keys=False))) == line
    assert Line.from_document(written).to_document() == written
