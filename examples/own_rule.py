"""Does a dispatch rule of your own beat the built-in ones?

python examples/own_rule.py

The mini-fab's litho tool changes over for five to twelve minutes. `least_setup` goes on with what the tool is set for
and lets the other lots wait; first come, first served, changes over for nearly every lot. A rule of our own does
something between: it keeps the setup until a lot has waited for too long.
"""

from __future__ import annotations

from typing import Any

import twin
from twin.scene import SceneUnavailable

MODEL = "fab/mini_fab"
HOUR = 3_600_000  # ticks: a rule reckons in whole milliseconds


def first_come(lot: Any, tool: Any, state: Any) -> Any:
    """What is built in as `fifo`, to show that a rule of your own is no second-class rule."""
    return lot.queued


def patient(lot: Any, tool: Any, state: Any) -> Any:
    """Keep the setup; but lots that have waited for more than eight hours come first, the oldest before all."""
    if state.now - lot.queued > 8 * HOUR:
        return lot.queued - state.now
    return tool.setup_ticks


def main(horizon: str = "730 d", replications: int = 16, image: str = "own_rule.png") -> twin.Comparison:
    line = twin.read(MODEL)
    rules: dict[str, Any] = {
        "our own first come": first_come,
        "least setup": ["least_setup", "fifo"],
        "patient": [patient, "fifo"],
    }
    compared = twin.compare(
        line.with_rules({"litho": "fifo"}),
        {name: line.with_rules({"litho": rule}) for name, rule in rules.items()},
        horizon=horizon,
        replications=replications,
    )
    print(compared)
    try:
        twin.show(compared, image=image)
    except SceneUnavailable as reason:
        print(reason)
    return compared


def gain(compared: twin.Comparison, rule: str) -> float:
    """Lots a day more than with first come, first served."""
    return float(compared.differences["difference"][rule, "throughput"])


def check(compared: twin.Comparison) -> None:
    """Our first come, first served is the built-in one, to the last lot; patience pays where greed does not."""
    assert gain(compared, "our own first come") == 0
    assert gain(compared, "patient") > gain(compared, "least setup")


if __name__ == "__main__":
    check(main())
