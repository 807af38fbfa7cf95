"""Log and totals to figures: E10 time, cycle time, WIP, the bottleneck, intervals, files.

Every figure is a mean over the replications with a 95 % interval. The exact totals stay beside it.
"""

from twin.results.comparison import Comparison
from twin.results.figure import Figure
from twin.results.results import Results
from twin.results.settings import ResultsError, Settings, Timing
from twin.results.wip_trace import WipTrace

__all__ = ["Comparison", "Figure", "Results", "ResultsError", "Settings", "Timing", "WipTrace"]
