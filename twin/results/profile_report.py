"""What `twin profile` tells: products, layers, areas, due dates, setups and batches, queue-time limits."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.results import record
from twin.results.areas import TABLE as OVER_TIME
from twin.results.cells import column, rate_unit, time_unit
from twin.results.figure import Figure
from twin.results.profile import NO_LAYER
from twin.results.report import WIDTH, Row, asked, set_sheet
from twin.results.settings import ResultsError
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.results import Results

MOST_LAYERS, MOST_TOOLGROUPS, MOST_WINDOWS = 12, 10, 10
WITHOUT_LAYER = "(no layer)"

Figures = Mapping[str, Figure | None]


def rows(results: Results, *, ascii_only: bool = False, everything: bool = False) -> list[Row]:
    """The report, line by line; everything: every layer, toolgroup and queue-time limit, not the chief ones."""
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    lines = [Row(results.settings.model, "title"), Row(asked(results).replace("±", sign)), Row("")]
    for sheet in (
        products(results, sign), work(results, sign), due_dates(results, sign), layers(results, sign, everything),
        areas(results, sign), toolgroups(results, sign, everything), windows(results, everything),
    ):  # fmt: skip
        if sheet.rows:
            lines += [*set_sheet(sheet, cut), Row("")]
    for note in notes(results):
        lines += [Row(words, "note") for words in textwrap.wrap(f"Note: {note}", WIDTH, subsequent_indent="  ")]
    return lines


def notes(results: Results) -> list[str]:
    """How to read the figures."""
    found = [
        "A move is a lot done with a step; WIP counts a lot at a step from setting out for it to being done with it; "
        "turns are moves a day / WIP."
    ]
    if results.profile.layer_figures:
        found.append(
            "Cycle time of a layer by Little's law: WIP at its steps / lots of the product that leave the line a day; "
            "a product's layers add up to its days of WIP."
        )
    else:
        found.append("No step names a layer: write 'layer: NAME' at steps for cycle time by mask layer.")
    return [*found, *(note for note in results.notes if note.startswith(("WIP grew", "Cycle times are censored")))]


def products(results: Results, sign: str = "±") -> Sheet:
    """Output and cycle time of each product; days a mask layer where steps name layers."""
    figures = results.profile.product_figures
    of = _column_of(figures, sign)
    time = time_unit([row["cycle_time"] for row in figures.values()])
    rate = rate_unit([row["throughput"] for row in figures.values()], time)
    columns = [of("throughput", rate.factor), of("cycle_time", time.factor), of("x_factor", 1.0, 3)]
    header = ["product", "throughput", "cycle time", "X-factor"]
    units = ["", rate.name, time.name, ""]
    if results.profile.layer_figures:
        columns += [[_count(row["layers"]) for row in figures.values()], of("days_per_layer", time.factor, 3)]
        header += ["layers", "a layer"]
        units += ["", time.name]
    return Sheet("Products", tuple(header), tuple(units), table_rows(list(figures), columns))


def work(results: Results, sign: str = "±") -> Sheet:
    """WIP of each product, how long it would last, moves and turns."""
    figures = results.profile.product_figures
    of = _column_of(figures, sign)
    time = time_unit([row["days_of_wip"] for row in figures.values()])
    return Sheet(
        "WIP of the products; it lasts WIP / throughput",
        ("product", "WIP", "lasts", "moves", "turns"),
        ("", "lots", time.name, "1/d", "1/d"),
        table_rows(list(figures), [of("wip"), of("days_of_wip", time.factor), of("moves"), of("turns")]),
    )


def due_dates(results: Results, sign: str = "±") -> Sheet:
    """On-time share and lateness of the products whose lots have due dates."""
    figures = {
        name: row for name, row in results.profile.product_figures.items() if row["lateness"] is not None
    }
    of = _column_of(figures, sign)
    late = ("lateness", "late_p5", "late_p50", "late_p95")
    sizes = [_size(row[key]) for row in figures.values() for key in late]
    time = time_unit(sizes)
    columns = [of("on_time", 100.0, 3, 1), *(of(key, time.factor, 3) for key in late)]
    return Sheet(
        "Due dates: lateness is completion less due date, negative is early; percentiles over the lots",
        ("product", "on time", "lateness", "5 %", "50 %", "95 %"),
        ("", "%", *([time.name] * 4)),
        table_rows(list(figures), columns),
    )


def _size(of: Figure | None) -> Figure | None:
    """A figure's size without its sign, to choose a unit by."""
    return None if of is None else Figure(max(of.mean, -of.mean), None, None, of.unit)


def layers(results: Results, sign: str = "±", everything: bool = False) -> Sheet:
    """Each product's layers, those of the longest cycle time first unless all are asked for in their order."""
    every = results.profile.layer_figures
    keys = list(every)
    chosen = keys if everything else sorted(keys, key=lambda key: -_mean(every[key]["cycle_time"]))[:MOST_LAYERS]
    figures = {key: every[key] for key in chosen}
    of = _column_of(figures, sign)
    time = time_unit([row["cycle_time"] for row in figures.values()])
    some = "Layers" if len(chosen) == len(keys) else f"The {len(chosen)} longest of {len(keys)} layers"
    return Sheet(
        f"{some}, by product",
        ("product, layer", "cycle time", "WIP", "moves", "turns"),
        ("", time.name, "lots", "1/d", "1/d"),
        table_rows(
            [f"{product}  {layer if layer != NO_LAYER else WITHOUT_LAYER}" for product, layer in chosen],
            [of("cycle_time", time.factor, 3), of("wip"), of("moves"), of("turns")],
        ),
    )


def areas(results: Results, sign: str = "±") -> Sheet:
    """WIP, moves and turns of each area; of a run with samples the fewest and most moves between two of them."""
    figures = results.profile.area_figures
    of = _column_of(figures, sign)
    columns = [of("wip"), of("moves"), of("turns")]
    header, units = ["area", "WIP", "moves", "turns"], ["", "lots", "1/d", "1/d"]
    title = "Areas"
    over_time = results.areas_over_time
    if over_time is not None:
        warmup_d = results.settings.warmup_s / 86_400.0
        spans = over_time["moves", "mean"]
        spans = spans[spans.index.get_level_values("from") >= warmup_d - 1e-9]
        least, most = spans.groupby("area").min(), spans.groupby("area").max()
        columns += [[f"{_float(part.get(area)):,.0f}" for area in figures] for part in (least, most)]
        header += ["least", "most"]
        units += ["1/d", "1/d"]
        title += f"; least and most moves of any {_interval(results)}, mean over the replications"
    return Sheet(title, tuple(header), tuple(units), table_rows(list(figures), columns))


def _interval(results: Results) -> str:
    """The usual time between two samples, in words."""
    trace = results.area_trace
    step = 1.0 if trace is None else float(trace.times_s[1] - trace.times_s[0]) / 86_400.0
    return "day" if step == 1.0 else f"{step:.3g} d"


def _float(value: Any) -> float:
    return 0.0 if value is None else float(value)


def toolgroups(results: Results, sign: str = "±", everything: bool = False) -> Sheet:
    """How well setups and batches are used: the toolgroups that spend most on setups, then the emptiest batches."""
    every = results.profile.toolgroup_figures
    ordered = sorted(
        every, key=lambda name: (-_mean(every[name]["setup_share"]), _mean(every[name]["batch_efficiency"]))
    )
    chosen = ordered if everything else ordered[:MOST_TOOLGROUPS]
    figures = {name: every[name] for name in chosen}
    of = _column_of(figures, sign)
    some = "Setups and batches" if len(chosen) == len(every) else f"Setups and batches: {len(chosen)} of {len(every)}"
    return Sheet(
        f"{some} toolgroups" if len(chosen) < len(every) else some,
        ("toolgroup", "setup", "a setup", "a batch", "batch fill"),
        ("", "% of busy", "lots", "units", "% of max"),
        table_rows(
            chosen,
            [of("setup_share", 100.0, 3), of("lots_per_setup", 1.0, 3), of("batch_units", 1.0, 3),
             of("batch_efficiency", 100.0, 3)],
        ),
    )  # fmt: skip


def windows(results: Results, everything: bool = False) -> Sheet:
    """Queue-time windows by the step that opens them, the most breached first."""
    table = results.queue_limits
    if not len(table):
        return Sheet("Queue-time limits", ("opens at",), ("",), ())
    table = table.sort_values("breached", ascending=False)
    shown = table if everything else table.head(MOST_WINDOWS)
    until = {
        (route, step.step): ", ".join(window.until for window in step.queue_limit)
        for route, steps in results.line.routes.items() for step in steps
    }  # fmt: skip
    some = "Queue-time limits" if len(shown) == len(table) else f"The {len(shown)} most breached of {len(table)} limits"
    return Sheet(
        f"{some}, means over the replications",
        ("opens at", "until", "closed", "breached", "share"),
        ("", "", "lots", "lots", "%"),
        table_rows(
            [f"{route}.{step}" for route, step in shown.index],
            [
                [until.get((route, step), "") for route, step in shown.index],
                [f"{value:,.0f}" for value in shown["closed"]],
                [f"{value:,.1f}" for value in shown["breached"]],
                [f"{100 * value:.2f}" for value in shown["share"]],
            ],
        ),
    )


def _column_of(figures: Mapping[Any, Figures], sign: str) -> Callable[..., list[str]]:
    """A function that sets one figure of all rows as a column."""

    def of(key: str, factor: float = 1.0, digits: int = 4, most: int = 4) -> list[str]:
        return column([row[key] for row in figures.values()], factor, digits, most, f" {sign} ")

    return of


def _count(of: Figure | None) -> str:
    return "-" if of is None else f"{of.mean:.0f}"


def _mean(of: Figure | None) -> float:
    return 0.0 if of is None else of.mean


# --- files -----------------------------------------------------------------------------------------------


def to_json(results: Results) -> dict[str, Any]:
    """The same as plain values: times in d, rates a day, shares 0-1; None where there is no data."""
    profile = results.profile

    def plain(row: Figures) -> dict[str, Any]:
        return {key: None if value is None else value.to_json() for key, value in row.items()}

    steps = profile.steps
    places = {key: steps[key, ""].tolist() for key in ("toolgroup", "area", "layer")}
    return {
        "model": results.settings.model,
        "horizon_days": results.settings.horizon_s / 86_400.0,
        "warmup_days": results.settings.warmup_s / 86_400.0,
        "replications": results.settings.replications,
        "products": {name: plain(row) for name, row in profile.product_figures.items()},
        "layers": [
            {"product": product, "layer": layer, **plain(row)}
            for (product, layer), row in profile.layer_figures.items()
        ],
        "areas": {name: plain(row) for name, row in profile.area_figures.items()},
        "toolgroups": {name: plain(row) for name, row in profile.toolgroup_figures.items()},
        "steps": [
            {"product": product, "step": step, **{word: places[word][k] for word in places}, **plain(row)}
            for k, ((product, step), row) in enumerate(profile.step_figures.items())
        ],
        "queue_limits": results.queue_limits.reset_index().to_dict("records"),
        **({} if results.area_trace is None else {"areas_over_time": _over_time(results)}),
    }


def _over_time(results: Results) -> list[dict[str, Any]]:
    """Moves, WIP and turns of each area in each time between two samples: means over the replications."""
    table = results.areas_over_time
    assert table is not None
    means = table.xs("mean", axis=1, level=1)
    return [
        {"area": area, "from_day": begins, "to_day": ends, "moves": moves, "wip": wip,
         "turns": turns if turns == turns else None}
        for (area, begins, ends), (moves, wip, turns) in zip(
            means.index, means[["moves", "wip", "turns"]].to_numpy().tolist(), strict=True
        )
    ]  # fmt: skip


def tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table by the name of its file, columns flat: `wip_mean`, `wip_low`, `wip_high`."""
    profile = results.profile
    found = {
        "products": profile.products, "layers": profile.layers, "areas": profile.areas, "steps": profile.steps,
        "toolgroups": profile.toolgroups, "queue_limits": results.queue_limits,
    }  # fmt: skip
    if results.areas_over_time is not None:
        found[OVER_TIME] = results.areas_over_time
    flat = {}
    for name, table in found.items():
        table = table.copy()
        if table.columns.nlevels > 1:
            table.columns = ["_".join(filter(None, pair)) for pair in table.columns.to_flat_index().tolist()]
        flat[name] = table.reset_index() if len(table) else table
    return flat


def check_folder(folder: str | Path) -> None:
    """Refuse a place where the tables cannot be written without harm: a file, or a folder of something else."""
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path}: is a file; give a folder for the tables")
    known = {"products", "layers", "areas", "steps", "toolgroups", "queue_limits", OVER_TIME}
    for child in sorted(path.iterdir()) if path.is_dir() else ():
        if child.suffix not in {".csv", ".parquet"} or child.stem not in known:
            raise ResultsError(
                f"{path}: holds {child.name!r}, which twin profile did not write and which would be lost; give a new "
                "folder"
            )


def save(results: Results, folder: str | Path) -> None:
    """Write every table as CSV and as parquet, all or nothing; an earlier profile there is replaced."""
    check_folder(folder)
    with record.written_whole(Path(folder).absolute()) as made:
        for name, table in tables(results).items():
            table.to_csv(made / f"{name}.csv", index=False)
            table.to_parquet(made / f"{name}.parquet", index=False)
