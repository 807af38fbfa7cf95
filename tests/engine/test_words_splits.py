"""Disassembly, worked out by hand: what comes out of a lot, when, and where it waits."""

from __future__ import annotations

import pytest
from word_lines import OUT, RELEASED, history, line, product_total, starts, step, times

from twin.line import Line, LineError
from twin.study.capacity import capacity


def taken_apart(**more: object) -> Line:
    """A pack is opened for 3 min and leaves as an empty case; three modules come out and are tested, 2 min each."""
    groups = {"bench": {}, "test": {"buffer": 1}, "wash": {}}
    routes = {
        "pack": [step("open", "bench", 3, splits={"module": 3}), step("wash", "wash", 1)],
        "module": [step("test", "test", 2)],
    }
    products = {
        "pack": {"route": "pack", "release": starts(0, 20)},
        "module": {"route": "module", "release": "split"},
    }
    return line(groups, products, routes, **more)


def test_what_comes_out_begins_its_route_as_the_step_ends() -> None:
    run = history(taken_apart(), 60)
    assert times(run, "out", product="pack") == [4, 24]
    assert times(run, "release", product="module") == [3, 3, 3, 23, 23, 23]
    assert times(run, "out", product="module") == [5, 7, 9, 25, 27, 29]
    assert product_total(run, RELEASED, 1) == product_total(run, OUT, 1) == 6
    # the third finds neither tool nor place and waits outside, from 3 to 5
    assert times(run, "queue", product="module") == [3, 3, 5, 23, 23, 25]


def test_what_is_split_off_may_be_joined_again() -> None:
    """A lid is taken off, the box is filled, and the same number of lids goes on."""
    groups = {"open": {}, "lids": {"tools": "store"}, "fill": {}, "close": {}}
    routes = {
        "box": [step("open", "open", 1, splits="lid"), step("fill", "fill", 5), step("close", "close", 1, joins="lid")],
        "lid": [{"step": "wait", "toolgroup": "lids"}],
    }
    products = {"box": {"route": "box", "release": starts(0, 0)}, "lid": {"route": "lid", "release": "split"}}
    run = history(line(groups, products, routes), 60)
    assert times(run, "out", product="box") == [7, 12]
    assert times(run, "out", product="lid") == [6, 11]


def test_capacity_counts_what_goes_round_once() -> None:
    groups = {"open": {}, "lids": {"tools": "store"}, "wash": {}}
    routes = {
        "box": [step("open", "open", 1, splits={"lid": 2}), step("close", "open", 1, joins={"lid": 2})],
        "lid": [step("wash", "wash", 2), {"step": "wait", "toolgroup": "lids"}],
    }
    products = {"box": {"route": "box", "release": {"every": "5 min"}}, "lid": {"route": "lid", "release": "split"}}
    found = capacity(line(groups, products, routes))
    assert found.products["rate"]["lid"] == pytest.approx(2 * 288)
    assert found.toolgroups["of_available"]["wash"] == pytest.approx(0.8)


def test_capacity_follows_the_lots_they_come_out_of() -> None:
    document = taken_apart().to_document()
    document["products"]["pack"]["release"] = {"every": "10 min"}
    found = capacity(Line.from_document(document))
    assert found.products["rate"]["module"] == pytest.approx(3 * 144)
    assert found.toolgroups["of_available"]["test"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("splits", "release", "words"),
    [
        ({"modul": 3}, "split", "no product 'modul'; did you mean 'module'"),
        ({"module": 3}, "saturated", "by a release of their own; write 'release: split' there"),
        ({"module": 0}, "split", "whole number of at least 1"),
        ({}, "split", "no step takes 'module' out of another lot"),
        ({"module": 3, "pack": 1}, "split", "lots of 'pack' come by a release of their own"),
    ],
)
def test_faults(splits: dict[str, int], release: str, words: str) -> None:
    document = taken_apart().to_document()
    document["routes"]["pack"][0]["splits"] = splits
    document["products"]["module"]["release"] = release
    with pytest.raises(LineError, match=words):
        Line.from_document(document)


def test_what_is_taken_out_of_itself_is_told() -> None:
    document = taken_apart().to_document()
    document["routes"]["module"][0]["splits"] = {"module": 1}
    with pytest.raises(LineError, match="lots of 'module' come out of themselves, more and more"):
        Line.from_document(document)


def test_it_is_written_back_as_it_was_read() -> None:
    of = taken_apart()
    assert of.to_document()["products"]["module"]["release"] == "split"
    assert of.to_document()["routes"]["pack"][0]["splits"] == {"module": 3}
    assert Line.from_document(of.to_document()) == of
