"""What lots are called: `Pa-12`, the twelfth lot of Pa released, and by their own names those there at the start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twin.arrays import fields as f
from twin.line.faults import did_you_mean
from twin.results.settings import ResultsError
from twin.results.yields import lot_name

if TYPE_CHECKING:
    from twin.line import Line

_NAME = re.compile(r"(?P<product>.+)-(?P<number>[1-9]\d*)")


def name_of(line: Line, product: str, serial: int) -> str:
    """The name of a lot.

    serial: as the engine counts: from 0 in its product, from `WIP_SERIAL` over all lots there at the start
    """
    return line.wip[serial - f.WIP_SERIAL].lot if serial >= f.WIP_SERIAL else lot_name(product, serial)


def lot_of(line: Line, name: str) -> tuple[str, int]:
    """Product and serial of the lot of a name.

    raises ResultsError for a name that no lot of this line can have
    """
    for k, standing in enumerate(line.wip):
        if standing.lot == name:
            return standing.product, f.WIP_SERIAL + k
    match = _NAME.fullmatch(name)
    if match is None:
        example = next(iter(line.products))
        raise ResultsError(f"{name!r} names no lot; write product and number, such as {example}-12")
    product = match["product"]
    if product not in line.products:
        cure = did_you_mean(product, line.products)
        raise ResultsError(f"{name}: the line makes no product {product!r}; {cure}")
    return product, int(match["number"]) - 1
