"""When the tools of a toolgroup are maintained first."""

from twin.line.toolgroups import Pm


def staggered(pm: Pm, first: float, every: float, place: int, tools: int) -> float:
    """First maintenance of one tool of a group of `tools`, numbered from 0, in the unit of `first` and `every`.

    first: what the document says for the group. `after`: the first tool then, the others after it, spread evenly over
    one interval; `even`: likewise, drawn forward by whole intervals to where the first one lies within the first
    interval; `before`: the last tool then, the others before it, spread evenly from 0 on; `none`: all together.
    """
    if pm.stagger == "after":
        return first + every * place / tools
    if pm.stagger == "even":
        return (first + every * place / tools) % every
    if pm.stagger == "before":
        return first * (place + 1) / tools
    return first
