"""Pictures of a line: a scene document, a floor plan, and what a run says of each tool."""

from twin.scene.document import Scene, read_scene
from twin.scene.opengl import SceneUnavailable
from twin.scene.picture import Picture
from twin.scene.show import draw, show

__all__ = ["Picture", "Scene", "SceneUnavailable", "draw", "read_scene", "show"]
