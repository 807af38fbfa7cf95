"""What a process law is: parameters with units and bounds, and up to three effects of a visit to a tool."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Effect = Literal["defects", "waiting", "rejects"]
EFFECTS: tuple[Effect, ...] = ("defects", "waiting", "rejects")
METHODS = frozenset({*EFFECTS, "grown", "inputs", "value"})
MOST_PASSES, MOST_HOURS = 4.0e6, 1.0e5
"""How far a law is asked: units since the last PM, hours in the queue."""
MOST_DEFECTS = 1000.0
"""The largest defect density that a law may give [1/cm2]: with it no die is good."""
DOCUMENT_WORDS = frozenset(
    {"law", "rejects_to", "sets", "adds", "removes", "noise", "lot_noise", "signature", "control"}
)
"""Words of a step's process that are no parameters of a law."""
_KEY = "twin.process"


@dataclass(frozen=True)
class Parameter:
    """What a document may write for one field of a law.

    unit:      unit of the field's number, such as `um`, `/cm2/h` or `share`; empty: a plain number
    meaning:   what it is, in a line
    default:   the number if the document leaves it out; None: it must be written
    low, high: bounds of the number; positive: above 0 whatever `low` says
    whole:     a whole number
    word:      the key in documents
    """

    unit: str
    meaning: str
    default: float | None
    low: float
    high: float
    positive: bool
    whole: bool
    word: str

    def fault(self, value: Any) -> str | None:
        """What is wrong with a number for this field, None if nothing is."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"needs a finite number, not {value!r}"
        if self.whole and value != int(value):
            return f"needs a whole number, not {value!r}"
        if self.positive and value <= 0:
            return f"must be above 0, and {self._told(value)} is not"
        if value < self.low:
            return f"must be at least {self._told(self.low)}, and {self._told(value)} is not"
        if value > self.high:
            return f"must be at most {self._told(self.high)}, and {self._told(value)} is not"
        return None

    def _told(self, value: float) -> str:
        unit = "" if self.unit in {"", "share"} else f" {self.unit}"
        return f"{value:.6g}{unit}"


def parameter(
    unit: str = "",
    meaning: str = "",
    *,
    default: float | None = None,
    low: float = 0.0,
    high: float = math.inf,
    positive: bool = False,
    whole: bool = False,
    word: str = "",
) -> Any:
    """A field of a law that a document may write.

    unit:      unit of the field's number, such as `um`, `/cm2/h` or `share`; empty: a plain number
    meaning:   what it is, in a line
    default:   the number if the document leaves it out; None: it must be written
    low, high: bounds of the number, `positive`: above 0, `whole`: a whole number
    word:      the key in documents, where it cannot be the field's name
    """
    if unit == "share":
        low, high = max(low, 0.0), min(high, 1.0)
    declared = Parameter(unit, meaning, default, low, high, positive, whole, word)
    return field(default=MISSING if default is None else default, metadata={_KEY: declared})


@dataclass(frozen=True)
class Input:
    """A number that goes into what a law makes, and that a tool or a controller may move: a dose, a time, a face.

    name:      its word in documents
    unit:      unit of `nominal`, `low` and `high`; deviations are written in it too, or in per cent if `relative`
    nominal:   what the recipe says
    low, high: how far from it the law is asked: the reach of its surrogate
    relative:  deviations are shares of the nominal value
    """

    name: str
    unit: str
    nominal: float
    low: float
    high: float
    relative: bool = False

    @classmethod
    def around(
        cls, name: str, unit: str, nominal: float, least: float, most: float, *, relative: bool = False
    ) -> Input:
        """An input that is asked from `least` to `most` times its recipe."""
        return cls(name, unit, nominal, least * nominal, most * nominal, relative)

    @classmethod
    def near(cls, name: str, unit: str, nominal: float, reach: float, low: float, high: float) -> Input:
        """An input that is asked as far as `reach` from its recipe, within the bounds of its law."""
        return cls(name, unit, nominal, max(low, nominal - reach), min(high, nominal + reach))


class ProcessLaw:
    """The base of every process law. A law is a frozen dataclass; each effect it has is one method.

    A law that makes something that can be measured (a thickness, a linewidth, a nugget) names its unit in `MAKES`,
    its one or two `inputs`, and returns it from `value`. The first input is the one that a controller moves; if its
    name is `time`, it is the time of the recipe. `POINTS` says at how many places along each input the surrogate
    asks the law: few for a costly one.

    The engine asks each effect once, when the line is compiled, and interpolates: an effect is a smooth
    function of its argument alone, from 0 to `MOST_PASSES` units or `MOST_HOURS`, and never negative or above
    `MOST_DEFECTS`.
    """

    MAKES: ClassVar[str] = ""
    POINTS: ClassVar[int] = 65

    def __post_init__(self) -> None:
        """Refuse numbers outside the declared bounds."""
        told = [
            f"{name} {fault}"
            for name, declared in parameters_of(type(self)).items()
            if (fault := declared.fault(getattr(self, name))) is not None
        ]
        if told:
            raise ValueError("; ".join(told))

    def defects(self, passes: Floats) -> Floats | None:
        """Killer defects that a unit picks up at the tool [1/cm2]   (n,); None: the law adds none.

        passes: units the tool has run since its last PM ended   (n,)
        """
        return None

    def waiting(self, hours: Floats) -> Floats | None:
        """Killer defects that a unit picks up in the queue in front of the step [1/cm2]   (n,); None: none.

        hours: from the arrival in the queue to loading [h]   (n,)
        """
        return None

    def rejects(self, passes: Floats) -> Floats | None:
        """Probability that a lot leaves the tool out of its limits   (n,); None: the law rejects no lot.

        passes: units the tool has run since its last PM ended   (n,)
        """
        return None

    def grown(self, hours: Floats) -> Floats | None:
        """What has grown on the product in the queue in front of the step, in the unit `MAKES`   (n,); None: nothing.

        hours: from the arrival in the queue to loading [h]   (n,)
        """
        return None

    def inputs(self) -> tuple[Input, ...]:
        """What goes into `value`: one or two, the one that a controller moves first; (): the law makes nothing."""
        return ()

    def value(self, *inputs: Floats) -> Floats | None:
        """What the law makes, in the unit `MAKES`, at values of its inputs in their units   (n,) each -> (n,).

        None: it makes nothing of them.
        """
        return None


def saturated(density: Floats) -> Floats:
    """A defect density kept below `MOST_DEFECTS`: as it is up to 100 /cm2 (to 3e-5), then bent, never with a corner.

    For laws without an end of their own, such as a linear one   [1/cm2] (n,) -> [1/cm2] (n,)
    """
    bounded = np.minimum(density, 1e6 * MOST_DEFECTS)  # whose fourth power is still a number
    return np.minimum(bounded / (1.0 + (bounded / MOST_DEFECTS) ** 4) ** 0.25, MOST_DEFECTS)


def fault_of_class(found: object) -> str | None:
    """Why this is no law that a document can name, None if it is one."""
    if not isinstance(found, type) or not issubclass(found, ProcessLaw):
        return "is no class that extends twin.process.ProcessLaw"
    made: Any = found
    if "__dataclass_params__" not in vars(found) or not made.__dataclass_params__.frozen:
        return "is no frozen dataclass; write @dataclass(frozen=True, kw_only=True) above it"
    declared = parameters_of(found)
    bare = [f.name for f in fields(made) if f.name not in declared]
    if bare:
        return f"has the field {bare[0]!r} without a unit; declare it with twin.process.parameter"
    both = [name for name in declared if name in METHODS]
    if both:
        return f"has a field and a method of the name {both[0]!r}; rename the field and give it that as its word"
    taken = sorted(DOCUMENT_WORDS & {declared[name].word for name in declared})
    if taken:
        return f"has a parameter of the word {taken[0]!r}, which documents use otherwise; rename it"
    return None


def parameters_of(law: type[ProcessLaw]) -> dict[str, Parameter]:
    """The declared parameters of a law, by the names of its fields."""
    made: Any = law
    declared = {f.name: f.metadata[_KEY] for f in fields(made) if _KEY in f.metadata} if is_dataclass(made) else {}
    return {name: p if p.word else replace(p, word=name) for name, p in declared.items()}


def ask(law: ProcessLaw, effect: Effect, at: Floats) -> Floats | None:
    """One effect of a law, held to what the engine needs.

    at:      passes, or hours [h] for `waiting`   (n,)
    returns  [1/cm2], of `rejects` a probability   (n,); None if the law has no such effect
    raises   ValueError in words that name the effect
    """
    method: Callable[[Floats], Any] = getattr(law, effect)
    argument = "hours" if effect == "waiting" else "passes"
    call = f"{effect}({argument})"
    try:
        with np.errstate(all="ignore"):
            answer = method(at.copy())
    except Exception as error:  # a user's law may raise anything
        raise ValueError(f"its {call} raises {type(error).__name__}: {error}") from error
    if answer is None:
        return None
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"its {call} returns {type(answer).__name__}, not an array of numbers") from None
    if values.shape != at.shape:
        raise ValueError(f"its {call} returns the shape {values.shape} for {argument} of shape {at.shape}")
    top = 1.0 if effect == "rejects" else MOST_DEFECTS
    wrong = ~np.isfinite(values) | (values < 0) | (values > top)
    if wrong.any():
        place = int(np.argmax(wrong))
        allowed = "a probability" if effect == "rejects" else f"from 0 to {MOST_DEFECTS:g} /cm2"
        cure = "; twin.process.saturated keeps it there" if top == MOST_DEFECTS < values[place] else ""
        found = f"{values[place]:.6g} at {argument} = {at[place]:.6g}"
        raise ValueError(f"its {call} is {found}; it must be {allowed}{cure}")
    return values


def effects_of(law: ProcessLaw) -> frozenset[Effect]:
    """The effects a law has, each asked over the whole range; a ValueError tells what it may not return."""
    found = frozenset(effect for effect in EFFECTS if ask(law, effect, _grid(effect)) is not None)
    if not _makes(law) and law.MAKES:
        raise ValueError(f"it says that it makes something in {law.MAKES!r}, and has neither inputs nor anything grown")
    if not found and not law.MAKES:
        raise ValueError("it has no effect: defects, waiting and rejects all return None, and it makes nothing")
    return found


def _makes(law: ProcessLaw) -> bool:
    """Whether anything goes into what it makes or grows in the queue; a ValueError tells what a user's law raised."""
    try:
        inputs = law.inputs()
    except Exception as error:  # a user's law may raise anything
        raise ValueError(f"its inputs() raises {type(error).__name__}: {error}") from error
    try:
        grown = law.grown(np.zeros(1))
    except Exception as error:  # a user's law may raise anything
        raise ValueError(f"its grown(hours) raises {type(error).__name__}: {error}") from error
    return bool(inputs) or grown is not None


def _grid(effect: Effect) -> Floats:
    """Eight places an octave over the range of an effect's argument, and 0."""
    low, high = (0.01, MOST_HOURS) if effect == "waiting" else (1.0, MOST_PASSES)
    count = 8 * math.ceil(math.log2(high / low)) + 1
    return np.concatenate([[0.0], np.geomspace(low, high, count)])
