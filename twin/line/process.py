"""Process: the law that says what a step does to the product, with its parameters in the document's units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, model_serializer, model_validator

from .dimensions import measured, schema, told, unit_of
from .document import Document, mapping_schema
from .faults import Fault, Faults, did_you_mean, show, unknown_key
from .units import NAME_SCHEMA, Name

if TYPE_CHECKING:  # the laws need NumPy, and a document without any is read without it
    from twin.process.law import Effect, Parameter, ProcessLaw

EXAMPLE = {"law": "particles", "adders": "0.01 /cm2"}


class Process(Document):
    """The process law of a step, bound to its parameters.

    law:        the law's name
    model:      the law itself, its parameters in the units that it declares
    rejects_to: step of the same route for lots that the law rejects; None: they are counted and go on
    """

    law: Name
    model: Any
    rejects_to: Name | None = Field(default=None, examples=["repair"])
    hidden: ClassVar[frozenset[str]] = frozenset({"model"})

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if isinstance(value, Process):
            return value
        if not isinstance(value, dict):
            raise ValueError(f"needs a law and its parameters such as {_flow(EXAMPLE)}, not {show(value)}")
        if "law" not in value:
            raise Faults([Fault(("law",), f"the key 'law' is missing; write for instance {_flow(EXAMPLE)}", "key")])
        law = _law_of(value["law"])
        rest = {key: content for key, content in value.items() if key not in {"law", "rejects_to"}}
        words = {"law": value["law"], "model": _bound(law, str(value["law"]), rest)}
        return words | ({"rejects_to": value["rejects_to"]} if "rejects_to" in value else {})

    @model_validator(mode="after")
    def _only_what_rejects_sends_elsewhere(self) -> Process:
        if self.rejects_to is not None and "rejects" not in self.effects:
            what = f"the law {show(self.law)} rejects no lot; leave rejects_to out"
            raise Faults([Fault(("rejects_to",), what, "key")])
        return self

    @property
    def effects(self) -> frozenset[Effect]:
        """What the law does: `defects`, `waiting`, `rejects`."""
        from twin.process.law import effects_of

        return effects_of(self.model)

    @model_serializer
    def _in_words(self) -> dict[str, Any]:
        """Every parameter, those at their default too: another version of the law may have another."""
        from twin.process.law import parameters_of

        words: dict[str, Any] = {"law": self.law}
        for name, declared in parameters_of(type(self.model)).items():
            words[declared.word] = told(getattr(self.model, name), declared.unit, whole=declared.whole)
        return words | ({"rejects_to": self.rejects_to} if self.rejects_to is not None else {})

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """One mapping for each law that is installed."""
        from twin.process.law import parameters_of
        from twin.process.registry import law_class, law_names

        ways = []
        for name in law_names():
            try:
                declared = parameters_of(law_class(name))
                ways.append(_law_schema(name, list(declared.values())))
            except (ValueError, LookupError):
                continue  # a package that cannot be used is told where a document names its law
        schema.clear()
        schema["anyOf"] = ways
        schema["description"] = f"A process law and its parameters, such as {_flow(EXAMPLE)}."


def _flow(words: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {content}" for key, content in words.items()) + "}"


def _law_of(name: Any) -> type[ProcessLaw]:
    """The law of that name, or the fault that there is none."""
    from twin.process.registry import GROUP, UnknownLawError, law_class

    if not isinstance(name, str):
        raise Faults([Fault(("law",), f"needs the name of a law such as 'particles', not {show(name)}")])
    try:
        return law_class(name)
    except UnknownLawError as unknown:
        nobody = f"twin has none and no installed package offers it (entry point group {GROUP!r})"
        what = f"unknown law {show(name)}: {nobody}; {did_you_mean(name, unknown.names)}"
        raise Faults([Fault(("law",), what)]) from None
    except ValueError as error:
        raise Faults([Fault(("law",), str(error))]) from None


def _bound(law: type[ProcessLaw], name: str, words: dict[str, Any]) -> ProcessLaw:
    """The law with a document's parameters; every fault of them at once."""
    from twin.process.law import effects_of, parameters_of

    declared = parameters_of(law)
    _check_units(name, declared)
    fields = {parameter.word: field for field, parameter in declared.items()}
    faults = [unknown_key((key,), [*fields, "rejects_to"]) for key in words if key not in fields]
    meant = {fault.cure for fault in faults}
    values: dict[str, Any] = {}
    for word, field in fields.items():
        parameter = declared[field]
        if word not in words:
            if parameter.default is None and word not in meant:
                what = f"the law {show(name)} needs {word!r}; write for instance {_example(parameter)}"
                faults.append(Fault((word,), what, "key"))
            continue
        try:
            values[field] = _number(parameter, words[word])
        except ValueError as error:
            faults.append(Fault((word,), str(error)))
    if faults:
        raise Faults(faults)
    try:
        model = law(**values)
    except Exception as error:  # a user's law may raise anything
        raise ValueError(f"the law {show(name)}: {error}") from None
    try:
        effects_of(model)
    except ValueError as error:
        raise Faults([Fault(("law",), f"the law {show(name)} cannot be used: {error}")]) from None
    return model


def _check_units(name: str, declared: dict[str, Parameter]) -> None:
    """Refuse a law whose author wrote a unit that is none."""
    for parameter in declared.values():
        if parameter.unit not in {"", "share"}:
            try:
                unit_of(parameter.unit)
            except ValueError as error:
                what = f"the law {show(name)} cannot be used: its {parameter.word!r} has the unit {parameter.unit!r}"
                raise Faults([Fault(("law",), f"{what}; {error}")]) from None


def _number(parameter: Parameter, value: Any) -> float:
    number = measured(value, parameter.unit)
    fault = parameter.fault(number)
    if fault is not None:
        raise ValueError(fault)
    return int(number) if parameter.whole else number


def _example(parameter: Parameter) -> str:
    return f"'{parameter.word}: {told(1 if parameter.whole else 0.5, parameter.unit, whole=parameter.whole)}'"


def _law_schema(name: str, declared: list[Parameter]) -> dict[str, Any]:
    """JSON Schema of one law's mapping."""
    properties: dict[str, Any] = {"law": {"const": name}}
    properties |= {p.word: schema(p.unit) | {"description": p.meaning} for p in declared}
    properties["rejects_to"] = NAME_SCHEMA | {"description": "Step of the route for lots that the law rejects."}
    return mapping_schema(properties, ["law", *(p.word for p in declared if p.default is None)])
