"""Random lines whose steps make and measure something: rework, scrap, holds and stops keep every law of the flow."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn as Draw
from plain_law import plain_law
from test_random_lines import lawful, lines

from twin.line import Line, LineError

Words = dict[str, Any]


@st.composite
def quality_lines(draw: Draw) -> Line | None:
    """A random line with a law at some of its steps and metrology behind it; None where the words do not fit."""
    try:
        document = draw(lines()).to_document()
    except LineError:
        return None
    groups = document["toolgroups"]
    made = set()
    for route in document["routes"].values():
        worked = [step for step in route if groups[step["toolgroup"]].get("tools") != "unlimited"]
        if not worked:
            continue
        first = worked[0]
        first["process"] = {"law": "plain", "sets": "h", "noise": "2 nm"}
        made.add(first["toolgroup"])
        later = route[route.index(first) + 1 :]
        if later:
            look = draw(st.sampled_from(later))
            look["measure"] = draw(measures(first["step"]))
            if draw(st.booleans()):
                first["process"]["control"] = {"weight": 0.4}
    if not made:
        return None
    document["characteristics"] = {"h": {"unit": "nm", "target": "100 nm", "limits": ["96 nm", "104 nm"]}}
    for name in made:
        groups[name]["condition"] = {"drift": draw(st.sampled_from([
            {"per_unit": "0.1 nm"}, {"wander": {"sd": "2 nm", "units": 5}}, {"shift": {"every": 20, "by": "6 nm"}},
        ]))}  # fmt: skip
        groups[name]["pm"] = [*groups[name].get("pm", []), {"every": "alarm", "takes": "6 min"}]
    try:
        return Line.from_document(document)
    except LineError:
        return None


@st.composite
def measures(draw: Draw, made_at: str) -> Words:
    """What a metrology step does."""
    words: Words = {"characteristic": "h", "gauge": "1 nm"}
    words["outside"] = draw(st.sampled_from(["count", "scrap", {"to": made_at, "most": 2}]))
    words["chart"] = {"rules": "western_electric", "sigma": "2 nm", "stop": True}
    if draw(st.booleans()):
        words["lag"] = "3 min"
    else:
        words["chart"]["hold"] = "4 min"
    return words


def test_random_lines_with_quality_keep_every_law() -> None:
    """Thirty lines; that lots were scrapped, sent back and held, and tools stopped, is part of what is tested."""
    seen: list[bool] = []

    @settings(
        max_examples=40, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(quality_lines())
    def each(of: Line | None) -> None:
        if of is not None:
            seen.append(lawful(of))

    with plain_law():
        each()
    assert sum(seen) >= 12, "too few of the lines ran to their end to prove anything"
