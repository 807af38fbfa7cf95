"""A sound document, and the ways in which the tests spoil it."""

from __future__ import annotations

from typing import NamedTuple

SOUND = """\
twin: 1
line: shop
about: A line to spoil.
toolgroups:
  weld: {tools: 2, buffer: 5, rule: [priority, fifo], load: 1 min}
  oven: {tools: 1, buffer: 40}
  test:
    tools: 1
    failures:
      - {mtbf: {exponential: 8 h}, mttr: 20 min, clock: calendar}
    pm:
      - {every: 7 d, takes: 2 h, first: 1 d}
    setups:
      changes:
        - {to: B, time: 5 min}
products:
  body:
    lot_size: 2
    route: main
    release: {every: {exponential: 3 min}, start: 1 h}
    due: 30 d
  door: {lot_size: 2, route: main, release: {schedule: starts.csv}}
routes:
  main:
    - {step: join, toolgroup: weld, time: {uniform: [50 s, 70 s]}, queue_limit: {until: bake, limit: 4 h}}
    - {step: bake, toolgroup: oven, time: 50 min, batch: {min: 4, max: 8}, dedicate: bake_2}
    - {step: bake_2, toolgroup: oven, time: 5 min}
    - {step: check, toolgroup: test, time: 2 min, setup: B, rework: {probability: 1 %, to: join}}
transport: {time: 30 s}
wip: wip.csv
run: {horizon: 30 d, warmup: 2 d, replications: 4, seed: 1}
"""
STARTS = "product,time,units,priority,due\ndoor,3 h,2,,\ndoor,1 h,,20,4 d\n"
WIP = "lot,product,units,step,priority,due\nL1,body,2,bake,,-2 h\nL2,door,,join,20,\n"


class Case(NamedTuple):
    """One fault: `new` stands where `old` stood; it is told at `place`, and in these `words`."""

    old: str
    new: str
    place: str
    words: str


RELEASE = "{every: {exponential: 3 min}, start: 1 h}"
BATCH = "batch: {min: 4, max: 8}"
TWO = f"{BATCH}, dedicate: bake_2}}\n    - {{step: bake_2, toolgroup: oven, time: 5 min}}"
ALONE = TWO.replace(", dedicate: bake_2", "")
TIME = "time: 50 min,"

KEYS = [
    Case(
        "tools: 2, buffer",
        "tols: 2, buffer",
        "5:10: toolgroups.weld.tols",
        "unknown key 'tols', did you mean 'tools'?",
    ),
    Case("mttr: 20", "mtr: 20", "10:36: toolgroups.test.failures.0.mtr", "did you mean 'mttr'?"),
    Case("limit: 4 h", "limi: 4 h", "25:95: routes.main.join.queue_limit.0.limi", "did you mean 'limit'?"),
    Case("{to: B, t", "{too: B, t", "15:12: toolgroups.test.setups.changes.0.too", "did you mean 'to'?"),
    Case(
        "exponential: 3 min}, ",
        "exponential: 3 min}, wp: 3, ",
        "20:44: products.body.release.wp",
        "did you mean 'wip'?",
    ),
    Case("toolgroups:", "toolgroup:", "4:1: toolgroup", "did you mean 'toolgroups'?"),
    Case("line: shop\n", "", "1:1: line", "the key 'line' is missing; write 'line: two_stage'"),
    Case(
        "mtbf: {exponential: 8 h}, ",
        "",
        "10:9: toolgroups.test.failures.0.mtbf",
        "write 'mtbf: {exponential: 100 min}'",
    ),
    Case("buffer: 5,", "buffer: 5, buffer: 6,", "5:31", "the key 'buffer' stands twice"),
    Case("twin: 1", "twin: 2", "1:7: twin", "install a newer twin"),
    Case("  weld:", "  3.5: {}\n  weld:", "5:3: toolgroups.3.5", "put it in quotes"),
]
QUANTITIES = [
    Case(
        "load: 1 min", "load: 1", "5:61: toolgroups.weld.load", "a time needs a unit; write '1 s' or '1 min'"
    ),
    Case("load: 1 min", "load: 0", "5:61: toolgroups.weld.load", "write '0 s'"),
    Case("load: 1 min", "load: 1 mins", "5:61: toolgroups.weld.load", "did you mean 'min'?"),
    Case("load: 1 min", "load: 1 H", "5:61: toolgroups.weld.load", "did you mean 'h'?"),
    Case("load: 1 min", "load: -1 min", "5:61: toolgroups.weld.load", "cannot be negative"),
    Case("load: 1 min", "load: 1e400 s", "5:61: toolgroups.weld.load", "no finite time"),
    Case("load: 1 min", "load: .nan", "5:61: toolgroups.weld.load", "no finite time"),
    Case("load: 1 min", "load: 900 week", "5:61: toolgroups.weld.load", "a coarser 'tick:'"),
    Case("load: 1 min", "load: 0.1 ms", "5:61: toolgroups.weld.load", "a finer 'tick:'"),
    Case("load: 1 min", "load: 12:30", "5:61: toolgroups.weld.load", "'12:30' is no time"),
    Case("load: 1 min", "load: " + "9" * 5000, "5:61: toolgroups.weld.load", "absurdly large"),
    Case("tools: 2,", "tools: two,", "5:17: toolgroups.weld.tools", "needs a whole number or 'unlimited'"),
    Case("tools: 2,", "tools: 2.5,", "5:17: toolgroups.weld.tools", "not 2.5"),
    Case("tools: 2,", "tools: true,", "5:17: toolgroups.weld.tools", "not True"),
    Case("tools: 2,", "tools: 0,", "5:17: toolgroups.weld.tools", "at least 1"),
    Case(
        "tools: 2,",
        "tools: 99999999999,",
        "5:17: toolgroups.weld.tools",
        "absurdly large; write a whole number",
    ),
    Case("buffer: 5", "buffer: -1", "5:28: toolgroups.weld.buffer", "at least 0"),
    Case("horizon: 30 d", "horizon: 2000 d", "31:16: run.horizon", "4.36 years at 'tick: 1 ms'"),
    Case("replications: 4", "replications: 0", "31:49: run.replications", "at least 1"),
    Case("warmup: 2 d", "warmup: 30 d", "31:30: run.warmup", "a shorter warm-up or a longer horizon"),
    Case(
        "probability: 1 %",
        "probability: 101 %",
        "28:83: routes.main.check.rework.0.probability",
        "0 % and 100 %",
    ),
    Case(
        "probability: 1 %", "probability: 40", "28:83: routes.main.check.rework.0.probability", "write '40 %'"
    ),
    Case(
        "twin: 1\n",
        "twin: 1\nunits: {time: fortnight}\n",
        "2:15: units.time",
        "choose from us, ms, s, min, h, d, week",
    ),
    Case("twin: 1\n", "twin: 1\ntick: 0 s\n", "2:7: tick", "between '1 us' and '1 h'"),
]
LAWS = [
    Case(
        "exponential: 8 h",
        "exponental: 8 h",
        "10:17: toolgroups.test.failures.0.mtbf.exponental",
        "did you mean 'exponential'?",
    ),
    Case("[50 s, 70 s]", "[70 s, 50 s]", "25:53: routes.main.join.time.uniform", "write [50 s, 70 s]"),
    Case("[50 s, 70 s]", "[70 s]", "25:53: routes.main.join.time.uniform", "write {uniform: [low, high]}"),
    Case("[50 s, 70 s]", "[50, 70 s]", "25:54: routes.main.join.time.uniform.0", "low: a time needs a unit"),
    Case(
        TIME,
        "time: {erlang: {mean: 1 min, k: 2.5}},",
        "26:69: routes.main.bake.time.erlang.k",
        "a whole number",
    ),
    Case(
        TIME,
        "time: {erlang: {mean: 1 min, kk: 2}},",
        "26:66: routes.main.bake.time.erlang.kk",
        "did you mean 'k'?",
    ),
    Case(
        TIME, "time: {normal: [1 min, -3 s]},", "26:60: routes.main.bake.time.normal.1", "cannot be negative"
    ),
    Case(TIME, "time: {weibull: [1 min, 0]},", "26:53: routes.main.bake.time.weibull", "a shape from 0.05"),
    Case(
        TIME,
        "time: {triangular: [3 s, 2 s, 4 s]},",
        "26:56: routes.main.bake.time.triangular",
        "low <= mode <= high",
    ),
    Case(
        TIME,
        "time: {exponential: 1 s, uniform: [1 s, 2 s]},",
        "26:43: routes.main.bake.time",
        "needs one law",
    ),
    Case(
        "mtbf: {exponential: 8 h}",
        "availability: 100 %",
        "10:24: toolgroups.test.failures.0.availability",
        "leave the failure out",
    ),
    Case(
        "every: 7 d, takes: 2 h",
        "every: 1 h, takes: 2 h",
        "12:29: toolgroups.test.pm.0.takes",
        "write a longer every",
    ),
    Case("first: 1 d", "first: 300 units", "12:41: toolgroups.test.pm.0.first", "write both in one kind"),
    Case(
        "clock: calendar",
        "clock: calender",
        "10:57: toolgroups.test.failures.0.clock",
        "did you mean 'calendar'?",
    ),
]
NAMES = [
    Case("toolgroup: weld,", "toolgroup: wled,", "25:31: routes.main.join.toolgroup", "did you mean 'weld'?"),
    Case(
        "route: main\n    rel", "route: mian\n    rel", "19:12: products.body.route", "did you mean 'main'?"
    ),
    Case("[priority, fifo]", "[priority, fiffo]", "5:48: toolgroups.weld.rule.1", "did you mean 'fifo'?"),
    Case("step: bake_2", "step: bake", "27:14: routes.main.bake.step", "stands twice"),
    Case(
        "until: bake,", "until: bakke,", "25:89: routes.main.join.queue_limit.0.until", "did you mean 'bake'?"
    ),
    Case(
        "time: 5 min}\n    -",
        "time: 5 min, queue_limit: {until: join, limit: 1 h}}\n    -",
        "27:73: routes.main.bake_2.queue_limit.0.until",
        "write a later step, of check",
    ),
    Case(
        "dedicate: bake_2",
        "dedicate: check",
        "26:86: routes.main.bake.dedicate",
        "a later step of this toolgroup",
    ),
    Case("dedicate: bake_2", "dedicate: join", "26:86: routes.main.bake.dedicate", "does not come later"),
    Case("to: join}", "to: jion}", "28:92: routes.main.check.rework.0.to", "did you mean 'join'?"),
    Case("{to: B,", "{to: Bb,", "15:16: toolgroups.test.setups.changes.0.to", "did you mean 'B'?"),
    Case("wip.csv", "wp.csv", "30:6: wip", "did you mean 'wip.csv'?"),
    Case("starts.csv", "stats.csv", "22:56: products.door.release.schedule", "did you mean 'starts.csv'?"),
    Case(RELEASE, "saturatd", "20:14: products.body.release", "write 'saturated'"),
    Case(RELEASE, "{every: 1 h, wip: 3}", "20:14: products.body.release", "has every and wip"),
]
FEASIBLE = [
    Case("min: 4, max: 8", "min: 9, max: 8", "26:64: routes.main.bake.batch.min", "write min <= max"),
    Case(
        "min: 4, max: 8",
        "min: 7, max: 7",
        "26:64: routes.main.bake.batch.min",
        "never fill a batch of 7 to 7",
    ),
    Case(
        "min: 4, max: 8", "min: 1, max: 1", "26:72: routes.main.bake.batch.max", "more than the batch holds"
    ),
    Case("min: 4, max: 8", "min: 120 %, max: 8", "26:64: routes.main.bake.batch.min", "a share lies between 0 and 1"),
    Case(
        TWO, ALONE.replace("8}", "8, family: f}").replace("5 min}", "5 min, batch: {max: 9, family: f}}"),
        "27:65: routes.main.bake_2.batch.max",
        "batch family 'f' has max 9 here and 8 at 'bake' of 'main'; write one max",
    ),
    Case(
        TWO, ALONE.replace("8}", "8, family: f}").replace("5 min}", "5 min, setup: A, batch: {max: 8, family: f}}"),
        "27:86: routes.main.bake_2.batch.family",
        "needs A here and no setup at 'bake' of 'main'; a batch has one setup",
    ),
    Case(
        TWO, TWO.replace("5 min}", "5 min, batch: {max: 8, family: f}}"), "27:76: routes.main.bake_2.batch.family",
        "takes the tool of an earlier step",
    ),
    Case("due: 30 d", "due: {flow_factor: 2 h}", "21:24: products.body.due.flow_factor", "a plain number such as 2.5"),
    Case(
        "due: 30 d", "due: {flow_factor: {uniform: [5, 2]}}", "21:34: products.body.due.flow_factor.uniform",
        "needs low <= high; write [2, 5]",
    ),
    Case("due: 30 d", "due: {flow_factor: {trace: 2}}", "21:25: products.body.due.flow_factor.trace", "is no law of a"),
    Case("due: 30 d", "due: {flow: 2}", "21:11: products.body.due.flow", "is no law and no flow_factor"),
    Case("due: 30 d", "due: {flow_factor: -1}", "21:24: products.body.due.flow_factor", "between 0 and 1,000,000"),
    Case(
        "due: 30 d", "due: {flow_factor: 2, uniform: [1 d, 2 d]}", "21:27: products.body.due.uniform",
        "stands beside flow_factor",
    ),
    Case(
        "due: 30 d", "due: {trace: {values: [1 d, 2 d]}}", "21:18: products.body.due.trace",
        "a due date follows no trace",
    ),
    Case("due: 30 d", "weight: 0", "21:13: products.body.weight", "at least 1, not 0"),
    Case("due: 30 d", "weight: {uniform: [9, 3]}", "21:23: products.body.weight.uniform", "write [3, 9]"),
    Case("due: 30 d", "weight: {uniform: 3}", "21:23: products.body.weight.uniform", "its least and its largest"),
    Case("due: 30 d", "weight: {normal: [3, 1]}", "21:13: products.body.weight", "write a whole number such as 1"),
    Case("rule: [priority, fifo]", "rule: [atc]", "5:38: toolgroups.weld.rule.0", "did you mean 'atcs'?"),
    Case("buffer: 5,", "atcs: {k1: 0}, buffer: 5,", "5:31: toolgroups.weld.atcs.k1", "between 0.01 and 1000"),
    Case("buffer: 5,", "atcs: {due: late}, buffer: 5,", "5:32: toolgroups.weld.atcs.due", "step"),
    Case("buffer: 40", "buffer: 1", "26:64: routes.main.bake.batch.min", "write 'buffer: 2' or more"),
    Case(BATCH, "per: batch", "26:56: routes.main.bake.per", "write 'batch: {min: 1, max: 4}'"),
    Case(BATCH, BATCH + ", per: lot", "26:81: routes.main.bake.per", "write 'per: batch'"),
    Case(
        BATCH,
        BATCH + ", cascade: {every: 1 min}",
        "26:76: routes.main.bake.cascade",
        "leave batch or cascade out",
    ),
    Case(
        "probability: 1 %", "probability: 1", "28:69: routes.main.check.rework", "a total probability below 1"
    ),
    Case(
        "to: join}}",
        "to: join}, branch: {probability: 99.5 %, to: end}}",
        "28:121: routes.main.check.branch.0.probability",
        "at most 1 together",
    ),
    Case(RELEASE, "{every: 0 s}", "20:22: products.body.release.every", "without end at one moment"),
]
TEXT = [
    Case(
        "rule: [priority, fifo]", "rule: [priority, fifo", "5:65", "is a comma or a closing bracket missing"
    ),
    Case("  oven: {", "\toven: {", "6:1", "use spaces"),
    Case("about: A line", "about: A: line", "3:9", "put the text in quotes"),
    Case("    lot_size: 2\n    r", "   lot_size: 2\n    r", "19:10", "the same indentation"),
    Case("line: shop", "line: !!python/object:x shop", "2:7", "leave it out"),
    Case("load: 1 min", "load: *x", "5:61", "undefined alias"),
    Case("about: A line to spoil.", "---", "3:1", "one line a file"),
    Case("transport: {time: 30 s}", "transport: 30 s", "29:12: transport", "a mapping such as {time: "),
    Case("  main:\n", "  main: 3\n  other:\n", "24:9: routes.main", "a list such as"),
]
CASES = [*KEYS, *QUANTITIES, *LAWS, *NAMES, *FEASIBLE, *TEXT]
