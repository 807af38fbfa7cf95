"""Names and indices: what a number in the arrays is called in the document."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Names(NamedTuple):
    """The document's names, in the order of the arrays.

    toolgroups: name of each toolgroup                                     (group,)
    products:   name of each product                                       (product,)
    steps:      (route, step) of each step                                 (step,)
    tool_group: toolgroup each tool belongs to                             (tool,)
    tools_of:   the tools of each toolgroup, empty for a pure delay        (group,)
    raw_ticks:  expected process time of a product's route, no waiting, with its load, unload and transport,
                sampling and rework weighed in [tick]                      (product,)
    tick_s:     seconds a tick
    stops:      failures and maintenance: toolgroup, `failure` or `pm`, which of the toolgroup's   (stop,)
    extras:     steps with a row of `twin.arrays.extras`, as indices into `steps`   (extra,)
    auxiliaries: what steps need beside a tool                             (auxiliary,)
    carriers:   kinds of skids, hangers, pallets                           (kind,)
    fleets:     the vehicles that carry the lots                           (0 or 1,)
    processes:  steps with a process law or a measure, as indices into `steps`   (process,)
    measures:   steps with a measure, likewise                             (measure,)
    channels:   what is tracked of a lot: name, first column in `Totals.tracked`, modes, quantum   (characteristic,)
    makes:      steps that make a characteristic, as indices into `steps` (make,)
    sections:   how many stations each indexed section has                 (section,)
    conditions: tool and input of each condition that a world keeps        (condition,)
    steps_of:   the steps of each product's route, as indices into `steps`; one after the other they are the passages
                (product,)
    crews:      name of each crew                                          (crew,)
    turns:      of each tool its sequence: name, product and serial of the lots; () where no tool has one   (tool,)
    rules:      how many sequence rules the mix has
    """

    toolgroups: tuple[str, ...]
    products: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    tool_group: NDArray[np.int64]
    tools_of: tuple[range, ...]
    raw_ticks: NDArray[np.float64]
    tick_s: float
    processes: tuple[int, ...] = ()
    stops: tuple[tuple[int, str, int], ...] = ()
    steps_of: tuple[range, ...] = ()
    crews: tuple[str, ...] = ()
    extras: tuple[int, ...] = ()
    auxiliaries: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    fleets: tuple[str, ...] = ()
    measures: tuple[int, ...] = ()
    conditions: tuple[tuple[int, str], ...] = ()
    channels: tuple[tuple[str, int, int, float], ...] = ()
    makes: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()
    turns: tuple[tuple[tuple[str, int, int], ...], ...] = ()
    rules: int = 0

    def tool(self, index: int) -> str:
        """A tool's name: its toolgroup's, and its number from 1 where there are several."""
        group = int(self.tool_group[index])
        tools = self.tools_of[group]
        name = self.toolgroups[group]
        return name if len(tools) == 1 else f"{name}/{index - tools.start + 1}"
