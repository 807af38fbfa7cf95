"""The base of every part of a document: frozen, unknown keys refused, written back in the fixed words."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Document(BaseModel):
    """A part of a document, compared by value.

    words:  keys a document may use here that are no field of the model (shorthands), with their JSON Schema
    hidden: fields that a document writes in other words
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)
    words: ClassVar[dict[str, Any]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def known_keys(cls) -> list[str]:
        """The keys a document may use here."""
        fields = [field.alias or name for name, field in cls.model_fields.items() if name not in cls.hidden]
        return [*fields, *(word for word in cls.words if word not in fields)]

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """Put the document's words into the JSON Schema of the fields."""
        properties = schema["properties"]
        for hidden in cls.hidden:
            properties.pop(hidden, None)
        properties.update(cls.words)
        if "required" in schema:
            schema["required"] = [key for key in schema["required"] if key not in cls.hidden]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """The schema stays where its name points to, so that parts used often are written once."""
        named = handler(core_schema)
        cls.amend_schema(handler.resolve_ref_schema(named))
        return named

    def to_document(self) -> dict[str, Any]:
        """This part in the document's words; what equals its default is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class OneOrMany:
    """A list of parts; one mapping alone may stand without the list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Put the one part into a list before the list is validated."""
        return core_schema.no_info_before_validator_function(
            lambda value: [value] if isinstance(value, dict) else value, handler(source)
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """One part, or a list of them."""
        many = handler(core)
        return {"anyOf": [many["items"], many]}


def mapping_schema(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """JSON Schema of a mapping with these keys and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
