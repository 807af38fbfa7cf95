"""The offered load of lines that assemble: parts are made as fast as they are joined."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from twin.line import Line
from twin.study.capacity import capacity
from twin.study.capacity_parts import part_needs

DOCUMENT = """
twin: 1
line: doors
about: A body takes four doors, a door two hinges; half of the bodies are joined a spare hinge.
toolgroups:
  marry: {{tools: 1}}
  bolt: {{tools: 1}}
  cut: {{tools: 1}}
  doors: {{tools: store}}
  hinges: {{tools: store}}
products:
  body: {{route: body, release: {body}}}
  door: {{route: door, release: {{wip: 9}}}}
  hinge: {{route: hinge, release: saturated}}
routes:
  body:
    - {{step: marry, toolgroup: marry, time: 20 s, joins: {{door: 4}}}}
    - {{step: spare, toolgroup: marry, time: 10 s, joins: hinge, sample: 50 %}}
  door:
    - {{step: bolt, toolgroup: bolt, time: 6 s, joins: {{hinge: 2}}}}
    - {{step: hang, toolgroup: doors}}
  hinge:
    - {{step: cut, toolgroup: cut, time: 5 s}}
    - {{step: keep, toolgroup: hinges}}
"""


def doors(body: str) -> Line:
    return Line.from_document(yaml.safe_load(DOCUMENT.format(body=body)))


def test_parts_of_parts() -> None:
    np.testing.assert_allclose(part_needs(doors("saturated")), [[0, 4, 8.5], [0, 0, 2], [0, 0, 0]])


@pytest.mark.parametrize(("body", "rate"), [("{every: 85 s}", 1 / 85), ("saturated", 1 / 42.5)])
def test_rates_follow_the_bodies(body: str, rate: float) -> None:
    """Hinges take 8.5 x 5 = 42.5 s a body, doors 24 s, the marriage 25 s."""
    found = capacity(doors(body))
    np.testing.assert_allclose(found.products["rate"] / 86_400, [rate, 4 * rate, 8.5 * rate])
    np.testing.assert_allclose(found.toolgroups["of_available"], [25 * rate, 24 * rate, 42.5 * rate])
    assert list(found.toolgroups.index) == ["marry", "bolt", "cut"]
    assert found.bottleneck == "cut"
    assert list(found.products["how"][1:]) == ["as many as others need"] * 2
