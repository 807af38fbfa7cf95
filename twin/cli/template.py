"""The document that `twin new` writes: small, runnable, and a reminder of the words."""

import json

DOCUMENT = """\
# Editors complete and check this file: twin schema -o line.schema.json, then make this the first line:
# yaml-language-server: $schema=line.schema.json
twin: 1                              # version of the document's words
line: {name}
about: >-
  Say here what the line is and where its numbers come from. Two welders share a buffer of five places
  in front of one paint booth; one body in fifty goes back to be welded again.

toolgroups:
  weld:
    tools: 2                         # identical, interchangeable; `unlimited` = a pure delay
    rule: [priority, fifo]           # ranked: the first that tells two lots apart decides
    failures:
      - {{mtbf: {{exponential: 8 h}}, mttr: {{exponential: 20 min}}, clock: operating}}
  paint:
    tools: 1
    buffer: 5                        # places in front of the booth; left out = unlimited
    pm:
      - {{every: 7 d, takes: {{uniform: [2 h, 3 h]}}}}

products:
  body:
    lot_size: 1
    route: main
    release: {{every: {{exponential: 5 min}}}}     # or saturated, {{wip: 20}}, {{schedule: starts.csv}}
    due: 2 h                         # flow allowance, from release

routes:
  main:
    - {{step: weld, toolgroup: weld, time: {{lognormal: [7 min, 90 s]}}}}
    - {{step: paint, toolgroup: paint, time: 4 min, rework: {{probability: 2 %, to: weld}}}}

run: {{horizon: 60 d, warmup: 5 d, replications: 8, seed: 1}}
"""


def document(name: str) -> str:
    """The document for a line of this name."""
    plain = name.replace("_", "").replace("-", "").isalnum() and not name.isdigit()
    return DOCUMENT.format(name=name if plain else json.dumps(name, ensure_ascii=False))
