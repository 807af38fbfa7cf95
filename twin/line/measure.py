"""Metrology: what a step measures of a lot, and what follows from the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .amounts import Amount, AnyAmount, Spread
from .document import Document
from .faults import Fault, Faults, did_you_mean, show
from .units import Name, Time, number, whole

RULES = (
    "beyond_3s", "two_of_three_beyond_2s", "four_of_five_beyond_1s", "eight_on_one_side", "nine_on_one_side",
    "six_trending", "fourteen_alternating", "fifteen_within_1s", "eight_outside_1s",
)  # fmt: skip
"""Run rules of control charts: Western Electric has the first four, Nelson all but the fourth."""
RULE_SETS: dict[str, tuple[str, ...]] = {
    "western_electric": RULES[:4],
    "nelson": (*RULES[:3], *RULES[4:]),
}
SITES = (1, 5, 9, 13, 49)


def _rules(value: Any) -> tuple[str, ...]:
    """The name of a set of rules, or a list of rules and sets."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words:
        raise ValueError(f"needs western_electric, nelson, or a list of rules such as [beyond_3s], not {show(value)}")
    faults = []
    for i, word in enumerate(words):
        if word not in RULES and word not in RULE_SETS:
            cure = did_you_mean(str(word), (*RULE_SETS, *RULES))
            faults.append(Fault((i,) if not isinstance(value, str) else (), f"unknown rule {show(word)}; {cure}"))
    if faults:
        raise Faults(faults)
    return tuple(dict.fromkeys(words))


_RULE = {"enum": [*RULE_SETS, *RULES]}
Rules = Annotated[
    tuple[str, ...],
    BeforeValidator(_rules),
    WithJsonSchema({"anyOf": [_RULE, {"type": "array", "items": _RULE, "minItems": 1}]}),
]


def _sites(value: Any) -> int:
    count = whole(1, 1000)(value)
    if count not in SITES:
        raise ValueError(f"layouts of {', '.join(map(str, SITES))} sites are known, not of {count}; choose one of them")
    return count


class Chart(Document):
    """A Shewhart chart of the means that the step measures, one for each tool that made the characteristic.

    An alarm clears the chart of its tool: the rules begin anew.
    """

    rules: Rules = Field(
        default=("beyond_3s",), description="Run rules, or a set of them.", examples=["western_electric"]
    )
    sigma: Spread = Field(description="Standard deviation of the plotted means in control.", examples=["0.4 nm"])
    centre: AnyAmount | None = Field(
        default=None, description="Centre line; left out: the target.", examples=["45 nm"]
    )
    stop: bool = Field(
        default=False,
        description="An alarm takes the tool that made the lot to the maintenance that its toolgroup says "
        "for 'every: alarm'.",
        examples=[True],
    )
    hold: Time = Field(default=0.0, description="An alarm holds the measured lot for so long.", examples=["4 h"])

    @property
    def all_rules(self) -> tuple[str, ...]:
        """The single rules, sets written out."""
        return tuple(dict.fromkeys(rule for word in self.rules for rule in RULE_SETS.get(word, (word,))))


class SendRework(Document):
    """Where a lot out of its limits goes, and how often."""

    to: Name = Field(description="Earlier step of the route.", examples=["coat"])
    most: Annotated[int, BeforeValidator(whole(1, 1000))] = Field(
        default=1, description="How often a lot may go; after that it is scrap.", examples=[2]
    )


def _outside(value: Any) -> Any:
    if value in ("count", "scrap") or isinstance(value, SendRework | dict):
        return value
    raise ValueError(f"is count, scrap, or a step for rework such as '{{to: coat, most: 2}}', not {show(value)}")


class Measure(Document):
    """What a metrology step reads: the mean over sampled units and sites, with the gauge's error.

    The mean is compared with the characteristic's limits, plotted on a chart, and fed to the run-to-run control of the
    step that made the characteristic.
    """

    characteristic: Name = Field(description="What is measured.", examples=["gate_cd"])
    units: Annotated[int, BeforeValidator(whole(1, 1_000_000))] = Field(
        default=1, description="Units of the lot that are measured, spread over it evenly.", examples=[3]
    )
    sites: Annotated[int, BeforeValidator(_sites), WithJsonSchema({"enum": list(SITES)})] = Field(
        default=1, description="Sites on each: the centre alone, or with rings around it.", examples=[5]
    )
    gauge: Spread = Field(
        default=Amount(0.0), description="Standard deviation of one reading's error.", examples=["0.2 nm"]
    )
    bias: AnyAmount = Field(default=Amount(0.0), description="What the gauge reads too much.", examples=["0.1 nm"])
    lag: Time = Field(
        default=0.0,
        description="From the end of the step until charts and control know the result; what becomes of the lot "
        "itself is decided when the step ends.",
        examples=["30 min"],
    )
    outside: Annotated[
        Literal["count", "scrap"] | SendRework,
        BeforeValidator(_outside),
        WithJsonSchema({"anyOf": [{"enum": ["count", "scrap"]}, SendRework.model_json_schema()]}),
    ] = Field(
        default="count",
        description="What becomes of a lot whose mean is outside the limits: counted and let go, scrap, or rework.",
        examples=[{"to": "coat", "most": 2}],
    )
    chart: Chart | None = Field(
        default=None, description="Control chart.", examples=[{"rules": "western_electric", "sigma": "0.4 nm"}]
    )

    @property
    def sends_to(self) -> str | None:
        """Step to which lots outside the limits go back, None for those that are counted or scrap."""
        return self.outside.to if isinstance(self.outside, SendRework) else None

    @model_validator(mode="after")
    def _holds_only_lots_that_are_there(self) -> Measure:
        if self.chart is not None and self.chart.hold > 0 and self.lag > 0:
            what = "the lot has moved on when its result is known after the lag; leave hold or lag out"
            raise Faults([Fault(("chart", "hold"), what)])
        return self


def _between(high: float) -> Callable[[Any], float]:
    """A reader of numbers above 0, up to a largest."""

    def read(value: Any) -> float:
        found = number(value)
        if not 0 < found <= high:
            raise ValueError(f"lies above 0 and at most at {high:g}, and {show(value)} does not")
        return found

    return read


class Control(Document):
    """Run-to-run control: an exponentially weighted mean of what was measured moves the law's first input.

    One loop for each tool and step. Ingolfsson & Sachs, Journal of Quality Technology 25, 271 (1993).
    """

    weight: Annotated[float, BeforeValidator(_between(1))] = Field(
        description="Weight of the last lot, above 0 and up to 1.", examples=[0.3]
    )
    model_gain: Annotated[float, BeforeValidator(_between(1000))] = Field(
        default=1.0,
        description="The slope that the controller believes in, over the law's own at the recipe.",
        examples=[0.8],
    )
    delay: Literal["known", "ignored"] = Field(
        default="known",
        description="Which recipe a result is set against: the one that its own lot ran with, or the one in force when "
        "it is known, as by a controller that does not keep recipes; that one swings where results come late.",
        examples=["ignored"],
    )
    most: AnyAmount | None = Field(
        default=None,
        description="Furthest that the input is moved from the recipe; left out: to the end of the law's reach.",
        examples=["5 %"],
    )


