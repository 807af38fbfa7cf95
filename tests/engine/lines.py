"""Small lines for the engine's tests: between them they use every word of the document."""

from __future__ import annotations

from twin.line import Line


def everything() -> Line:
    """Batches, setups, cascades, failures of both clocks, PMs, rework, sampling, windows, transport, WIP."""
    return Line(
        twin=1,
        line="everything",
        about="A little of every word.",
        toolgroups={
            "oven": {"tools": 2, "rule": ["priority", "fifo"], "load": "1 min", "unload": "1 min",
                     "pm": [{"every": "12 h", "takes": {"uniform": ["20 min", "40 min"]}, "first": "3 h"}]},
            "etch": {"tools": 3, "rule": ["priority", "least_setup", "fifo"], "area": "dry",
                     "failures": [{"mtbf": {"exponential": "5 h"}, "mttr": {"exponential": "20 min"},
                                   "clock": "calendar"},
                                  {"mtbf": {"weibull": ["9 h", 1.5]}, "mttr": "7 min", "clock": "operating"}],
                     "setups": {"changes": [{"to": "A", "time": "8 min"}, {"to": "B", "time": "5 min"},
                                            {"from": "A", "to": "B", "time": "12 min"}], "min_run": {"B": 3}}},
            "track": {"tools": 1, "buffer": 6, "rule": ["cr"],
                      "failures": [{"availability": "95 %", "mttr": {"gamma": ["9 min", "4 min"]},
                                    "clock": "calendar"}],
                      "pm": [{"every": "200 units", "takes": "15 min"}]},
            "inspect": {"tools": 1, "rule": ["edd", "fifo"]},
            "cool": {"tools": "unlimited", "transport": "none"},
        },
        products={
            "logic": {"lot_size": 4, "route": "main", "due": "9 h", "release": {"every": {"exponential": "40 min"}}},
            "hot": {"lot_size": 2, "route": "main", "priority": 20, "release": {"every": "5 h", "start": "1 h"}},
            "memory": {"lot_size": 3, "route": "short", "due": "5 h", "release": {"wip": 4}},
        },
        routes={
            "main": [
                {"step": "bake", "toolgroup": "oven", "time": {"normal": ["50 min", "5 min"]}, "per": "batch",
                 "batch": {"min": 4, "max": 8}},
                {"step": "etch_1", "toolgroup": "etch", "time": {"lognormal": ["4 min", "3 min"]}, "per": "unit",
                 "setup": "A", "queue_limit": {"until": "coat", "limit": "30 min"}},
                {"step": "rest", "toolgroup": "cool", "time": {"triangular": ["1 min", "2 min", "5 min"]}},
                {"step": "coat", "toolgroup": "track", "time": "6 min",
                 "cascade": {"every": "1 min", "per": "unit", "inside": 2}},
                {"step": "etch_2", "toolgroup": "etch", "time": "3 min", "per": "unit", "setup": "B",
                 "dedicate": "etch_3"},
                {"step": "look", "toolgroup": "inspect", "time": {"erlang": {"mean": "8 min", "k": 3}},
                 "sample": 0.5, "rework": {"probability": 0.2, "to": "etch_1"}},
                {"step": "etch_3", "toolgroup": "etch", "time": "2 min", "setup": "A"},
            ],
            "short": [
                {"step": "cure", "toolgroup": "oven", "time": "30 min", "batch": {"min": 3, "max": 9}},
                {"step": "trim", "toolgroup": "etch", "time": {"uniform": ["5 min", "15 min"]}},
                {"step": "test", "toolgroup": "inspect", "time": "4 min"},
            ],
        },
        transport={"time": {"uniform": ["2 min", "4 min"]}},
        wip=[{"lot": "old_1", "product": "logic", "units": 4, "step": "coat", "priority": 10, "due": "2 h"},
             {"lot": "old_2", "product": "memory", "units": 3, "step": "trim", "priority": 30}],
    )  # fmt: skip


def buffered() -> Line:
    """A flow line: small buffers, blocking, failures of both clocks, two tools at one station."""
    stations = {
        f"m{i}": {"tools": 2 if i == 2 else 1, "rule": ["fifo"], "failures": [
            {"mtbf": {"exponential": "50 min"}, "mttr": {"exponential": "6 min"},
             "clock": "calendar" if i % 2 else "operating"}]}
        | ({"buffer": i % 3} if i else {})
        for i in range(5)
    }  # fmt: skip
    return Line(
        twin=1,
        line="buffered",
        about="Small buffers.",
        toolgroups=stations,
        products={"body": {"route": "main", "release": "saturated"}},
        routes={
            "main": [
                {
                    "step": f"s{i}",
                    "toolgroup": f"m{i}",
                    "time": {"exponential": "1 min"} if i != 2 else "2 min",
                }
                for i in range(5)
            ]
        },
    )


def belted() -> Line:
    """`buffered` over two conveyors, one that accumulates and one that stops, which fail and are maintained."""
    document = buffered().to_document() | {"line": "belted"}
    belts = {
        "stops": {"conveyor": {"length": "6 m", "speed": "0.1 m/s", "pitch": "1.6 m", "accumulating": False},
                  "buffer": 0, "failures": [
                      {"mtbf": {"exponential": "40 min"}, "mttr": {"exponential": "3 min"}, "clock": "operating"},
                      {"mtbf": {"exponential": "90 min"}, "mttr": {"exponential": "3 min"}, "clock": "calendar"}],
                  "pm": [{"every": "5 h", "takes": "10 min"}, {"every": "300 units", "takes": "4 min"}]},
        "closes_up": {"conveyor": {"length": "12 m", "speed": "3 m/min", "pitch": "1.5 m"}, "buffer": 1,
                      "failures": {"mtbf": {"exponential": "60 min"}, "mttr": {"exponential": "3 min"},
                                   "clock": "operating"}},
    }  # fmt: skip
    document["toolgroups"] |= belts
    route = document["routes"]["main"]
    route.insert(2, {"step": "over", "toolgroup": "stops"})
    route.insert(5, {"step": "along", "toolgroup": "closes_up"})
    return Line.from_document(document)


def indexed() -> Line:
    """`buffered` with two of its stations and two more as an indexed section, which fail and are maintained."""
    document = buffered().to_document() | {"line": "indexed"}
    document["toolgroups"]["m1"]["pm"] = [{"every": "100 units", "takes": "5 min"}]
    document["toolgroups"]["n"] = {"buffer": 0}
    document["toolgroups"]["m3"]["buffer"] = 0
    document["routes"]["main"].insert(2, {"step": "n", "toolgroup": "n", "time": {"uniform": ["30 s", "80 s"]}})
    document["indexed"] = {"front": {"stations": ["m0", "n0"], "takt": "1 min"}, "mid": {"stations": ["m1", "n"]}}
    document["toolgroups"]["n0"] = {"buffer": 0, "failures": {"availability": "95 %", "mttr": "2 min"}}
    document["routes"]["main"].insert(1, {"step": "n0", "toolgroup": "n0", "time": "50 s"})
    return Line.from_document(document)


def furnished() -> Line:
    """`everything`, with qualified tools, chambers, auxiliaries, gates, breaches that cost and batches that wait."""
    document = everything().to_document() | {"line": "furnished", "auxiliaries": {"reticle": 1, "boat": 2}}
    steps = {step["step"]: step for route in document["routes"].values() for step in route}
    groups = document["toolgroups"]
    groups["etch"]["chambers"] = 2
    groups["etch"]["failures"] += [
        {"mtbf": {"exponential": "3 h"}, "mttr": {"exponential": "40 min"}, "of": "chamber"},
        {"mtbf": {"exponential": "6 h"}, "mttr": "15 min", "of": "chamber", "clock": "calendar"},
    ]
    groups["inspect"]["tools"] = 2
    groups["oven"]["load"] = "2 min"
    steps["bake"]["batch"] |= {"wait": "50 min", "look_ahead": "10 min"}
    steps["bake"]["needs"] = ["boat"]
    steps["cure"]["needs"] = ["boat", "reticle"]
    steps["cure"]["batch"] |= {"look_ahead": "20 min"}
    steps["etch_1"]["queue_limit"] = [{"until": "coat", "limit": "30 min", "gate": "20 %", "breach": {"to": "etch_1"}}]
    steps["etch_2"] |= {"chambers": [2], "needs": ["reticle"], "qualified": [1, 3]}
    steps["etch_2"]["queue_limit"] = [{"until": "etch_3", "limit": "4 h", "breach": "scrap"}]
    steps["test"]["qualified"] = [2]
    for arc in steps["look"]["rework"]:
        arc["to"] = "etch_3"  # not out of an open window
    return Line.from_document(document)


CHANGES = (
    ("toolgroups.etch.tools=2", 6, 8),
    ("toolgroups.etch.tools=4", 20, 21.001),
    ("toolgroups.oven.tools=1", 7.5, 9),
    ("toolgroups.inspect.tools=0", 9, 10),
    ("toolgroups.track.buffer=2", 5, 13),
    ("toolgroups.etch.rule=[priority, lifo]", 8, 15),
    ("toolgroups.inspect.rule=spt", 14, 26),
    ("toolgroups.etch.failures.0.mtbf={exponential: 2 h}", 3, 17),
    ("toolgroups.track.failures.0.mttr=4 min", 4, 12),
    ("toolgroups.oven.pm.0.every=5 h", 2, 18),
    ("toolgroups.etch.setups.changes.0.time=2 min", 10, 20),
    ("toolgroups.etch.setups.min_run={B: 1}", 12, 22),
    ("products.logic.release.every={exponential: 35 min}", 6, 12),
    ("products.memory.release.wip=9", 11, 16),
    ("products.memory.release.wip=2", 16, 19),
    ("products.hot.priority=5", 10, 20),
    ("routes.main.bake.time={normal: [30 min, 5 min]}", 5, 9),
    ("routes.main.bake.batch.min=2", 13, 15),
    ("routes.main.coat.cascade.inside=4", 8, 14),
    ("routes.main.look.sample=0.9", 6, 18),
    ("routes.main.look.rework.0.probability=0.3", 7, 19),
    ("routes.main.etch_1.queue_limit.0.limit=5 min", 4, 24),
    ("transport.time=1 min", 9, 23),
)
"""Hours from which to which; between them they change everything that may change."""


def restless() -> Line:
    """`everything`, and nearly everything in it is otherwise for a time."""
    document = everything().to_document() | {"line": "restless"}
    document["transients"] = [
        {"change": change, "from": f"{begins} h", "to": f"{ends} h"} for change, begins, ends in CHANGES
    ]
    return Line.from_document(document)


def stained() -> Line:
    """`everything` with process laws: in batches, on cascades, on lots that are done again."""
    document = everything().to_document() | {"line": "stained"}
    steps = {step["step"]: step for route in document["routes"].values() for step in route}
    wear = {"law": "particles", "adders": "0.02 /cm2", "seasoning": 1.5, "ageing": "0.2 %", "waiting": "0.01 /cm2/h"}
    steps["bake"]["process"] = wear
    steps["etch_1"]["process"] = wear | {"seasoning_wafers": 40}
    steps["coat"]["process"] = {"law": "particles", "adders": "0.03 /cm2"}
    steps["look"]["process"] = {"law": "spot_weld", "welds": 30, "growth": "2 um", "rejects_to": "coat"}
    steps["trim"]["process"] = {"law": "spot_weld", "welds": 30, "growth": "1 um"}
    return Line.from_document(document)


def staffed() -> Line:
    """`restless` with crews for everything: lots and tools wait for people and vehicles, and crews change."""
    document = restless().to_document() | {"line": "staffed"}
    document["crews"] = {"operators": 3, "technician": 1, "porter": {"count": 2}}
    groups = document["toolgroups"]
    groups["oven"]["crew"] = {"load": "operators", "unload": "operators", "pm": "technician"}
    groups["etch"] |= {"load": "30 s", "unload": "30 s"}
    groups["etch"]["crew"] = {"setup": "technician", "load": "operators", "repair": "technician"}
    groups["track"]["crew"] = {"repair": "technician", "pm": "operators"}
    groups["inspect"]["crew"] = {"process": "operators"}
    document["transport"]["crew"] = "porter"
    document["transients"] += [
        {"change": "crews.operators=1", "from": "8 h", "to": "15 h"},
        {"change": "crews.technician=0", "from": "17 h", "to": "18 h"},
        {"change": "crews.porter.count=4", "from": "21 h"},
    ]
    return Line.from_document(document)


def driven() -> Line:
    """`everything` with vehicles on one-way ways, two toolgroups at one node, and hot lots to carry first."""
    document = everything().to_document() | {"line": "driven", "transport": {"vehicles": "agv"}}
    document["vehicles"] = {
        "agv": {"count": 2, "speed": "1.1 m/s", "load": "20 s", "unload": "25 s", "starts": "dock"},
    }
    document["network"] = {
        "nodes": {"n": ["0 m", "0 m"], "e": ["80 m", "0 m"], "s": ["80 m", "60 m"], "dock": ["0 m", "60 m"]},
        "edges": [["n", "e"], {"from": "e", "to": "s", "one_way": True}, ["s", "dock"],
                  {"from": "dock", "to": "n", "length": "75 m"}],
        "stations": {"oven": "n", "etch": "e", "track": "s", "inspect": "s"},
    }  # fmt: skip
    return Line.from_document(document)


def shifted() -> Line:
    """`staffed` with chambers, by calendars that stop this and that: tools, crews and releases stand still."""
    document = staffed().to_document() | {"line": "shifted", "calendar": "early"}
    document["calendars"] = {
        "early": {
            "shifts": [{"name": "a", "days": "mon-sun", "from": "02:00", "to": "13:00",
                        "breaks": [{"at": "05:00", "takes": "20 min"}, {"at": "09:10", "takes": "45 min"}]},
                       {"name": "b", "days": "mon-wed", "from": "14:00", "to": "01:30"}],
            "overtime": [{"day": 1, "from": "01:40", "to": "02:00"}], "stops": ["processing", "repair", "pm"],
        },
        "late": {"shifts": [{"name": "n", "days": "mon-sun", "from": "06:00", "to": "03:00"}], "holidays": ["1"],
                 "stops": ["repair"]},
        "long": {"shifts": [{"name": "n", "days": "mon-sun", "from": "04:00", "to": "23:00"}], "stops": ["processing"]},
    }  # fmt: skip
    groups = document["toolgroups"]
    groups["oven"]["calendar"], groups["inspect"]["calendar"], groups["track"]["calendar"] = "late", "none", "long"
    groups["track"]["pm"].append({"every": "7 h", "takes": "1 h", "preempt": True})
    del groups["etch"]["crew"]
    groups["etch"]["chambers"] = 2
    groups["etch"]["failures"] += [
        {"mtbf": {"exponential": "3 h"}, "mttr": {"exponential": "40 min"}, "of": "chamber"},
        {"mtbf": {"exponential": "6 h"}, "mttr": "15 min", "of": "chamber", "clock": "calendar"},
    ]
    document["crews"]["operators"] = {"count": 3, "calendar": "early"}
    document["crews"]["porter"]["calendar"] = "long"
    document["products"]["logic"]["release"]["calendar"] = "early"
    return Line.from_document(document)


def ranked() -> Line:
    """`everything` by the rules that weigh due dates, setups and what lies ahead; batches of several steps."""
    document = everything().to_document() | {"line": "ranked"}
    rules = {"oven": ["line_balance", "odd"], "etch": ["atcs", "fasfs"], "track": ["queue_limit", "least_slack"],
             "inspect": ["least_slack", "fasfs"]}  # fmt: skip
    for group, rule in rules.items():
        document["toolgroups"][group]["rule"] = rule
    document["toolgroups"]["etch"]["atcs"] = {"k1": 0.3, "due": "lot"}
    steps = {step["step"]: step for route in document["routes"].values() for step in route}
    for step in ("bake", "cure"):
        steps[step]["batch"] = {"min": "60 %", "max": 9, "family": "heat"}
    document["products"]["logic"] |= {"due": {"flow_factor": {"uniform": [2, 5]}}, "weight": {"uniform": [1, 10]}}
    document["products"]["memory"] |= {"due": {"exponential": "4 h"}, "weight": 3}
    changes = ("toolgroups.etch.rule=[setup_campaign, odd]", "toolgroups.oven.rule=atcs",
               "toolgroups.track.rule=[line_balance, fasfs]", "toolgroups.etch.atcs.k2=2",
               "routes.short.cure.batch.min=1", "products.logic.due.flow_factor=3",
               "products.memory.weight=7")  # fmt: skip
    document["transients"] = [
        {"change": change, "from": f"{4 + 2 * k} h", "to": f"{21 + 3 * k} h"} for k, change in enumerate(changes)
    ]
    return Line.from_document(document)


def tracked() -> Line:
    """`everything` with laws that make something, tools that deviate in every way, metrology, control and charts."""
    document = everything().to_document() | {"line": "tracked"}
    steps = {step["step"]: step for route in document["routes"].values() for step in route}
    groups = document["toolgroups"]
    document["characteristics"] = {
        "depth": {"unit": "nm", "target": "100 nm", "limits": ["94 nm", "106 nm"], "within": "0.5 nm", "modes": 14},
        "film": {"unit": "nm", "target": 60, "limits": [40, None]},
    }
    document["products"]["hot"]["limits"] = {"depth": ["97 nm", "103 nm"]}
    signature = {"bowl": "1 nm", "ring": "0.4 nm", "tilt_x": "-0.3 nm", "scatter": "0.1 nm"}
    etch = {"law": "etch", "rate": "20 nm/min", "time": "5 min"}
    steps["etch_1"] |= {"time": "recipe"}
    steps["etch_1"]["process"] = etch | {"sets": "depth", "noise": "0.3 nm", "lot_noise": "0.2 nm",
                                         "signature": signature, "control": {"weight": 0.4, "model_gain": 0.8}}
    steps["etch_2"]["process"] = etch | {"time": "10 s", "adds": "depth"}
    steps["etch_3"]["process"] = {"law": "queue_oxide", "adds": "film"}
    steps["coat"]["process"] = {"law": "deposition", "sets": "film", "control": {"weight": 0.5, "most": "20 s"}}
    steps["rest"]["measure"] = {"characteristic": "depth", "units": 2, "sites": 5, "gauge": "0.2 nm", "lag": "20 min"}
    steps["rest"]["measure"]["chart"] = {"rules": ["nelson", "western_electric"], "sigma": "1 nm", "stop": True}
    steps["look"] |= {"sample": {"every": 2}}
    steps["look"]["measure"] = {"characteristic": "film", "outside": {"to": "coat", "most": 2},
                                "chart": {"sigma": "2 nm", "hold": "15 min"}}
    groups["etch"]["condition"] = {
        "rate": {"offset": ["1 %", "0 %", "-1 %"], "per_unit": "-0.02 %", "wander": {"sd": "1 %", "units": 30},
                 "seasoning": {"by": "2 %", "units": 12}, "shift": {"every": 60, "by": "6 %"}, "unit": "0.3 %"},
        "time": {"spread": "1 s", "after_pm": "0.5 s"},
    }
    groups["etch"]["chambers"] = 2
    groups["etch"]["condition"]["rate"]["chambers"] = ["0.5 %", "-0.5 %"]
    groups["etch"]["pm"] = [{"every": "alarm", "takes": "20 min"}, {"every": "90 units", "takes": "10 min"}]
    groups["track"]["condition"] = {
        "temperature_c": {"per_hour": 0.2, "lot": 0.3, "first": {"by": 4, "units": 1.5, "idle": "30 min"}}
    }
    return Line.from_document(document)
