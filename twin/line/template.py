"""The document that `twin new` writes to start from."""

from __future__ import annotations

import json

_TEMPLATE = """\
# A line for twin: `twin check {file}`, then `twin run {file}` and `twin show {file}`.
# Every time has a unit: us, ms, s, min, h, d or week. `twin schema` writes the JSON Schema that lets an
# editor complete and check this while you type.
twin: 1                                   # version of these words
line: {name}
about: Two stations in series, the second slower and sometimes down. Put your own line and its sources here.

toolgroups:                               # tools that can stand in for each other, behind one buffer
  cut:
    tools: 1
  weld:
    tools: 2
    buffer: 5                             # places for lots in front; left out = unlimited
    rule: [priority, fifo]                # which waiting lot goes next, ranked
    failures:
      - {{mtbf: {{exponential: 8 h}}, mttr: {{exponential: 20 min}}, clock: operating}}
    pm:
      - {{every: 7 d, takes: 2 h}}          # planned maintenance, from planned start to planned start

products:
  part:
    route: main
    release: {{every: {{exponential: 2 min}}}}   # or saturated, or {{wip: 20}}, or {{schedule: starts.csv}}
    due: 2 h                              # flow allowance: on time if it leaves this long after its release

routes:
  main:                                   # the steps, in order
    - {{step: cut_1, toolgroup: cut, time: {{triangular: [70 s, 80 s, 100 s]}}}}
    - step: weld_1
      toolgroup: weld
      time: {{lognormal: [3 min, 20 s]}}
      rework: {{probability: 2 %, to: weld_1}}

run: {{horizon: 30 d, warmup: 2 d, replications: 8, seed: 1}}
"""


def template(name: str) -> str:
    """A commented document of two stations, which passes the check and runs as it stands."""
    plain = name.replace("_", "").replace("-", "").isalnum() and name[0].isalpha()
    title = name if plain and name.lower() not in {"true", "false", "null"} else json.dumps(name)
    return _TEMPLATE.format(name=title, file=f"{name}.yaml")
