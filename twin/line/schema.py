"""JSON Schema of line documents, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from .line import Line
from .products import WIP_COLUMNS, table_schema
from .tool_states import TOOL_STATE_COLUMNS


def json_schema() -> dict[str, Any]:
    """JSON Schema of a line document, shorthands included.

    An editor's YAML language server takes it from the document's first line:
    `# yaml-language-server: $schema=line.schema.json`.
    """
    schema = Line.model_json_schema(mode="validation")
    properties = schema["properties"]
    for word, columns, needed in (
        ("wip", WIP_COLUMNS, ["lot", "product", "step"]),
        ("tool_states", TOOL_STATE_COLUMNS, ["tool"]),
    ):
        properties[word] |= table_schema(columns, needed)
        for key in ("type", "items"):
            properties[word].pop(key, None)
    properties["transport"]["anyOf"].append({"const": "none"})
    properties["stations"] = properties["toolgroups"] | properties["stations"]
    schema["required"] = [key for key in schema["required"] if key != "toolgroups"]
    schema["oneOf"] = [{"required": ["toolgroups"]}, {"required": ["stations"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
