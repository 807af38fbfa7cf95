"""Rules that weigh due dates, setups and what lies ahead; weights, drawn due dates, tardiness. Minutes by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from word_lines import MINUTE, Words, flow, history, line, product_total, rows, starts, step

from twin.arrays.fields import LOG_BITS
from twin.engine import RunError
from twin.engine.ranks import in_means, log2_of

COMPLETED, ON_TIME, TARDINESS, WEIGHTED = 2, 4, 9, 10


def python(function: Any) -> Any:
    """The function as it is written."""
    return getattr(function, "py_func", function)


def order(rule: Any, release: Words, minutes: float = 10, **more: Any) -> list[int]:
    """Lots in the order one tool takes them; all but the first come while it is busy."""
    run = history(flow({"a": {"rule": rule}}, [step("s", "a", minutes)], release, **more), 300)
    return [lot for _, lot in rows(run, "load", "lot")]


# --- due dates ------------------------------------------------------------------------------------


def test_operation_due_date_is_the_share_of_the_allowance_that_the_work_so_far_has_of_all_work() -> None:
    # p: due 100, 10 of its 100 min lie up to this step: due here at 10 + release. q: due 80, all its work is here.
    products = {
        "p": {"route": "m", "due": "100 min", "release": starts(0, 1)},
        "q": {"route": "n", "due": "80 min", "release": starts(0.5)},
    }
    routes = {"m": [step("s", "a", 10), step("t", "b", 90)], "n": [step("s", "a", 10)]}
    for rule, expected in (("odd", ["p", "p", "q"]), ("edd", ["p", "q", "p"])):
        run = history(line({"a": {"rule": rule}, "b": {}}, products, routes), 60)
        assert [name for _, name in rows(run, "load", "product", step="s")] == expected


def test_least_slack_is_time_left_less_work_left() -> None:
    # at 10: p due 60 with 10 of work, slack 40; q due 90 with 70 of work, slack 10.
    products = {
        "p": {"route": "m", "due": "60 min", "release": starts(0, 0)},
        "q": {"route": "n", "due": "90 min", "release": starts(0.5)},
        "never": {"route": "m", "release": starts(0.2)},
    }
    routes = {"m": [step("s", "a", 10)], "n": [step("s", "a", 10), step("t", "b", 60)]}
    run = history(line({"a": {"rule": "least_slack"}, "b": {}}, products, routes), 60)
    assert [name for _, name in rows(run, "load", "product", step="s")] == ["p", "q", "p", "never"]


def test_first_at_shop_goes_by_release_and_not_by_arrival_at_the_group() -> None:
    products = {"p": {"route": "m", "release": starts(0, 1)}, "q": {"route": "n", "release": starts(1.5)}}
    routes = {"m": [step("d", "d", 2), step("s", "a", 10)], "n": [step("s", "a", 10)]}
    of = line({"a": {"rule": "fasfs"}, "d": {"tools": "unlimited"}}, products, routes)
    # q takes the idle tool at 1.5; of those that wait at 11.5 the one released first goes.
    run = history(of, 60)
    assert rows(run, "load", "product", "lot", step="s") == [(1.5, "q", 1), (11.5, "p", 1), (21.5, "p", 2)]


# --- atcs -----------------------------------------------------------------------------------------


def test_logarithms_and_multiples_of_means_agree_with_floats() -> None:
    luck = np.random.default_rng(3)
    for value in [1, 2, 3, 1000, 2**31, *(int(2**x) for x in luck.uniform(0, 57, 200))]:
        found = python(log2_of)(value, LOG_BITS) / 2**LOG_BITS
        assert found == pytest.approx(math.log2(value), abs=1.01 * 2**-LOG_BITS)
    for mean in (1, 7, 60_000, 2**33 + 5):
        for value in (0, 3, 59_999, 2**37):
            exact = value * 9_454_886 / mean
            assert python(in_means)(value, mean, 9_454_886) == pytest.approx(exact, abs=1, rel=1e-12)


def index(weight: float, p: float, due: float, setup: float, now: float, k1: float, k2: float, means: Any) -> float:
    """Logarithm of the ATCS index, by its formula."""
    mean_p, mean_s = means
    wait = setup / (k2 * mean_s) if mean_s else 0.0
    return math.log(weight / p) - max(due - p - now, 0.0) / (k1 * mean_p) - wait


@pytest.mark.parametrize(("k1", "k2"), [(0.5, 0.2), (2.0, 0.5), (0.05, 5.0), (20.0, 0.1)])
def test_atcs_takes_the_lot_of_the_largest_index(k1: float, k2: float) -> None:
    # four kinds of lots wait when the tool is free; each next one must have the largest index of those left.
    kinds = {
        "u": (4, 6.0, 60.0, "A"), "v": (9, 11.0, 45.0, "B"), "w": (2, 3.0, 25.0, "A"),
        "x": (10, 7.0, 200.0, None), "y": (1, 5.0, 22.0, "B"),
    }  # fmt: skip
    changes = [{"to": "A", "time": "9 min"}, {"to": "B", "time": "4 min"}]
    group = {"rule": "atcs", "atcs": {"k1": k1, "k2": k2}, "setups": {"changes": changes}}
    routes = {k: [step("s", "a", p) | ({"setup": s} if s else {})] for k, (_, p, _, s) in kinds.items()}
    products = {
        k: {"route": k, "weight": w, "due": f"{due} min", "release": starts(0.1)} for k, (w, _, due, _) in kinds.items()
    }
    routes["first"] = [step("s", "a", 10)]
    products["first"] = {"route": "first", "release": starts(0)}
    run = history(line({"a": group}, products, routes), 100)
    left, state, now = dict(kinds), "", 10.0
    for told, name in rows(run, "load", "product")[1:]:
        assert told == pytest.approx(now)
        setup = {k: 0.0 if s in (None, state) else {"A": 9.0, "B": 4.0}[s] for k, (_, _, _, s) in left.items()}
        means = (np.mean([p for _, p, _, _ in left.values()]), np.mean(list(setup.values())))
        ranks = {k: index(w, p, due + 0.1, setup[k], now, k1, k2, means) for k, (w, p, due, _) in left.items()}
        assert name == max(ranks, key=ranks.__getitem__)
        now += setup[name] + left[name][1]
        state = left[name][3] or state
        del left[name]
    assert not left


def test_atcs_has_slack_to_the_steps_due_date_or_to_the_lots() -> None:
    # p has used up its share of the allowance for this step (due here at 6), though it is due at 600 only.
    products = {
        "p": {"route": "m", "due": "600 min", "release": starts(0, 1)},
        "q": {"route": "n", "due": "100 min", "release": starts(0.5)},
    }
    routes = {"m": [step("s", "a", 10), step("t", "b", 990)], "n": [step("s", "a", 10)]}
    for due, expected in (("step", ["p", "p", "q"]), ("lot", ["p", "q", "p"])):
        of = line({"a": {"rule": "atcs", "atcs": {"k1": 1, "due": due}}, "b": {}}, products, routes)
        assert [name for _, name in rows(history(of, 60), "load", "product", step="s")] == expected


def test_atcs_puts_lots_without_due_date_last_and_leaves_ties_to_the_next_rank() -> None:
    release = starts(0, 1, 2, 3, due=["1 min", None, "5 min", "6 min"])
    assert order(["atcs", "lifo"], release) == [1, 4, 3, 2]  # both late, of one weight and time: a tie


# --- setups, what lies ahead, windows ----------------------------------------------------------------


def campaign(rule: Any, releases: dict[str, Words], minutes: float = 1, **units: int) -> list[str]:
    changes = [{"to": name, "time": "5 min"} for name in ("A", "B", "C")]
    routes = {n: [step("s", "a", minutes) | ({} if n == "N" else {"setup": n})] for n in releases}
    products = {n: {"route": n, "release": r, "lot_size": units.get(n, 1)} for n, r in releases.items()}
    run = history(line({"a": {"rule": rule, "setups": {"changes": changes}}}, products, routes), 200)
    return [name for _, name in rows(run, "load", "product")]


def test_a_campaign_goes_on_while_lots_wait_and_then_turns_to_the_setup_with_most_units() -> None:
    # A 0-6; then both other A; of B (1 + 1 units) and C (3 units in one lot) C has more; B last.
    releases = {"A": starts(0, 3, 4), "B": starts(0.1, 0.2), "C": starts(1)}
    assert campaign(["setup_campaign", "fifo"], releases, C=3) == ["A", "A", "A", "C", "B", "B"]
    assert campaign(["setup_campaign", "fifo"], releases) == ["A", "A", "A", "B", "B", "C"]
    assert campaign(["fifo"], releases) == ["A", "B", "B", "C", "A", "A"]


def test_lots_that_need_no_setup_go_with_the_campaign() -> None:
    releases = {"A": starts(0, 3), "B": starts(0.1), "N": starts(0.2, 4)}
    assert campaign(["setup_campaign", "fifo"], releases) == ["A", "N", "A", "N", "B"]


def test_line_balance_feeds_the_toolgroup_with_least_work_waiting_for_each_tool() -> None:
    # b has one lot of 30 min waiting for its tool; c two lots of 20 for its two tools, 20 each: c is fed first.
    routes = {
        "b": [step("s", "a", 10), step("t", "b", 30)],
        "c": [step("s", "a", 10), step("t", "c", 20)],
        "b2": [step("t", "b", 30)], "c2": [step("t", "c", 20)], "out": [step("s", "a", 10)],
    }  # fmt: skip
    products = {
        "out": {"route": "out", "release": starts(0, 0.3)},
        "b": {"route": "b", "release": starts(0.1)},
        "c": {"route": "c", "release": starts(0.2)},
        "b2": {"route": "b2", "release": starts(0, 0)},
        "c2": {"route": "c2", "release": starts(0, 0, 0, 0)},
    }
    of = line({"a": {"rule": "line_balance"}, "b": {}, "c": {"tools": 2}}, products, routes)
    # a lot that leaves the line waits nowhere next and goes first.
    assert [name for _, name in rows(history(of, 100), "load", "product", step="s")] == ["out", "out", "c", "b"]


def test_the_window_that_runs_out_first_goes_first_and_lots_without_one_last() -> None:
    def route(limit: float | None) -> list[Words]:
        window = {} if limit is None else {"queue_limit": {"until": "s", "limit": f"{limit} min"}}
        return [step("d", "d", 1) | window, step("s", "a", 10)]

    limits = {"first": None, "none": None, "long": 60.0, "short": 20.0}
    products = {name: {"route": name, "release": starts(0.1 * k)} for k, name in enumerate(limits)}
    routes = {name: route(limit) for name, limit in limits.items()}
    run = history(line({"d": {"tools": "unlimited"}, "a": {"rule": "queue_limit"}}, products, routes), 100)
    assert [name for _, name in rows(run, "load", "product", step="s")] == ["first", "short", "long", "none"]


# --- batches --------------------------------------------------------------------------------------


def test_a_share_of_the_largest_batch_is_the_least_one() -> None:
    # 75 % of 4 lots: the third one starts it; of 3 lots 2.25, so that all three are needed.
    for most, begins in ((4, 3.0), (3, 3.0), (2, 2.0)):
        batch = {"batch": {"min": "75 %", "max": most}}
        run = history(flow({"a": {}}, [step("s", "a", 30, **batch)], starts(1, 2, 3)), 20)
        assert rows(run, "load")[0] == (begins,)


def test_lots_of_one_family_share_a_batch_whatever_their_route_and_step() -> None:
    # x waits at step s1 from 0, y at s2 from 1: together they are two and start at 1, for the leader's 20 min.
    batch = {"min": 2, "max": 2}
    routes = {"m": [step("s1", "a", 20, batch=batch)], "n": [step("d", "d", 1), step("s2", "a", 20, batch=batch)]}
    products = {name: {"route": route, "release": {"every": "100 min"}} for name, route in (("x", "m"), ("y", "n"))}
    groups: Words = {"a": {}, "d": {"tools": "unlimited"}}
    with pytest.raises(RunError, match="nothing has moved since 1 min"):  # each waits for a second lot of its own
        history(line(groups, products, routes), 60)
    for steps in routes.values():
        steps[-1]["batch"] = batch | {"family": "oven"}
    run = history(line(groups, products, routes), 60)
    assert rows(run, "load", "product", step="s1") == [(1, "x")]
    assert rows(run, "load", "product", step="s2") == [(1, "y")]
    assert rows(run, "out", "product") == [(21, "x"), (21, "y")]
    assert run.totals.group[0, 0, 5] == 1, "one batch"


def test_a_family_fills_up_in_the_order_of_the_rule() -> None:
    # while the first batch runs, x, x, y (hot) come: the next one of two is y and the first x.
    batch = {"min": 1, "max": 2, "family": "oven"}
    routes = {"m": [step("s1", "a", 20, batch=batch)], "n": [step("s2", "a", 20, batch=batch)]}
    products = {
        "x": {"route": "m", "release": starts(0, 1, 2)},
        "y": {"route": "n", "priority": 20, "release": starts(3)},
    }
    run = history(line({"a": {}}, products, routes), 60)
    assert rows(run, "load", "product", "lot") == [(0, "x", 1), (20, "y", 1), (20, "x", 2), (40, "x", 3)]


# --- weights, due dates that are drawn, tardiness ------------------------------------------------------


def test_tardiness_is_the_time_after_the_due_date_and_weighs_what_the_lot_weighs() -> None:
    # one tool of 10 min, three lots at 0 due at 15: out at 10, 20, 30: tardy by 0, 5, 15.
    product = {"due": "15 min", "weight": 4}
    run = history(flow({"a": {}}, [step("s", "a", 10)], starts(0, 0, 0), product), 60)
    assert [product_total(run, k) for k in (COMPLETED, ON_TIME)] == [3, 1]
    assert product_total(run, TARDINESS) == 20 * MINUTE and product_total(run, WEIGHTED) == 80 * MINUTE
    row = run.product_figures["p"]
    told = {key: row[key] for key in ("tardy", "tardiness", "weighted_tardiness")}
    assert {key: figure.mean for key, figure in told.items() if figure} == pytest.approx(
        {"tardy": 2 / 3, "tardiness": 20 / 3 / 1440, "weighted_tardiness": 80 / 3 / 1440}
    )
    assert "Due dates" in run.report() and "Due dates" in run._repr_html_()
    never = history(flow({"a": {}}, [step("s", "a", 10)], starts(0)), 60)
    assert never.product_figures["p"]["tardiness"] is None and "Due dates" not in never.report()


def test_flow_factors_and_weights_are_drawn_for_each_lot_as_their_laws_say() -> None:
    # two lots at a time, raw time 1: the first is out after 1, the second after 2. Factor uniform 1-3: the second is
    # tardy with probability 1/2, and its tardiness has mean int_1^2 (2 - f) df / 2 = 1/4.
    pairs = [10.0 * (k // 2) for k in range(4000)]
    words = {"due": {"flow_factor": {"uniform": [1, 3]}}, "weight": {"uniform": [1, 10]}}
    run = history(flow({"a": {}}, [step("s", "a", 1)], starts(*pairs), words), 20_000, log=False)
    assert product_total(run, COMPLETED) == 4000
    assert product_total(run, ON_TIME) / 4000 == pytest.approx(0.75, abs=4 * 0.25 / math.sqrt(2000))
    tardy = product_total(run, TARDINESS) / MINUTE / 2000
    assert tardy == pytest.approx(0.25, abs=4 * 0.32 / math.sqrt(2000))
    weight = product_total(run, WEIGHTED) / product_total(run, TARDINESS)
    assert weight == pytest.approx(5.5, abs=4 * 2.87 * 1.6 / math.sqrt(1000))
    last = history(flow({"a": {}}, [step("s", "a", 1)], starts(*pairs[:2000]), words), 9_990.0, log=False)
    first = history(flow({"a": {}}, [step("s", "a", 1)], starts(*pairs), words), 9_990.0, log=False)
    assert product_total(last, WEIGHTED) == product_total(first, WEIGHTED), "a lot's draws do not know the others"


def test_a_schedules_own_due_date_stands_and_a_blank_one_is_drawn() -> None:
    words = {"due": {"uniform": ["30 min", "40 min"]}}
    run = history(flow({"a": {}}, [step("s", "a", 20)], starts(0, 0, due=["5 min", None]), words), 60)
    assert 15 * MINUTE <= product_total(run, TARDINESS) <= 25 * MINUTE  # 15 + (40 less 30 to 40)
    assert product_total(run, ON_TIME) == 0
