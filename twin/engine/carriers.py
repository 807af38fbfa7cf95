"""Carriers: skids, hangers, pallets that lots hold over several steps, and that come back empty.

A lot takes its carriers when it is loaded at the step that says so, and gives each up as soon as its way leads to a
step at which it is not held, or out of the line. Carriers of a kind are alike: an event for each one on its way says
that one more is free.
"""

from twin.arrays.carrier_fields import (
    CA_AREA,
    CA_BACK,
    CA_BACK_AREA,
    CA_CONST,
    CA_COUNT,
    CA_DRAWS,
    CA_KEY,
    CA_NONE,
    CA_OUT,
    CA_TAKEN,
    CA_THERE_AREA,
    CA_USED,
    CA_WAIT,
    CA_WAITED,
    CARRIER_FIELDS,
    CR_COUNT,
    CR_GROUP,
    CR_GROUPS,
    CR_KEY,
    CR_LAW,
    LX_LACKED,
    LX_LACKS,
    LX_WITHOUT,
)
from twin.arrays.fields import (
    C_GROUP,
    C_KEY,
    C_NOW,
    E_ON,
    E_TAKES,
    EV_STEP,
    GROUP_FIELDS,
    H_CARRIED,
    H_CARRIERS,
    H_KINDS,
    LOT_NEXT,
    LOT_SINCE,
    LOT_STEP,
    NEVER,
    NONE,
    Q_HEAD,
    S_EXTRA,
)
from twin.engine.heap import push
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.rng import sub_key
from twin.engine.sample import law_ticks
from twin.engine.todo import call_group


@njit_apart
def start_carriers(L: Memory, S: Memory) -> None:
    """Time 0: every carrier is free, where it is taken."""
    for k in range(L[H_KINDS]):
        kind = L[H_CARRIERS] + k * CARRIER_FIELDS
        S[kind + CA_COUNT] = L[S[kind + CA_CONST] + CR_COUNT]
        S[kind + CA_KEY] = sub_key(S[C_KEY], L[S[kind + CA_CONST] + CR_KEY])
        see_if_free(S, 0, kind)


@njit_apart
def change_carriers(L: Memory, S: Memory, now: Int) -> None:
    """There are other numbers of carriers from now on; those that are in use or on their way come back first."""
    for k in range(L[H_KINDS]):
        kind = L[H_CARRIERS] + k * CARRIER_FIELDS
        count = L[S[kind + CA_CONST] + CR_COUNT]
        S[kind + CA_THERE_AREA] += (S[kind + CA_COUNT] - count) * now
        S[kind + CA_COUNT] = count
        see_if_free(S, now, kind)
        call_taking(L, S, kind)


@njit_apart
def see_if_free(S: Memory, now: Int, kind: Int) -> None:
    """Keep the time during which no carrier of a kind is free."""
    none = 1 if S[kind + CA_USED] + S[kind + CA_BACK] >= S[kind + CA_COUNT] else 0
    S[kind + CA_OUT] += (S[kind + CA_NONE] - none) * now
    S[kind + CA_NONE] = none


@njit_apart
def lacks_one(L: Memory, S: Memory, taken: Int) -> Int:
    """The first kind of those to be taken (bits) of which none is free; NONE if all can be taken."""
    kind = L[H_CARRIERS]
    while taken != 0:
        if taken & 1 == 1 and S[kind + CA_NONE] == 1:
            return kind
        taken >>= 1
        kind += CARRIER_FIELDS
    return NONE


@njit_apart
def lacks_carrier(L: Memory, S: Memory, lot: Int, extra: Int) -> bool:
    """Whether a lot that a tool could take has to wait for a carrier; if so, that alone holds it from now on."""
    column = lot + L[H_CARRIED]
    lacked = lacks_one(L, S, L[extra + E_TAKES] & S[column + LX_WITHOUT])
    if lacked == NONE:
        return False
    if S[column + LX_LACKS] == NONE:
        S[column + LX_LACKS] = S[C_NOW]
        S[column + LX_LACKED] = lacked
    return True


@njit_apart
def take_carriers(L: Memory, S: Memory, now: Int, lot: Int, extra: Int) -> None:
    """A lot is loaded: it is put on what it takes here and is not on yet; the caller has seen that they are free."""
    column = lot + L[H_CARRIED]
    put_on_carriers(L, S, now, lot, L[extra + E_TAKES] & S[column + LX_WITHOUT])
    if S[column + LX_LACKS] != NONE:
        kind = S[column + LX_LACKED]
        S[kind + CA_WAIT] += now - S[column + LX_LACKS]
        S[kind + CA_WAITED] += now > S[column + LX_LACKS]
        S[column + LX_LACKS] = NONE


@njit_apart
def put_on_carriers(L: Memory, S: Memory, now: Int, lot: Int, taken: Int) -> None:
    """A lot takes one of each of these kinds (bits)."""
    S[lot + L[H_CARRIED] + LX_WITHOUT] &= ~taken
    kind = L[H_CARRIERS]
    while taken != 0:
        if taken & 1 == 1:
            S[kind + CA_USED] += 1
            S[kind + CA_AREA] -= now
            S[kind + CA_TAKEN] += 1
            see_if_free(S, now, kind)
        taken >>= 1
        kind += CARRIER_FIELDS


@njit_apart
def on_at_start(L: Memory, S: Memory, lot: Int) -> None:
    """A lot is in the line at the start: past a taking step it is on its carrier."""
    extra = L[S[lot + LOT_STEP] + S_EXTRA]
    if extra != NONE:
        put_on_carriers(L, S, 0, lot, L[extra + E_ON] & ~L[extra + E_TAKES])


@njit_apart
def give_carriers(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot has been given its next step, or leaves the line: carriers that it does not keep there are given up."""
    step = S[lot + LOT_STEP]
    kept: Int = 0
    if step >= 0 and L[step + S_EXTRA] != NONE:
        kept = L[L[step + S_EXTRA] + E_ON]
    give_up(L, S, now, lot, kept)


@njit_apart
def give_up(L: Memory, S: Memory, now: Int, lot: Int, kept: Int) -> None:
    """A lot gives up all carriers but those kept (bits)."""
    column = lot + L[H_CARRIED]
    S[column + LX_LACKS] = NONE
    given = ~S[column + LX_WITHOUT] & ~kept
    S[column + LX_WITHOUT] |= given
    kind = L[H_CARRIERS]
    while given != 0:
        if given & 1 == 1:
            send_back(L, S, now, kind)
        given >>= 1
        kind += CARRIER_FIELDS


@njit_apart
def send_back(L: Memory, S: Memory, now: Int, kind: Int) -> None:
    """An empty carrier sets out for where it is taken."""
    S[kind + CA_USED] -= 1
    S[kind + CA_AREA] += now
    drawn = S[kind + CA_DRAWS]
    S[kind + CA_DRAWS] = drawn + 1
    time = law_ticks(L, L[S[kind + CA_CONST] + CR_LAW], S[kind + CA_KEY], drawn, drawn)
    if time > 0:
        S[kind + CA_BACK] += 1
        S[kind + CA_BACK_AREA] -= now
        push(S, now + time, EV_STEP, kind)
        return
    see_if_free(S, now, kind)
    call_taking(L, S, kind)


@njit_apart
def carrier_event(L: Memory, S: Memory, now: Int, kind: Int) -> None:
    """One of the carriers of a kind that are on their way is back."""
    S[kind + CA_BACK] -= 1
    S[kind + CA_BACK_AREA] += now
    see_if_free(S, now, kind)
    call_taking(L, S, kind)


@njit_apart
def call_taking(L: Memory, S: Memory, kind: Int) -> None:
    """Call the toolgroups that take a kind of which one is free, first the one whose lot has waited longest for it."""
    if S[kind + CA_NONE] == 1:
        return
    first = L[S[kind + CA_CONST] + CR_GROUP]
    groups = L[S[kind + CA_CONST] + CR_GROUPS]
    bit = 1 << ((kind - L[H_CARRIERS]) // CARRIER_FIELDS)
    best = NONE
    longest: Int = NEVER
    for at in range(first, first + groups if groups > 1 else first):
        g = S[C_GROUP] + L[at] * GROUP_FIELDS
        since = wanted_since(L, S, g, bit)
        if since < longest:
            best, longest = g, since
    if best != NONE:
        call_group(S, best)
    for at in range(first, first + groups):
        g = S[C_GROUP] + L[at] * GROUP_FIELDS
        if g != best:
            call_group(S, g)


@njit_apart
def wanted_since(L: Memory, S: Memory, g: Int, bit: Int) -> Int:
    """Since when a lot in a queue waits for a step at which it takes a kind of carriers; NEVER if none does."""
    since: Int = NEVER
    lot = S[g + Q_HEAD]
    while lot != NONE:
        extra = L[S[lot + LOT_STEP] + S_EXTRA]
        if extra != NONE and L[extra + E_TAKES] & S[lot + L[H_CARRIED] + LX_WITHOUT] & bit != 0:
            since = min(since, S[lot + LOT_SINCE])
        lot = S[lot + LOT_NEXT]
    return since
