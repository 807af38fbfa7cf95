"""Scenarios from a YAML file: a mapping of names to what each changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.line import LineError
from twin.line.faults import show
from twin.line.library import read_text
from twin.line.printer import spots_message
from twin.line.yaml_reader import Spot, TextFaults, load

CURE = "write a name and its changes, such as 'third oven: {toolgroups.oven.tools: 3}'"


def read_scenarios(path: str | Path) -> dict[str, Any]:
    """What a file says: values by path, `PATH=VALUE; PATH=VALUE`, or a list of such texts, by scenario.

    raises LineError with file, line and column
    """
    shown = str(path)
    text = read_text(Path(path), shown, CURE)
    try:
        content = load(text)
    except TextFaults as error:
        raise LineError(spots_message(shown, text, error.spots)) from None
    if not isinstance(content, dict) or not content:
        told = "is empty" if not content else f"is no mapping but {show(content)}"
        what = f"the file of scenarios {told}; {CURE}"
        raise LineError(spots_message(shown, text, [Spot(0, 0, what)]))
    return {str(name): changes for name, changes in content.items()}
