"""Scene documents: how a line's tools look and where they stand. What is left out is worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, WithJsonSchema

from twin.line import Fault, Line, LineError
from twin.line.context import reading_with
from twin.line.diagnose import all_faults
from twin.line.document import Document
from twin.line.faults import did_you_mean, show
from twin.line.library import SUFFIXES, library_folder, read_text
from twin.line.printer import file_message, spots_message
from twin.line.units import Name, Share, Text, number
from twin.line.yaml_reader import Spot, TextFaults, load
from twin.scene.families import FAMILIES

VERSION = 1
LARGEST_M = 100_000.0


def _version(value: Any) -> int:
    if value is True or value != VERSION:
        raise ValueError(f"this twin reads scenes of version {VERSION}, not {show(value)}; write 'scene: {VERSION}'")
    return VERSION


def _shape(value: Any) -> str:
    if value not in FAMILIES:
        raise ValueError(f"unknown shape {show(value)}; {did_you_mean(str(value), FAMILIES)}")
    return str(value)


def _numbers(value: Any, lengths: tuple[int, ...], example: str) -> tuple[float, ...]:
    """A list of finite numbers of one of the given lengths."""
    if not isinstance(value, list | tuple) or len(value) not in lengths:
        raise ValueError(f"needs {' or '.join(map(str, lengths))} numbers such as {example}, not {show(value)}")
    found = tuple(number(part) for part in value)
    if any(abs(part) > LARGEST_M for part in found):
        raise ValueError(f"{show(value)} is absurdly large; write at most {LARGEST_M:,.0f}")
    return found


def _size(value: Any) -> tuple[float, ...]:
    size = _numbers(value, (3,), "[3, 5, 2.4]")
    if min(size) < 0.3:
        raise ValueError(f"a tool is at least 0.3 m wide, deep and high, and {show(value)} is not")
    return size


def _places(value: Any) -> tuple[tuple[float, float, float], ...]:
    """x, y and perhaps a turn for each tool; one place alone may stand without a list around it."""
    if isinstance(value, list | tuple) and value and not isinstance(value[0], list | tuple):
        value = [value]
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"needs a place for each tool such as [[12, 3], [16, 3, 90]], not {show(value)}")
    found = []
    for place in value:
        x, y, *turn = _numbers(place, (2, 3), "[12, 3] or [12, 3, 90]")
        found.append((x, y, turn[0] if turn else 0.0))
    return tuple(found)


def _angle(low: float, high: float) -> BeforeValidator:
    def read_angle(value: Any) -> float:
        angle = number(value)
        if not low <= angle <= high:
            raise ValueError(f"lies between {low:g} and {high:g} degrees, and {show(value)} does not")
        return angle

    return BeforeValidator(read_angle)


_NUMBERS = {"type": "array", "items": {"type": "number"}}
Shape = Annotated[str, BeforeValidator(_shape), WithJsonSchema({"enum": list(FAMILIES)})]
Size = Annotated[
    tuple[float, float, float],
    BeforeValidator(_size),
    WithJsonSchema(_NUMBERS | {"minItems": 3, "maxItems": 3}),
]
Places = Annotated[
    tuple[tuple[float, float, float], ...],
    BeforeValidator(_places),
    WithJsonSchema({"anyOf": [_NUMBERS, {"type": "array", "items": _NUMBERS}]}),
]


class Area(Document):
    """How an area's tools look, unless a toolgroup says otherwise."""

    label: Text = Field(default="", description="What its sign says.", examples=["Dry etch"])
    shape: Shape | None = Field(default=None, description="Shape family of its tools.", examples=["etch"])
    size_m: Size | None = Field(default=None, description="Width, depth, height of a tool [m].", examples=[[3, 5, 2.4]])


class Toolgroup(Area):
    """How and where a toolgroup's tools stand."""

    area: Name | None = Field(default=None, description="Area it stands in, for this scene.", examples=["litho"])
    at_m: Places | None = Field(
        default=None,
        description="Middle of each tool, x and y [m] and perhaps a turn [deg]; left out: worked out.",
        examples=[[[12, 3], [16, 3, 90]]],
    )


class Camera(Document):
    """Where the viewer stands; the distance follows from what must be seen."""

    azimuth_deg: Annotated[float, _angle(-180, 180)] | None = Field(
        default=None, description="0 looks along y, positive from further right.", examples=[12]
    )
    elevation_deg: Annotated[float, _angle(15, 85)] | None = Field(
        default=None, description="Above the horizon; left out: higher for larger lines.", examples=[40]
    )


class Colours(Document):
    """The utilisation scale: the same in every picture, so that pictures compare."""

    low: Share = Field(default=0.2, description="Utilisation of the darkest colour.", examples=["20 %"])
    high: Share = Field(default=1.0, description="Utilisation of the brightest colour.", examples=["100 %"])


class Scene(Document):
    """How a line looks."""

    scene: Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": VERSION})] = Field(
        default=VERSION, description="Version of the document's words.", examples=[1]
    )
    line: Name | None = Field(default=None, description="Name of the line it shows.", examples=["mini_fab"])
    about: Text = Field(default="", description="What the scene rests on.", examples=["Schematic."])
    title: Text = Field(default="", description="Title of the picture.", examples=["Mini-fab"])
    layout: Literal["auto", "fab", "line"] = Field(
        default="auto", description="Bays and aisles, a flow line, or whichever fits.", examples=["fab"]
    )
    order: tuple[Name, ...] = Field(
        default=(),
        description="Areas of a fab, toolgroups of a flow line, in this order.",
        examples=[["litho", "etch"]],
    )
    areas: dict[Name, Area] = Field(default_factory=dict, description="Areas by name.", examples=[{"litho": {}}])
    toolgroups: dict[Name, Toolgroup] = Field(
        default_factory=dict, description="Toolgroups by name.", examples=[{"track_1": {"shape": "track"}}]
    )
    camera: Camera = Field(default_factory=Camera, description="Where the viewer stands.", examples=[{}])
    colours: Colours = Field(default_factory=Colours, description="The utilisation scale.", examples=[{}])
    _source: Path | None = PrivateAttr(default=None)


def read_scene(path: str | Path, line: Line | None = None) -> Scene:
    """The scene of a document, checked against the line it is for; LineError tells every fault."""
    file = _find(path)
    shown = str(file)
    text = read_text(file, shown)
    spots: list[Spot] = []
    try:
        document = load(text)
    except TextFaults as error:
        if not isinstance(error.data, dict):
            raise LineError(spots_message(shown, text, error.spots)) from None
        document, spots = error.data, error.spots
    if not isinstance(document, dict):
        what = f"a scene document is a mapping such as 'layout: fab', not {show(document)}"
        raise LineError(spots_message(shown, text, [Spot(0, 0, what)]))
    with reading_with(folder=file.parent):
        try:
            scene: Scene = Scene.model_validate(document)
            faults = [*_limits(scene), *(_against(scene, line) if line is not None else ())]
        except ValidationError as error:
            faults = all_faults(document, error, Scene)
    if faults or spots:
        raise LineError(file_message(shown, text, document, faults, spots), faults)
    scene._source = file
    return scene


def scene_of(line: Line) -> Scene:
    """The library's scene of a line of this name, if it still fits the line; else one with nothing said."""
    for file in _library().values():
        if file.stem == line.line:
            try:
                scene = read_scene(file, line)
            except LineError:  # the user's own line of that name: its toolgroups differ
                continue
            if scene.line in (None, line.line):
                return scene
    return Scene()


def _limits(scene: Scene) -> list[Fault]:
    if scene.colours.low < scene.colours.high:
        return []
    return [Fault(("colours", "low"), "is not below high; write low below high, such as 20 % and 100 %")]


def _against(scene: Scene, line: Line) -> list[Fault]:
    """What the scene says of a line that is not so."""
    faults = []
    groups = line.toolgroups
    areas = {group.area for group in groups.values() if group.area} | {
        dress.area for dress in scene.toolgroups.values() if dress.area
    }
    for name, dress in scene.toolgroups.items():
        if name not in groups:
            what = f"{line.line} has no toolgroup {show(name)}; {did_you_mean(name, groups)}"
            faults.append(Fault(("toolgroups", name), what, "key"))
        elif dress.at_m is not None and len(dress.at_m) != (groups[name].tools or 0):
            tools = groups[name].tools or 0
            what = f"names {len(dress.at_m)} places for {tools} tools; write one [x, y] for each tool"
            faults.append(Fault(("toolgroups", name, "at_m"), what))
    for name in scene.areas:
        if name not in areas:
            what = f"{line.line} has no area {show(name)}; {did_you_mean(name, sorted(areas))}"
            faults.append(Fault(("areas", name), what, "key"))
    for i, name in enumerate(scene.order):
        if name not in areas and name not in groups:
            what = f"{line.line} has neither an area nor a toolgroup {show(name)}; "
            faults.append(Fault(("order", i), what + did_you_mean(name, [*sorted(areas), *groups])))
    return faults


def _library() -> dict[str, Path]:
    folder = library_folder("scenes")
    files = sorted(path for suffix in SUFFIXES for path in folder.rglob(f"*{suffix}"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}


def _find(name: str | Path) -> Path:
    """A path if there is such a file, else a scene of the library."""
    path = Path(str(name)).expanduser()
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):  # a name no file system takes
        pass
    scenes = _library()
    plain = str(name).removesuffix(".yaml").removesuffix(".yml")
    if plain in scenes:
        return scenes[plain]
    cure = did_you_mean(plain, scenes, "write one, or leave the scene out")
    raise LineError(f"{name}: there is no such file and no such scene, {cure}")
