"""The mini-fab's rules one by one, on the shipped document with lots of our own: every minute worked out by hand.

Three lots fill a furnace. Times in minutes, load and unload by one of two operators: furnace 20 + 225 (S1) or 255 (S5)
+ 40; implant 15 + 30 (S2) or 50 (S4) + 15; litho 10 + 55 (S3) or 10 (S6) + 10, changed over by an operator too. One
transporter takes 6 minutes from toolgroup to toolgroup; a lot that is released comes for nothing.
"""

from __future__ import annotations

from typing import Any

from word_lines import history as run_for
from word_lines import rows, spent, starts, times

from twin.line import Line, read
from twin.results import Results

DIFFUSION_1, DIFFUSION_2, IMPLANT_1, IMPLANT_2, LITHO = range(5)
STOPS = ("pm", "failures")


def fab(releases: dict[str, Any], *keep: str, wip: list[tuple[str, str]] | None = None, **groups: Any) -> Line:
    """The shipped mini-fab with these releases by product, and of its stops only those of the kinds to `keep`.

    wip: product and step of lots at minute 0; groups: words of a toolgroup that are otherwise
    """
    document = read("fab/mini_fab").to_document()
    for name, group in document["toolgroups"].items():
        for kind in STOPS:
            if kind not in keep:
                group.pop(kind, None)
        group |= groups.get(name, {})
    for name, product in document["products"].items():
        product["release"] = releases.get(name, starts(*[90_000] * 3))  # long after what is looked at
    document["wip"] = [
        {"lot": f"w{k}", "product": product, "step": step, "units": 24} for k, (product, step) in enumerate(wip or [])
    ]
    return Line.from_document(document)


def history(of: Line, minutes: float) -> Results:
    """One replication with its log."""
    return run_for(of, minutes)


def visits(run: Results, step: str, product: str = "Pa") -> list[tuple[float, float]]:
    """When each lot of a product was taken onto a tool at a step, and when it was done there, in order."""
    taken, done = (times(run, what, step=step, product=product) for what in ("load", "finish"))
    return list(zip(taken, done, strict=True))


def emergency(at: float) -> dict[str, Any]:
    """Both implanters fail for 7 h after so many minutes, and not again for long."""
    law = {"trace": {"values": [f"{at} min", "100 d"], "end": "repeat"}}
    return {"failures": [{"mtbf": law, "mttr": "7 h", "clock": "calendar"}]}


def test_three_lots_from_release_to_the_end() -> None:
    """Three lots of Pa, alone in the fab.

    S1: furnace loaded 0-20, runs to 245, unloaded to 285. The transporter brings them to implant at 291, 297, 303.
    S2: the first two find an implanter each: 291-351 and 297-357; the third takes the first one's: 351-411.
    S3: they are at litho at 357, 363, 417, and litho takes 75 each: 357-432, -507, -582. Its first setup costs nothing.
    S4: at implant at 438, 513, 588, 80 each: 438-518, 588-668; at 513 one operator unloads the first lot (503-518), the
    other loads litho (507-517), so that the second lot is loaded from 517 on and done at 597.
    S5: at the furnaces at 524, 603, 674: the batch is complete at 674, loaded to 694, runs to 949, unloaded to 989.
    S6: at litho at 995, 1001, 1007. The first needs 10 for the change from Pa_3: 995-1035; then 30 each: 1065, 1095.
    """
    run = history(fab({"Pa": starts(0, 0, 0)}), 1200)
    assert visits(run, "S1") == [(0, 285)] * 3
    assert times(run, "queue", step="S2") == [291, 297, 303]
    assert visits(run, "S2") == [(291, 351), (297, 357), (351, 411)]
    assert visits(run, "S3") == [(357, 432), (432, 507), (507, 582)]
    assert visits(run, "S4") == [(438, 518), (513, 597), (588, 668)]
    assert times(run, "queue", step="S5") == [524, 603, 674]
    assert visits(run, "S5") == [(674, 989)] * 3
    assert visits(run, "S6") == [(995, 1035), (1035, 1065), (1065, 1095)]
    assert times(run, "out") == [1035, 1065, 1095]
    assert spent(run, LITHO)["setup"] == 10
    # operators: 2 x 60 for the batches, 3 x (30 + 20 + 30 + 20) for lots, 10 for the change; 3 x 5 moves of 6
    busy = run.totals.crews[0, :, 0] / 60_000
    assert busy.tolist() == [120 + 300 + 10, 0, 90]


def test_batches_are_of_three_lots_of_one_product_and_test_wafers_join_pa() -> None:
    """Pa at 0 and 10, Pb at 0 and 5, TW at 30, Pb at 40.

    Four lots wait at 10, and no three of one route. TW makes the third of Pa's at 30: loaded 30-50, done at
    30 + 285 = 315. The third Pb comes at 40: the other furnace, the other operator, 40-325.
    """
    run = history(fab({"Pa": starts(0, 10), "Pb": starts(0, 5, 40), "TW": starts(30)}), 330)
    assert visits(run, "S1") == [(30, 315)] * 2
    assert visits(run, "S1", "TW") == [(30, 315)]
    assert visits(run, "S1", "Pb") == [(40, 325)] * 3
    assert spent(run, DIFFUSION_1)["productive"] == spent(run, DIFFUSION_2)["productive"] == 285


def test_litho_takes_what_is_set_up_fastest() -> None:
    """At litho at 0, in this order: Pa for S3, Pb for S6, Pb for S3, Pa for S6, Pa for S3.

    Unset, litho takes the first: 0-75. Then the last, which needs no change: 75-150. From Pa_3 another product costs
    5, another step 10, both 12: Pb for S3, changed 150-155, loaded to 165, runs to 220, unloaded to 230. Then Pb for
    S6 (10; Pa_6 would cost 12): changed 230-240. Now the two operators are asked for by three: one unloads the second
    lot of Pa from implant 226-241 (it waited for its load from 156 to 161, ran 176-226), and the first Pb, at implant
    since 236, asked before litho does at 240. So litho is loaded 241-251, runs to 261, is unloaded to 271.
    Last Pa for S6, another product: changed 271-276, 276-306.
    """
    wip = [("Pa", "S3"), ("Pb", "S6"), ("Pb", "S3"), ("Pa", "S6"), ("Pa", "S3")]
    run = history(fab({}, wip=wip), 400)
    assert visits(run, "S3") == [(0, 75), (75, 150)]
    assert visits(run, "S3", "Pb") == [(150, 230)]
    assert visits(run, "S6", "Pb") == [(230, 271)]
    assert visits(run, "S6") == [(271, 306)]
    assert spent(run, LITHO) == {"setup": 5 + 10 + 5, "no_operator": 1, "productive": 75 + 75 + 75 + 30 + 30,
                                 "starved": 400 - 306}  # fmt: skip
    assert sum(spent(run, k).get("no_operator", 0) for k in (IMPLANT_1, IMPLANT_2)) == (161 - 156) + (240 - 236)


def test_two_operators_load_and_unload_everything() -> None:
    """At 0 a batch at the furnaces, two lots at implant, one at litho: four tools want one of two operators.

    They ask in the order of the document: the furnace is loaded 0-20, the first implanter 0-15, the second, when its
    operator is free, 15-30, litho 20-30. Unloading: 45-60, 60-75, litho 85-95, the furnace 245-285.
    """
    wip = [*[("Pa", "S1")] * 3, ("Pa", "S2"), ("Pa", "S2"), ("Pb", "S3")]
    run = history(fab({}, wip=wip), 290)
    assert visits(run, "S2") == [(0, 60), (0, 75)]
    assert visits(run, "S3", "Pb") == [(0, 95)]
    assert visits(run, "S1") == [(0, 285)] * 3
    begun = history(fab({}, wip=wip), 75)
    waits = [spent(begun, tool).get("no_operator", 0) for tool in (DIFFUSION_1, IMPLANT_1, IMPLANT_2, LITHO)]
    assert waits == [0, 0, 15, 20]


def test_both_operators_are_busy_and_a_furnace_waits() -> None:
    """Two implanters are loaded 0-15 when a batch is complete at 5: the furnace is loaded 15-35 and done at 300."""
    run = history(fab({"Pb": starts(5, 5, 5)}, wip=[("Pa", "S2"), ("Pa", "S2")]), 310)
    assert visits(run, "S1", "Pb") == [(5, 300)] * 3
    assert spent(run, DIFFUSION_1)["no_operator"] == 10


def test_the_technician_maintains_one_tool_after_the_other() -> None:
    """No lots. First maintenance: implant/1 at 4 h, furnace 1 at 6 h, litho at 8 h, implant/2 half of 12 h after the
    first one, furnace 2 half of 24 h: nobody waits for the technician, since each is done when the next is due.
    """
    run = history(fab({}, "pm"), 1200)
    expected = [("implant/1", 240, 120), ("diffusion/1", 360, 75), ("litho", 480, 30), ("implant/2", 600, 120),
                ("implant/1", 960, 120), ("diffusion/2", 1080, 75)]  # fmt: skip
    assert rows(run, "pm", "tool") == [(at, name) for name, at, _ in expected]
    assert rows(run, "pm_end", "tool") == [(at + takes, name) for name, at, takes in expected]


def test_maintenance_begins_when_its_tool_is_empty() -> None:
    """Litho is due at 480 and has a lot from 432 to 507 (as in the first test): 507-537, then the third lot to 612."""
    of = fab({"Pa": starts(0, 0, 0)}, "pm", implant={"pm": []}, diffusion={"pm": []})
    run = history(of, 620)
    assert rows(run, "pm", "tool") == [(507, "litho")]
    assert visits(run, "S3") == [(357, 432), (432, 507), (537, 612)]


def test_emergencies_and_maintenance_wait_for_the_one_technician() -> None:
    """Both implanters fail at 180, no lots. The technician repairs the first 180-600, the second 600-1020.

    Furnace 1 (due at 360), litho (480) and the first implanter (due at 240 while it was down, up at 600) have asked in
    this order: 1020-1095, 1095-1125, 1125-1245. The second implanter, up at 1020 and due since 600, asked then, before
    furnace 2 at 1080: 1245-1365.
    """
    pm = {"pm": [{"every": "12 h", "takes": "2 h", "first": "4 h"}]}
    run = history(fab({}, "pm", implant=emergency(180) | pm), 1300)
    assert rows(run, "down", "tool") == [(180, "implant/1"), (180, "implant/2")]
    assert rows(run, "up", "tool") == [(600, "implant/1"), (1020, "implant/2")]
    assert rows(run, "pm", "tool") == [(1020, "diffusion/1"), (1095, "litho"), (1125, "implant/1"), (1245, "implant/2")]
    assert spent(run, IMPLANT_2) == {"starved": 180 + 225, "down": 840, "pm": 55}


def test_an_emergency_stops_a_lot_where_it_is() -> None:
    """A lot is on the first implanter from 0: loaded 0-15, to run to 45. At 30 both fail.

    The technician repairs the first one 30-450: 15 of the run are left, 450-465, and unloading, 465-480.
    """
    run = history(fab({}, wip=[("Pa", "S2")], implant=emergency(30)), 500)
    assert visits(run, "S2") == [(0, 480)]
    assert rows(run, "up", "tool") == [(450, "implant/1")]
    assert spent(run, IMPLANT_1) == {"productive": 30 + 30, "down": 420, "starved": 20}


def test_an_emergency_sends_the_operator_away() -> None:
    """Two lots are being loaded at implant when both implanters fail at 10; a batch, complete at 5, waits to be loaded.

    The furnace gets one at 10: 10-30, done at 295. The first implanter is up at 430: 5 of its load are left, 430-435,
    then 435-465 and 465-480. The second is up at 850: done at 900.
    """
    run = history(fab({"Pb": starts(5, 5, 5)}, wip=[("Pa", "S2"), ("Pa", "S2")], implant=emergency(10)), 910)
    assert visits(run, "S1", "Pb") == [(5, 295)] * 3
    assert visits(run, "S2")[:2] == [(0, 480), (0, 900)]


def test_lots_wait_for_the_transporter() -> None:
    """Two lots are done at implant at 60: the transporter brings the first to litho at 66, the second at 72.

    A lot of Pb, loaded at litho 15-25 when an operator is free, is out at 45: nobody carries it out of the line.
    """
    run = history(fab({}, wip=[("Pa", "S2"), ("Pa", "S2"), ("Pb", "S6")]), 74)
    assert times(run, "leave", product="Pa") == [60, 60]
    assert times(run, "queue", step="S3") == [66, 72]
    assert times(run, "out", product="Pb") == [45]
    busy, _, moves, waited, waiting = run.totals.crews[0, 2].tolist()
    assert (busy / 60_000, moves, waited / 60_000, waiting) == (12, 2, 6, 1)


def test_a_lot_stays_on_its_implanter_until_there_is_a_place_at_litho() -> None:
    """13 lots of Pa at litho: one on it from 0 to 75, 12 in its buffer, which is full.

    A lot at implant is done at 60 and blocked until litho takes its next lot at 75. The transporter first takes the lot
    that left litho, to implant at 81, then this one: at litho at 87.
    """
    run = history(fab({}, wip=[("Pa", "S2"), *[("Pa", "S3")] * 13]), 100)
    assert times(run, "blocked") == [60]
    assert times(run, "leave", tool="implant/1") == [75]
    assert times(run, "queue", step="S4") == [81]
    assert times(run, "queue", step="S3")[13:] == [87]
    assert spent(run, IMPLANT_1)["blocked"] == 15


def test_released_lots_wait_outside_when_the_furnaces_are_full() -> None:
    """25 lots at 0: two batches of three on the furnaces, 18 in the buffer, one outside until 285."""
    run = history(fab({"Pa": starts(*[0] * 25)}), 286)
    assert times(run, "queue", step="S1") == [0] * 24 + [285]
    assert times(run, "load", step="S1") == [0] * 6 + [285] * 6
