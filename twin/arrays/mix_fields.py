"""Columns of a mix: how products share the entrance of a line (`twin.arrays.mixes`, `twin.engine.mix`).

The mix: how and when lots come (RELEASE_EVERY, RELEASE_WIP or RELEASE_SATURATED, law, first, lots in the line), its
stream, how many come in all; the order: how many entries and where, whether it is drawn; its rules; the product that
its events are told as. An entry: the product (place), and where the order is drawn the probability so far in 2^-32.
"""

MX_KIND, MX_LAW, MX_START, MX_WIP, MX_KEY, MX_LIMIT, MX_ENTRIES, MX_ENTRY, MX_DRAWN, MX_RULES, MX_RULE, MX_LEADER = (
    range(12)
)
MIX_CONSTANTS = 12
EN_PRODUCT, EN_BELOW = 0, 1
ENTRY_FIELDS = 2

RU_MOST, RU_LENGTH, RU_STATE, RU_COUNTS = 0, 1, 2, 3
"""A rule: how many lots at most in how many in a row, its state in a world; from RU_COUNTS on for each product of the
line 1 where its lots count."""

RS_WINDOWS, RS_BROKEN, RS_HISTORY, RS_SEEN = 0, 1, 2, 3
RULE_TOTALS = 2
RULE_FIELDS = 4
"""A rule's state: windows so far, those that break it; the last lots as bits, the latest lowest; lots so far."""
