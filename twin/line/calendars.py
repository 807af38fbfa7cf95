"""Calendars: shifts, breaks, holidays and overtime, and what closed time stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from .calendar_week import Stretch, WeekDay, open_before
from .days import DAY_S, Day, Days, TimeOfDay, Weekdays, run_days, seconds_of, weekdays_of
from .document import Document, OneOrMany
from .faults import Fault, Faults, did_you_mean, show
from .units import Name, PositiveTime, quantity

if TYPE_CHECKING:
    from .line import Line

STOPS = ("processing", "repair", "pm", "conveyors")
NO_CALENDAR = "none"
"""What a toolgroup writes that the line's calendar does not hold for."""


class Break(Document):
    """A break in a shift, on each of its days."""

    at: TimeOfDay = Field(description="When it begins.", examples=["09:00"])
    takes: PositiveTime = Field(description="How long it takes.", examples=["15 min"])


class _Worked(Document):
    """A stretch of a day that is worked, but for its breaks."""

    from_: TimeOfDay = Field(alias="from", description="When it begins.", examples=["06:00"])
    to: TimeOfDay = Field(
        description="When it ends; no later than it begins: on the next day.", examples=["14:00"]
    )
    breaks: Annotated[tuple[Break, ...], OneOrMany()] = Field(
        default=(), description="Its breaks.", examples=[[{"at": "09:00", "takes": "15 min"}]]
    )

    @model_validator(mode="after")
    def _breaks_lie_inside(self) -> _Worked:
        if self.from_ == "24:00":
            raise Faults([Fault(("from",), 'the day ends at "24:00"; write "00:00" and the next day')])
        taken: list[Stretch] = []
        for i, pause in sorted(enumerate(self.breaks), key=lambda pair: self._place(pair[1])):
            at = self._place(pause)
            if at + pause.takes > self.length_s:
                what = f"{pause.at} and {quantity(pause.takes)} from then on lie outside {self.from_} to {self.to}"
                raise Faults([Fault(("breaks", i), f"{what}; write a break inside the shift")])
            if taken and at < taken[-1].end:
                raise Faults([Fault(("breaks", i), f"{pause.at} lies in the break before; write a later time")])
            taken.append(Stretch(at, at + pause.takes))
        if sum(pause.end - pause.start for pause in taken) >= self.length_s:
            raise Faults([Fault(("breaks",), "its breaks leave nothing of it, so that it never opens; shorten them")])
        return self

    def _place(self, pause: Break) -> int:
        """When a break begins, after the beginning of the stretch [s]."""
        return (seconds_of(pause.at) - seconds_of(self.from_)) % DAY_S

    @property
    def length_s(self) -> int:
        """From beginning to end, breaks included [s]."""
        return (seconds_of(self.to) - seconds_of(self.from_) - 1) % DAY_S + 1

    def open(self) -> tuple[Stretch, ...]:
        """What is worked of it, after midnight of the day on which it begins [s]."""
        start = seconds_of(self.from_)
        at, found = float(start), []
        for pause in sorted(self.breaks, key=self._place):
            begins = start + self._place(pause)
            found += [Stretch(at, begins)] if begins > at else []
            at = begins + pause.takes
        end = start + self.length_s
        return (*found, Stretch(at, end)) if end > at else tuple(found)


class Shift(_Worked):
    """A shift, on some days of every week."""

    name: Name = Field(description="What it is called.", examples=["early"])
    days: Weekdays = Field(description="On which days of the week it begins.", examples=["mon-fri", ["mon", "sat"]])


class Overtime(_Worked):
    """An extra shift, on one day or several."""

    day: Day = Field(
        description="Day of the run, counted from 0, or a date; several: 12 to 14.", examples=["12 to 14", "2026-01-17"]
    )


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise ValueError(f"needs a date such as 2026-01-05, not {show(value)}") from None


def _stops(value: Any) -> Any:
    """Words of what is stopped; one alone may stand without a list."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        raise ValueError(f"needs words such as [processing, repair], not {show(value)}")
    faults = []
    for i, word in enumerate(words):
        if word not in STOPS:
            faults.append(Fault((i,), f"closed time cannot stop {show(word)}; {did_you_mean(str(word), STOPS)}"))
        elif word in words[:i]:
            faults.append(Fault((i,), f"{show(word)} stands twice; leave the second one out"))
    if faults:
        raise Faults(faults)
    return tuple(word for word in STOPS if word in words)


Date = Annotated[
    date,
    BeforeValidator(_date),
    PlainSerializer(date.isoformat),
    WithJsonSchema({"type": "string", "format": "date"}),
]


class Calendar(Document):
    """When tools are worked, crews are there, releases come.

    Time 0 is Monday 00:00, or 00:00 of the day at which `starts`. A shift that begins on a holiday is not worked, one
    that began the day before goes on to its end. In closed time a tool takes nothing. `stops`:

    processing: a run under way stands still and goes on at the opening; else the tool finishes what is on it
    repair:     repairs stand still; else they go on, and those that fall due begin
    pm:         maintenance likewise
    conveyors:  belts stand still with what is on them; else the calendar does not hold for them
    """

    shifts: tuple[Shift, ...] = Field(
        description="The shifts of a week.",
        examples=[[{"name": "early", "days": "mon-fri", "from": "06:00", "to": "14:00"}]],
    )
    starts: Date | None = Field(
        default=None, description="Date at time 0; left out: some Monday.", examples=["2026-01-05"]
    )
    holidays: Days = Field(
        default=(),
        description="Days on which no shift begins: days of the run counted from 0, or dates where the calendar has "
        "starts; several: 12 to 16.",
        examples=[["12", "20 to 24"], ["2026-12-24 to 2026-12-31"]],
    )
    overtime: Annotated[tuple[Overtime, ...], OneOrMany()] = Field(
        default=(),
        description="Extra shifts, on holidays too.",
        examples=[[{"day": 5, "from": "06:00", "to": "12:00"}]],
    )
    stops: Annotated[
        tuple[str, ...],
        BeforeValidator(_stops),
        WithJsonSchema({"anyOf": [{"enum": list(STOPS)}, {"type": "array", "items": {"enum": list(STOPS)}}]}),
    ] = Field(
        default=("processing", "repair"),
        description="What stands still at a closed tool: a run under way, its repair, its maintenance; "
        "whether conveyors stand.",
        examples=[["processing", "repair", "pm"], ["repair"]],
    )

    @model_validator(mode="after")
    def _opens_and_never_twice(self) -> Calendar:
        if not self.shifts:
            raise Faults([Fault(("shifts",), 'it never opens; write at least {name: day, days: mon-fri, from: "06:00", '
                                'to: "14:00"}')])  # fmt: skip
        faults = [*self._odd_days(), *self._double_names()] or list(self._overlaps())
        if faults:
            raise Faults(faults)
        return self

    def _odd_days(self) -> Iterator[Fault]:
        """Days that lie nowhere."""
        places: list[tuple[tuple[str | int, ...], str]] = [
            *((("holidays", i), text) for i, text in enumerate(self.holidays)),
            *((("overtime", i, "day"), extra.day) for i, extra in enumerate(self.overtime)),
        ]
        for at, text in places:
            try:
                run_days(text, self.starts)
            except ValueError as error:
                yield Fault(at, str(error))
                if self.starts is None:  # the others lack the same
                    return

    def _double_names(self) -> Iterator[Fault]:
        names = [shift.name for shift in self.shifts]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield Fault(("shifts", i, "name"), f"shift {show(name)} stands twice; rename one of the two")

    def _overlaps(self) -> Iterator[Fault]:
        """Shifts of a week, or overtime and what is worked besides, that share time."""
        week = sorted(
            (day * DAY_S + seconds_of(shift.from_), i) for i, shift in enumerate(self.shifts)
            for day in weekdays_of(shift.days)
        )  # fmt: skip
        told: set[int] = set()
        for (start, i), (after, j) in zip(week, [*week[1:], (week[0][0] + 7 * DAY_S, week[0][1])], strict=True):
            if start + self.shifts[i].length_s > after and j not in told:
                told.add(j)
                one, other = show(self.shifts[j].name), show(self.shifts[i].name)
                yield Fault(("shifts", j, "from"), f"shift {one} begins before {other} has ended; write a later time")
        if told:
            return
        for i, extra in enumerate(self.overtime):
            for number in run_days(extra.day, self.starts):
                begins = number * DAY_S + seconds_of(extra.from_)
                own = Stretch(begins, begins + extra.length_s)
                if any(own.start < other.end and other.start < own.end for other in self.worked(number, i)):
                    what = f"it shares time with what is worked on day {number} anyway; write other times"
                    yield Fault(("overtime", i, "from"), what)
                    break

    @property
    def first_weekday(self) -> int:
        """Day of the week at time 0, 0 = Monday."""
        return self.starts.weekday() if self.starts is not None else 0

    @property
    def days_off(self) -> frozenset[int]:
        """Days of the run that are holidays."""
        return frozenset(day for text in self.holidays for day in run_days(text, self.starts))

    def worked(self, number: int, before: int) -> list[Stretch]:
        """Shifts around a day of the run and the overtime that stands before entry `before`, breaks included [s]."""
        found = []
        for day in (number - 1, number, number + 1):
            off = day in self.days_off
            shifts: list[_Worked] = [] if off else [s for s in self.shifts if self._is_on(s, day)]
            extra = [o for o in self.overtime[:before] if day in run_days(o.day, self.starts)]
            for shift in [*shifts, *extra]:
                begins = day * DAY_S + seconds_of(shift.from_)
                found.append(Stretch(begins, begins + shift.length_s))
        return found

    def _is_on(self, shift: Shift, day: int) -> bool:
        return (day + self.first_weekday) % 7 in weekdays_of(shift.days)

    def on_day(self, day: int) -> WeekDay:
        """Shifts that begin on a day of the run: how many, and what is worked of them after that day's 00:00 [s]."""
        off = day in self.days_off
        shifts: list[_Worked] = [] if off else [s for s in self.shifts if self._is_on(s, day)]
        shifts += [o for o in self.overtime if day in run_days(o.day, self.starts)]
        return WeekDay(tuple(seconds_of(s.from_) for s in shifts), tuple(part for s in shifts for part in s.open()))

    def last_odd_day(self) -> int:
        """The last day of the run that is unlike the same day of every week, -1 without any."""
        extra = [day for o in self.overtime for day in run_days(o.day, self.starts)]
        return max([*self.days_off, *extra], default=-1)


def calendar_of(line: Line, group: str) -> str | None:
    """The calendar that holds for a toolgroup; None for one that is always open, as a conveyor that nothing stops."""
    own = line.toolgroups[group]
    if own.tools is None or own.calendar == NO_CALENDAR:
        return None
    name = own.calendar or line.calendar
    runs_on = name is not None and own.conveyor is not None and "conveyors" not in line.calendars[name].stops
    return None if runs_on else name


def calendar_faults(line: Line) -> Iterator[Fault]:
    """Calendars that the line lacks, and those that never open during its run."""
    named: list[tuple[tuple[str, ...], str | None]] = [
        (("calendar",), line.calendar),
        *((("toolgroups", name, "calendar"), group.calendar) for name, group in line.toolgroups.items()),
        *((("crews", name, "calendar"), crew.calendar) for name, crew in line.crews.items()),
        *((("products", name, "release", "calendar"), product.release.calendar)
          for name, product in line.products.items()),
        (("mix", "calendar"), line.mix.calendar if line.mix is not None else None),
    ]  # fmt: skip
    for at, name in named:
        may_be_none = at[0] == "toolgroups" and name == NO_CALENDAR
        if name is not None and name not in line.calendars and not may_be_none:
            none = "write calendars: {NAME: {shifts: [...]}} at the top of the document"
            what = f"the line has no calendar {show(name)}; {did_you_mean(name, line.calendars, none)}"
            yield Fault(at, what, needs=(("calendars",),))
    for name, calendar in line.calendars.items():
        if name == NO_CALENDAR:
            yield Fault(("calendars", name), "a calendar cannot be called none; rename it", "key")
        elif not open_before(calendar, line.run.horizon):
            run = quantity(line.run.horizon)
            what = f"it never opens in the {run} of the run; write fewer holidays, or a longer run"
            yield Fault(("calendars", name), what, "key", needs=(("run",),))
