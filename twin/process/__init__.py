"""Process laws: what a visit to a tool does to the product, one law a file, and the yield it leaves.

A law of your own is a frozen dataclass that extends `ProcessLaw`, its fields declared with `parameter`,
offered by a package's entry point of the group `twin.process`, or by the running program with `offer_law`.
"""

from twin.process.law import Floats, Input, ProcessLaw, parameter, saturated
from twin.process.registry import offer_law

__all__ = ["Floats", "Input", "ProcessLaw", "offer_law", "parameter", "saturated"]
