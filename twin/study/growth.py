"""More or less of everything: factors on what is released, and lines with their releases or their WIP scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.line import Law, Line, LineError, Product
from twin.line.faults import did_you_mean
from twin.line.laws import PARAMETERS, PLAIN
from twin.line.mix import Mix
from twin.line.units import number

MOST = 100.0


def factor(value: Any, what: str, least: float = 0.01) -> float:
    """A factor as a number or in per cent: 1.1 and `110 %` are the same.

    raises LineError, which begins with `what`
    """
    text = value.strip() if isinstance(value, str) else value
    try:
        percent = isinstance(text, str) and text.endswith("%")
        found = number(text[:-1] if percent else text) / (100 if percent else 1)
    except ValueError:
        raise LineError(f"{what} {value}: is no factor; write 1.1 or '110 %' for a tenth more") from None
    if not least <= found <= MOST:
        cure = f"; for per cent write '{value} %'" if found > MOST and not percent else ""
        raise LineError(f"{what} {value}: a factor lies between {least:g} and {MOST:g}{cure}")
    return found


def factors(line: Line, starts: Any, mix: Mapping[str, Any] | None) -> dict[str, float]:
    """The factor on the releases of each product: that of all, times its own.

    raises LineError, which tells every fault
    """
    of_all = factor(starts, "starts")
    found = dict.fromkeys(line.products, of_all)
    faults = []
    for product, value in (mix or {}).items():
        if product not in line.products:
            cure = did_you_mean(product, line.products)
            faults.append(f"mix {product}={value}: the line makes no product {product!r}; {cure}")
            continue
        try:
            found[product] *= factor(value, f"mix {product}", least=0.0)
        except LineError as error:
            faults.append(str(error))
    if faults:
        raise LineError("\n".join(faults))
    return found


def scaled(line: Line, by: float) -> Line:
    """The line with every product released `by` times as fast, or with `by` times the lots of a constant WIP.

    Intervals between releases become shorter by the factor, draw by draw, so that lots of the same number are the same
    lots; the times of a schedule move together.
    """
    products = {name: _scaled(product, by) for name, product in line.products.items()}
    return line.model_copy(update={"products": products, "mix": _mix(line, by)})


def _mix(line: Line, by: float) -> Mix | None:
    """The mix, with another takt or other lots in the line."""
    if line.mix is None:
        return None
    every = None if line.mix.every is None else shorter(line.mix.every, by)
    wip = None if line.mix.wip is None else max(1, round(line.mix.wip * by))
    return line.mix.model_copy(update={"every": every, "wip": wip})


def _scaled(product: Product, by: float) -> Product:
    release = product.release
    changed: dict[str, Any] = {}
    if release.every is not None:
        changed["every"] = shorter(release.every, by)
    if release.wip is not None:
        changed["wip"] = max(1, round(release.wip * by))
    if release.schedule:
        changed["schedule"] = tuple(
            start.model_copy(update={"time": start.time / by}) for start in release.schedule
        )
    return product.model_copy(update={"release": release.model_copy(update=changed)})


def shorter(law: Law, by: float) -> Law:
    """The law of the same times, each divided by `by`."""
    names = PARAMETERS.get(law.kind, ())
    params = tuple(
        value if name in PLAIN else value / by for name, value in zip(names, law.params, strict=True)
    )
    return law.model_copy(update={"params": params, "values": tuple(value / by for value in law.values)})
