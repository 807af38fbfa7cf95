"""Differences as pandas tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.figure import Figure
from twin.results.paired import Difference

if TYPE_CHECKING:
    import pandas as pd


def differences(of_line: Mapping[str, Mapping[str, Difference]]) -> pd.DataFrame:
    """One row a scenario and figure."""
    rows = {(name, key): found for name, of in of_line.items() for key, found in of.items()}
    return _frame(rows, ["scenario", "figure"])


def product_differences(of_products: Mapping[str, Mapping[str, Mapping[str, Difference]]]) -> pd.DataFrame:
    """One row a scenario, product and figure."""
    rows = {
        (name, product, key): found
        for name, products in of_products.items()
        for product, of in products.items()
        for key, found in of.items()
    }
    return _frame(rows, ["scenario", "product", "figure"])


def _frame(rows: Mapping[Any, Difference], names: list[str]) -> pd.DataFrame:
    import pandas as pd

    index = pd.MultiIndex.from_tuples(list(rows), names=names) if rows else None
    return pd.DataFrame([_row(found) for found in rows.values()], index=index)


def _row(found: Difference) -> dict[str, Any]:
    """Means and ends of intervals, NaN where there is none."""
    return {
        "unit": found.base.unit,
        "base": found.base.mean,
        "scenario": found.scenario.mean,
        **_ends("difference", found.difference),
        **_ends("percent", found.percent),
        "unpaired_half": np.nan if found.unpaired is None else found.unpaired,
        "verdict": found.verdict,
    }


def _ends(name: str, figure: Figure | None) -> dict[str, float]:
    ends = (None, None, None) if figure is None else (figure.mean, figure.low, figure.high)
    keys = (name, f"{name}_low", f"{name}_high")
    return {key: np.nan if end is None else end for key, end in zip(keys, ends, strict=True)}
