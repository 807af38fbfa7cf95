"""What the phases of a line have in common."""

from typing import NamedTuple

from twin.arrays.compiled import LineArrays
from twin.arrays.laws import LawTable
from twin.arrays.processes import ResponseTable
from twin.line.own_rules import OwnRule


class Shared(NamedTuple):
    """What the phases of a line have in common, so that they have one shape.

    most:  tools of each toolgroup, the most of any phase
    usual: its tools without changes for a time
    carriers: of each kind, the most of any phase
    rules: the line's own dispatch rules
    """

    laws: LawTable
    responses: ResponseTable
    most: dict[str, int]
    usual: dict[str, int]
    carriers: dict[str, int]
    rules: list[OwnRule]

    def finish(self, part: LineArrays) -> LineArrays:
        """The arrays of a phase with the tables that all phases share, once these are complete."""
        return part._replace(
            law=self.laws.rows(), table=self.laws.table(), value=self.laws.values(), response=self.responses.entries()
        )
