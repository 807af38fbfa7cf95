"""Scene documents: read whole, every fault told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from scene_lines import line_of

from twin.line import LineError, read
from twin.line.library import library_folder
from twin.scene import Scene, read_scene
from twin.scene.document import scene_of

LINE = line_of({"mill": {"tools": 2, "area": "cut"}, "oven": {"tools": 1, "area": "heat"}})


def told(tmp_path: Path, text: str) -> str:
    """The message of a faulty scene of LINE."""
    file = tmp_path / "scene.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LineError) as caught:
        read_scene(file, LINE)
    return str(caught.value)


def test_shipped_scenes_fit_their_lines() -> None:
    folder = library_folder("scenes")
    files = sorted(folder.rglob("*.yaml"))
    assert len(files) >= 3
    for file in files:
        name = file.relative_to(folder).with_suffix("").as_posix()
        line = read(name)
        scene = read_scene(name, line)
        assert scene.line == line.line
        assert scene_of(line) == scene


def test_a_line_without_a_scene_gets_an_automatic_one() -> None:
    assert scene_of(LINE) == Scene()


def test_all_faults_are_told_at_their_places(tmp_path: Path) -> None:
    message = told(
        tmp_path,
        "scene: 1\nlayuot: fab\nareas:\n  cut: {shape: latte}\n  heat: {size_m: [1, 2]}\n"
        "toolgroups:\n  mill: {at_m: [[0, 0, 1, 2]]}\n  oven: {size_m: [0, 1, 1]}\n"
        "camera: {elevation_deg: 95}\ncolours: {low: 20}\n",
    )
    for place in (":2:1:", ":4:16:", ":5:18:", ":7:16:", ":8:18:", ":9:25:", ":10:16:"):
        assert place in message, message
    assert "did you mean 'layout'?" in message
    assert "unknown shape 'latte'" in message
    assert "for per cent write '20 %'" in message
    assert "^" in message


def test_names_the_line_lacks_are_told(tmp_path: Path) -> None:
    message = told(
        tmp_path,
        "order: [heat, cold]\nareas:\n  hot: {}\ntoolgroups:\n"
        "  mil: {shape: machine}\n  oven: {at_m: [[0, 0], [1, 1]]}\n",
    )
    assert ":1:15: order.1: made_up has neither an area nor a toolgroup 'cold'" in message
    assert ":3:3: areas.hot: made_up has no area 'hot'" in message
    assert ":5:3: toolgroups.mil: made_up has no toolgroup 'mil'; did you mean 'mill'?" in message
    assert ":6:16: toolgroups.oven.at_m: names 2 places for 1 tools" in message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the file is empty"),
        ("- a\n- b\n", "is a mapping such as 'layout: fab'"),
        ("layout: fab\nlayout: line\n", ":2:1:"),
        ("areas: {cut: {shape: etch}\n", "scene.yaml:"),
        ("scene: 2\n", "of version 1, not 2"),
        ("colours: {low: 80 %, high: 40 %}\n", "colours.low: is not below high"),
        ("toolgroups: {mill: {at_m: [[0, 1e9], [0, 0]]}}\n", "absurdly large"),
        ("toolgroups: {mill: {at_m: 3}}\n", "needs a place for each tool"),
    ],
)
def test_broken_scenes(tmp_path: Path, text: str, part: str) -> None:
    assert part in told(tmp_path, text)


def test_a_scene_that_is_not_there() -> None:
    with pytest.raises(LineError, match="did you mean 'fab/mini_fab'"):
        read_scene("fab/mini_fba")


def test_a_users_line_of_a_librarys_name_is_not_refused() -> None:
    changed = read("fab/mini_fab").to_document()
    changed["toolgroups"]["etch"] = changed["toolgroups"].pop("implant")
    for route in changed["routes"].values():
        for step in route:
            step["toolgroup"] = step["toolgroup"].replace("implant", "etch")
    own = type(LINE).from_document(changed)
    assert scene_of(own) == Scene()


def test_the_schema_takes_the_shipped_scenes() -> None:
    import jsonschema
    import yaml

    schema = Scene.model_json_schema()
    files = sorted(library_folder("scenes").rglob("*.yaml"))
    assert {file.stem for file in files} >= {"smt2020_hvlm", "mini_fab", "body_shop"}
    for file in files:
        scene = yaml.safe_load(file.read_text(encoding="utf-8"))
        jsonschema.validate(scene, schema)
        with pytest.raises(jsonschema.ValidationError, match="Additional properties are not allowed"):
            jsonschema.validate(scene | {"colour_of_the_sky": "blue"}, schema)
