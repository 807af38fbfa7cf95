"""Columns of calendars, and what a closed calendar makes of the other records (see `twin.arrays.fields`).

A tool: T_CLOSED is OPEN, CLOSING or SHUT; of one that is CLOSED (a value of T_DOWN), T_HELD is the value of T_DOWN that
it had, T_REST what was left then of its repair or maintenance. T_BACK is when a repair or a maintenance is done,
T_BACK_EVENT the tick of the event for that. CK_HELD: of clocks that run whether a tool is up or not, what was left as
the calendar closed. CW_CLOSED: 1 while a crew's calendar is closed.
The line's header: H_CALENDAR is where a world's calendars begin, H_CALENDARS how many there are, H_CALENDAR_ROW where
the line tells of them, H_DUTY where it tells the calendar of each crew, NONE without.
"""

EV_CALENDAR = 7
"""The event of a calendar: last of all at its tick, so that what ends as a shift ends has ended."""

OPEN, CLOSING, SHUT = 0, 1, 2
"""How a calendar stands; CLOSING: its tools take nothing more, and at the next tick it closes."""
STOPS_PROCESSING, STOPS_REPAIR, STOPS_PM = 1, 2, 4
"""What closed time stops at a tool: bits."""

CA_STATE, CA_EDGE = range(2)
"""A calendar in a world: how it stands, the number of its next opening or closing."""
CALENDAR_FIELDS = 2

# A calendar in the line: its openings and closings in turn, first those up to CL_BASE, then those of one cycle, again
# and again; of each part where it begins and how many there are. CL_BASE: an opening; CL_OPEN, CL_CYCLE_OPEN: open time
# before it and in a cycle; CL_STOPS: what closed time stops, as bits. Times [tick].
CL_FIRST, CL_COUNT, CL_LOOP, CL_LOOPS, CL_BASE, CL_CYCLE, CL_OPEN, CL_CYCLE_OPEN, CL_STOPS = range(9)
CALENDAR_CONSTANTS = 9

ED_TICK, ED_OPEN = 0, 1
"""An opening or closing: when, and the open time before it; in a cycle both from its beginning."""
EDGE_FIELDS = 2
