"""Sequences as rows: whose turn it is at which tool, one after the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.line import Line
from twin.line.sequence import Turn
from twin.line.sequence_checks import lot_named

Ints = NDArray[np.int64]
Named = tuple[str, int, int]
"""A lot in a sequence: its name, its product's index, its serial as the engine counts."""


class TurnRows:
    """The turns of a line's tools.

    rows:  product and step as indices (step NONE: any), serial   (turn, TURN_FIELDS)
    names: the lots of each tool in order, empty where it has no sequence   (tool,)
    """

    def __init__(self, line: Line, step_index: Mapping[tuple[str, str], int]) -> None:
        self.line = line
        self.step_index = step_index
        self.products = {name: k for k, name in enumerate(line.products)}
        self.rows: list[tuple[int, int, int]] = []
        self.names: list[tuple[Named, ...]] = []

    def add(self, toolgroup: str, number: int) -> tuple[int, int]:
        """Append the turns of a toolgroup's tool, counted from 0; returns its first row and how many it has."""
        sequence = self.line.toolgroups[toolgroup].sequence
        turns = sequence[number] if sequence is not None and number < len(sequence) else ()
        first = len(self.rows)
        self.rows += [self._row(turn) for turn in turns]
        own = self.rows[first:]
        self.names.append(tuple((turn.lot, row[0], row[1]) for turn, row in zip(turns, own, strict=True)))
        return first, len(turns)

    def _row(self, turn: Turn) -> tuple[int, int, int]:
        lot = lot_named(self.line, turn.lot)
        if lot is None:
            raise ValueError(f"no lot {turn.lot!r}")  # the document was checked
        serial = f.WIP_SERIAL + lot.number if lot.standing else lot.number - 1
        step = f.NONE if turn.step is None else self.step_index[self.line.products[lot.product].route, turn.step]
        return self.products[lot.product], serial, step
