"""Build a factory line, run it, look at it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.engine import RunError as RunError
    from twin.line import Line as Line
    from twin.line import LineError as LineError
    from twin.line import list_models as list_models
    from twin.line import read as read
    from twin.results import Comparison as Comparison
    from twin.results import Results as Results
    from twin.scene import Scene as Scene
    from twin.scene import show as show
    from twin.study.active_periods import active_periods as active_periods
    from twin.study.capacity import capacity as capacity
    from twin.study.compare import compare as compare
    from twin.study.curve import curve as curve
    from twin.study.forecast import forecast as forecast
    from twin.study.gantt import gantt as gantt
    from twin.study.history import history as history
    from twin.study.simulate import simulate as simulate
    from twin.study.stepper import debug as debug
    from twin.study.why import why as why

__version__ = "0.1.0"

# Each public name and the module it lives in; a module is imported when one of its names is first used.
_ROOMS = {
    "Comparison": "twin.results",
    "Line": "twin.line",
    "LineError": "twin.line",
    "Results": "twin.results",
    "RunError": "twin.engine",
    "Scene": "twin.scene",
    "active_periods": "twin.study.active_periods",
    "capacity": "twin.study.capacity",
    "compare": "twin.study.compare",
    "curve": "twin.study.curve",
    "debug": "twin.study.stepper",
    "gantt": "twin.study.gantt",
    "history": "twin.study.history",
    "forecast": "twin.study.forecast",
    "list_models": "twin.line",
    "read": "twin.line",
    "show": "twin.scene",
    "simulate": "twin.study.simulate",
    "why": "twin.study.why",
}
__all__ = [
    "Comparison", "Line", "LineError", "Results", "RunError", "Scene",
    "active_periods", "capacity", "compare", "curve", "debug", "forecast", "gantt", "history", "list_models", "read",
    "show", "simulate", "why",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'twin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
